"""Clocks that run faster than the world: one that jumps, one that is scaled."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

T = TypeVar("T")

START = datetime(2026, 11, 24, tzinfo=UTC)


class VirtualClock:
    """Time that stands still until `run` lets it jump to the next sleeper, when everybody else is waiting."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self._now

    def now(self) -> datetime:
        return START + timedelta(seconds=self._now)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), sleeper))
        await sleeper

    async def run(self, work: Awaitable[T], *, most_seconds: float = 1e6) -> T:
        """Let time pass until the work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self._settle()
            if not task.done() and not self._jump(most_seconds):
                task.cancel()
                raise AssertionError(f"nobody wakes before {most_seconds} s")
        return task.result()

    async def _settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    def _jump(self, most_seconds: float) -> bool:
        while self._sleepers:
            moment, _, sleeper = heapq.heappop(self._sleepers)
            if sleeper.done():
                continue
            if moment > most_seconds:
                return False
            self._now = moment
            sleeper.set_result(None)
            return True
        return False


class ScaledClock:
    """The real time, so many times faster; for tests with sockets."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._began = time.monotonic()

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self._factor

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._factor)
