"""What is known of every model, at hand without waiting: a store that remembers what it has read and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llm.capabilities.facts import Known, ModelKey
from llm.capabilities.observation import Observation
from llm.capabilities.store import CapabilityStore, Past


class CapabilityBook:
    """A `CapabilityStore` over another one; `at_hand` answers at once. `load` has to be called first."""

    def __init__(self, store: CapabilityStore) -> None:
        self._store = store
        self._known: dict[ModelKey, Known] = {}

    async def load(self) -> None:
        """Read everything that is kept."""
        self._known = dict(await self._store.everything())

    def at_hand(self, key: ModelKey) -> Known | None:
        """What was concluded last; None: nothing yet."""
        return self._known.get(key)

    async def known(self, key: ModelKey) -> Known | None:
        """What was concluded last; None: nothing yet."""
        return self._known.get(key)

    async def everything(self) -> Mapping[ModelKey, Known]:
        """What was concluded last of each model."""
        return dict(self._known)

    async def begun(self, key: ModelKey, fingerprint: str) -> tuple[Observation, ...]:
        """What an unfinished detection of this state has seen, in its order."""
        return await self._store.begun(key, fingerprint)

    async def observe(self, key: ModelKey, fingerprint: str, seen: Sequence[Observation]) -> None:
        """Keep what the running detection has seen so far."""
        await self._store.observe(key, fingerprint, seen)

    async def conclude(self, key: ModelKey, known: Known) -> None:
        """Keep the facts; they are at hand from now on, even where they could not be written."""
        self._known[key] = known
        await self._store.conclude(key, known)

    async def history(self, key: ModelKey) -> Past:
        """Values that held once."""
        return await self._store.history(key)
