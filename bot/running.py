"""Which answers are being written, so that a person can stop theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.answering import StopSignal


@dataclass(slots=True)
class _Running:
    """One answer that is being written."""

    person_id: int
    signal: StopSignal = field(default_factory=StopSignal)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class RunningAnswers:
    """At most one answer in each chat, and in each topic of it; others wait in the lane. `thread_id` is 0 outside."""

    def __init__(self) -> None:
        self._running: dict[tuple[int, int], _Running] = {}

    @property
    def count(self) -> int:
        """How many answers are being written."""
        return len(self._running)

    def answers_in(self, chat_id: int, thread_id: int = 0) -> bool:
        """Whether an answer is being written in a chat."""
        return (chat_id, thread_id) in self._running

    def asker_in(self, chat_id: int, thread_id: int = 0) -> int | None:
        """Who has asked for the answer that is being written; None when there is none."""
        running = self._running.get((chat_id, thread_id))
        return None if running is None else running.person_id

    @asynccontextmanager
    async def begin(self, chat_id: int, thread_id: int = 0, *, person_id: int = 0) -> AsyncIterator[StopSignal]:
        """Hold the chat's place for as long as an answer is written and delivered."""
        place, running = (chat_id, thread_id), _Running(person_id)
        self._running[place] = running
        try:
            yield running.signal
        finally:
            if self._running.get(place) is running:
                del self._running[place]
            running.ended.set()

    async def wait_until_none(self) -> None:
        """Wait until every answer that is being written has ended."""
        while self._running:
            await next(iter(self._running.values())).ended.wait()

    async def stop(self, chat_id: int, thread_id: int = 0) -> bool:
        """Stop the chat's answer and wait until what there was of it is delivered; False when there is none."""
        running = self._running.get((chat_id, thread_id))
        if running is None:
            return False
        running.signal.stop()
        await running.ended.wait()
        return True

    async def stop_of(self, person_id: int) -> None:
        """Stop all answers that a person has asked for, wherever; wait until what there was of them is delivered."""
        theirs = [running for running in self._running.values() if running.person_id == person_id]
        for running in theirs:
            running.signal.stop()
        for running in theirs:
            await running.ended.wait()
