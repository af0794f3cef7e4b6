"""Where it is kept what models can do, and how far a detection has come that was cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from llm.capabilities.facts import Ability, Fact, Known, ModelKey
from llm.capabilities.observation import Observation

Past = Sequence[tuple[Ability, Fact, datetime]]
"""Values that held once, each with the moment at which another one took its place; the newest first."""


class CapabilityStore(Protocol):
    """Keeps facts, and the observations of a detection until it is concluded."""

    async def known(self, key: ModelKey) -> Known | None:
        """What was concluded last; None: nothing yet."""

    async def everything(self) -> Mapping[ModelKey, Known]:
        """What was concluded last of each model."""

    async def begun(self, key: ModelKey, fingerprint: str) -> tuple[Observation, ...]:
        """What an unfinished detection of this state has seen, in its order."""

    async def observe(self, key: ModelKey, fingerprint: str, seen: Sequence[Observation]) -> None:
        """Keep what the running detection has seen so far."""

    async def conclude(self, key: ModelKey, known: Known) -> None:
        """Keep the facts, with the values that they replace as history; forget the observations."""

    async def history(self, key: ModelKey) -> Past:
        """Values that held once."""


class CapabilitiesInMemory:
    """Keeps nothing beyond the end of the program."""

    def __init__(self, known: Mapping[ModelKey, Known] | None = None) -> None:
        """`known` is what it begins with."""
        self._known: dict[ModelKey, Known] = dict(known or {})
        self._seen: dict[ModelKey, tuple[str, tuple[Observation, ...]]] = {}
        self._past: dict[ModelKey, list[tuple[Ability, Fact, datetime]]] = {}

    async def known(self, key: ModelKey) -> Known | None:
        """What was concluded last; None: nothing yet."""
        return self._known.get(key)

    async def everything(self) -> Mapping[ModelKey, Known]:
        """What was concluded last of each model."""
        return dict(self._known)

    async def begun(self, key: ModelKey, fingerprint: str) -> tuple[Observation, ...]:
        """What an unfinished detection of this state has seen, in its order."""
        of, seen = self._seen.get(key, ("", ()))
        return seen if of == fingerprint else ()

    async def observe(self, key: ModelKey, fingerprint: str, seen: Sequence[Observation]) -> None:
        """Keep what the running detection has seen so far."""
        self._seen[key] = (fingerprint, tuple(seen))

    async def conclude(self, key: ModelKey, known: Known) -> None:
        """Keep the facts, with the values that they replace as history; forget the observations."""
        before = self._known.get(key)
        for ability, fact in (before.facts if before is not None else {}).items():
            now = known.facts.get(ability)
            if now is None or now.value != fact.value:
                self._past.setdefault(key, []).insert(0, (ability, fact, known.at))
        self._known[key] = known
        self._seen.pop(key, None)

    async def history(self, key: ModelKey) -> Past:
        """Values that held once."""
        return tuple(self._past.get(key, ()))
