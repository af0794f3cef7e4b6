"""Which answers are being written, so that a person can stop theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.answering import StopSignal


class RunningAnswers:
    """At most one answer in each chat; others wait in the chat's lane."""

    def __init__(self) -> None:
        self._signals: dict[int, StopSignal] = {}
        self._ended: dict[int, asyncio.Event] = {}

    @property
    def count(self) -> int:
        """How many answers are being written."""
        return len(self._signals)

    def answers_in(self, chat_id: int) -> bool:
        """Whether an answer is being written in a chat."""
        return chat_id in self._signals

    @asynccontextmanager
    async def begin(self, chat_id: int) -> AsyncIterator[StopSignal]:
        """Hold the chat's place for as long as an answer is written and delivered."""
        signal, ended = StopSignal(), asyncio.Event()
        self._signals[chat_id], self._ended[chat_id] = signal, ended
        try:
            yield signal
        finally:
            if self._signals.get(chat_id) is signal:
                del self._signals[chat_id], self._ended[chat_id]
            ended.set()

    async def wait_until_none(self) -> None:
        """Wait until every answer that is being written has ended."""
        while self._ended:
            await next(iter(self._ended.values())).wait()

    async def stop(self, chat_id: int) -> bool:
        """Stop the chat's answer and wait until what there was of it is delivered; False when there is none."""
        signal = self._signals.get(chat_id)
        if signal is None:
            return False
        ended = self._ended[chat_id]
        signal.stop()
        await ended.wait()
        return True
