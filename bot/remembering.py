"""What was learned of servers and models, kept now and then and at the end, and taken up again at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from llm.balancing.balancer import Balancer
from llm.balancing.snapshot import restore, snapshot
from llm.clock import Clock
from llm.routing.fallback import LLMFallbackManager
from storage import LearnedValues, StorageError

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Memory:
    """Something that learns: what it has learned as plain values, and how it takes up what is so many seconds old."""

    values: Callable[[], object]
    take_over: Callable[[object, float], bool]


class Remembering:
    """Gives each memory what it had learned when its context begins, and keeps it when that ends."""

    def __init__(self, learned: LearnedValues, memories: Mapping[str, Memory], clock: Clock) -> None:
        self._learned = learned
        self._memories = memories
        self._clock = clock

    async def __aenter__(self) -> Self:
        now = self._clock.now()
        for name, (value, at) in (await self._learned.everything()).items():
            memory = self._memories.get(name)
            if memory is not None and not memory.take_over(value, (now - at).total_seconds()):
                logger.warning("memory_not_understood", name=name)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.keep()
        except StorageError as failed:  # it is learned again
            logger.warning("memory_not_kept", reason=str(failed))

    async def keep(self) -> None:
        """Keep what was learned so far. Raises `WriteFailed`."""
        await self._learned.keep({name: memory.values() for name, memory in self._memories.items()})


def memory_of_balancing(balancer: Balancer) -> Memory:
    """How fast servers are, how much they do at a time, who has which conversation in its cache."""

    def take_over(value: object, age: float) -> bool:
        try:
            restore(balancer, value, age=age)
        except ValueError:
            return False
        return True

    return Memory(lambda: snapshot(balancer), take_over)


def memory_of_breakers(manager: LLMFallbackManager) -> Memory:
    """Which models were failing, by their settings and names."""

    def values() -> object:
        return {f"{one.setting} {one.source.name}": one.breaker.values() for one in manager.targets}

    def take_over(value: object, age: float) -> bool:
        if not isinstance(value, dict):
            return False
        for one in manager.targets:
            kept = value.get(f"{one.setting} {one.source.name}")
            if kept is not None:
                one.breaker.take_over(kept, age_seconds=age)
        return True

    return Memory(values, take_over)
