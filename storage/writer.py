"""One task that writes rows in batches, so that those who make them never wait for the disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from llm.clock import Clock
from storage.errors import WriteFailed

logger = structlog.get_logger()

NewRow = TypeVar("NewRow")
WriteRows = Callable[[Sequence[NewRow]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WriterLimits:
    """When rows are written and how many may wait; times are seconds.

    Rows gather for `gather_seconds`, or until there are `batch_rows`. After a failed write the pause doubles up to
    `longest_pause_seconds`. Beyond `most_waiting` rows the oldest are dropped.
    """

    gather_seconds: float = 1.0
    batch_rows: int = 500
    most_waiting: int = 20_000
    longest_pause_seconds: float = 30.0


class BatchWriter(Generic[NewRow]):
    """Takes rows at once and writes them soon; an async context manager that writes the rest when it ends.

    A kill of the process loses what came in the last `gather_seconds`; a database that cannot be written loses
    nothing until `most_waiting` rows wait.
    """

    def __init__(
        self, name: str, write: WriteRows[NewRow], *, clock: Clock, limits: WriterLimits | None = None
    ) -> None:
        self._name = name
        self._write = write
        self._clock = clock
        self._limits = limits or WriterLimits()
        self._rows: deque[NewRow] = deque()
        self._writing = asyncio.Lock()
        self._news = asyncio.Event()
        self._enough = asyncio.Event()
        self._end = asyncio.Event()
        self._failures = 0
        self._lost = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=f"writer {self._name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._news.set()
        if self._task is not None:
            await self._task
        await self._try_to_flush()
        self._lost += len(self._rows)
        self._rows.clear()
        self._tell_lost()

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return len(self._rows)

    @property
    def failing(self) -> bool:
        """Whether the last try to write failed."""
        return self._failures > 0

    def add(self, row: NewRow) -> None:
        """Take a row; never waits."""
        if len(self._rows) >= self._limits.most_waiting:
            self._rows.popleft()
            self._lost += 1
        self._rows.append(row)
        self._news.set()
        if len(self._rows) >= self._limits.batch_rows:
            self._enough.set()

    async def flush(self) -> None:
        """Write all rows that were added before. Raises `WriteFailed`; the rows then wait for the next try."""
        async with self._writing:
            left = len(self._rows)
            while left > 0 and self._rows:
                batch = [self._rows.popleft() for _ in range(min(left, len(self._rows), self._limits.batch_rows))]
                try:
                    await self._write(batch)
                except WriteFailed:
                    self._rows.extendleft(reversed(batch))
                    raise
                left -= len(batch)

    async def _run(self) -> None:
        while not self._end.is_set():
            await self._news.wait()
            await self._gather()
            self._news.clear()
            self._enough.clear()
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        self._tell_lost()
        try:
            await self.flush()
        except WriteFailed as error:
            self._failures += 1
            self._news.set()
            logger.warning("rows_not_written", writer=self._name, rows=len(self._rows), reason=error.reason)
        else:
            self._failures = 0

    async def _gather(self) -> None:
        """Let rows gather, or wait after a failure, when a full batch is no reason to hurry; the end cuts it short."""
        pause = self._limits.gather_seconds * 2 ** min(self._failures, 16)
        waits = [self._clock.sleep(min(pause, self._limits.longest_pause_seconds)), self._end.wait()]
        if self._failures == 0:
            waits.append(self._enough.wait())
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell_lost(self) -> None:
        if self._lost:
            logger.error("rows_lost", writer=self._name, rows=self._lost)
            self._lost = 0
