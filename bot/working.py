"""The bot at work: what fetches, answers and greets, for as long as a context lasts; and how it comes to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.intake.inbox import InboxWorker
from bot.running import RunningAnswers

logger = structlog.get_logger()

GRACE_SECONDS = 20.0
"""How long answers may still be written after the order to stop; the rest is answered after the next start."""


class Intake(Protocol):
    """Where updates come from: long polling or a webhook."""

    async def run(self) -> None:
        """Put what comes into the inbox until cancelled."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is at work. `introduce` makes contact with Telegram once."""

    intake: Intake
    worker: InboxWorker
    running: RunningAnswers
    introduce: Callable[[], Coroutine[None, None, None]]


class Patience:
    """How long a stop may wait for answers: a while, or no longer once somebody has lost patience."""

    def __init__(self, seconds: float = GRACE_SECONDS) -> None:
        self._seconds = seconds
        self._lost = asyncio.Event()

    def lose(self) -> None:
        """Wait no longer."""
        self._lost.set()

    async def wait(self, running: RunningAnswers) -> None:
        """Wait until no answer is being written, as long as there is patience."""
        if not running.count or self._lost.is_set():
            return
        none_left = asyncio.create_task(running.wait_until_none(), name="last answers")
        lost = asyncio.create_task(self._lost.wait(), name="patience")
        done, _ = await asyncio.wait({none_left, lost}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (none_left, lost):
            task.cancel()
        await asyncio.gather(none_left, lost, return_exceptions=True)
        if none_left not in done:
            logger.warning("answers_left_for_the_next_start", count=running.count)


@asynccontextmanager
async def at_work(crew: Crew, patience: Patience) -> AsyncIterator[asyncio.Task[None]]:
    """Fetch and answer. The task that is given ends, with the error, when something ends that should not.

    In the end nothing new is taken or begun, answers get their time, and the rest is left for the next start.
    """
    fetching = asyncio.create_task(crew.intake.run(), name="intake")
    working = asyncio.create_task(crew.worker.run(), name="inbox")
    watching = asyncio.create_task(_first_end(fetching, working), name="watch")
    tasks = [fetching, working, watching, asyncio.create_task(crew.introduce(), name="greeting")]
    try:
        yield watching
    finally:
        crew.worker.begin_nothing()
        fetching.cancel()
        await asyncio.wait({fetching})
        await patience.wait(crew.running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _first_end(*tasks: asyncio.Task[None]) -> None:
    """Wait for the first of tasks that should not end, and raise what ended it."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
