"""Has charts drawn by another process, so that the bot answers meanwhile; the process goes when nobody wants any."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from concurrent.futures import BrokenExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

from bot.charts.chart import Chart
from bot.charts.drawing import draw
from bot.errors import BotError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

logger = structlog.get_logger()

IDLE_SECONDS = 120.0
"""So long the process waits for another chart; it holds about 80 MB."""
LONGEST_SECONDS = 60.0


class NoChart(BotError):
    """A chart could not be drawn; what it shows has to be said in words."""


class ChartMaker:
    """Draws one chart after the other for as long as its context lasts."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._pool: ProcessPoolExecutor | None = None
        self._wanted = 0
        self._going: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether there is a process now."""
        return self._pool is not None

    async def draw(self, chart: Chart) -> bytes:
        """The chart as PNG. Raises `NoChart`."""
        if self._going is not None:
            self._going.cancel()
        self._wanted += 1
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await self._drawn(chart)
        except Exception as error:
            # Nothing that can be drawn, or not, may keep the figures from who asked for them.
            logger.error("chart_not_drawn", error=type(error).__name__)
            if isinstance(error, BrokenExecutor | TimeoutError | OSError):
                self._let_go()
            raise NoChart from error
        finally:
            self._wanted -= 1
            if not self._wanted:
                self._going = asyncio.get_running_loop().call_later(self._idle_seconds, self._let_go)

    async def _drawn(self, chart: Chart) -> bytes:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._process(), draw, chart)
        except BrokenExecutor:  # somebody has ended it, perhaps for want of memory: once more with a new one
            self._let_go()
            return await loop.run_in_executor(self._process(), draw, chart)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._going is not None:
            self._going.cancel()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    def _process(self) -> ProcessPoolExecutor:
        if self._pool is None:
            import multiprocessing  # with what belongs to it, of no use to a bot that nobody asks for charts
            from concurrent.futures import ProcessPoolExecutor

            # `spawn`: a fork would take the bot's sockets and threads along.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        return self._pool

    def _let_go(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """In the process: Ctrl-C is for the bot, which ends this one; so does the bot's sudden death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
