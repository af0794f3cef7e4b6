"""Measures how long the event loop's thread works without letting other tasks run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class LoopTime:
    """The longest stretch, in seconds of the thread's own work: what other programs or threads take does not count."""

    longest: float = 0.0


@asynccontextmanager
async def watched_loop() -> AsyncIterator[LoopTime]:
    measured = LoopTime()

    async def tick() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            measured.longest, last = max(measured.longest, now - last), now

    task = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        yield measured
    finally:
        task.cancel()
        await asyncio.wait({task})
