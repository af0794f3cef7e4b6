"""Keeps the figures of requests to models: `PerformanceLog` of the language-model layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.monitoring import KEPT_FIELDS, AttemptRecord, FailureGroup, ModelStats, SeriesPoint, Subjects
from llm.types import Task
from storage.database import Database
from storage.errors import WriteFailed
from storage.statistics import Statistics
from storage.tables import attempt_totals, attempts
from storage.totals import add_up, add_up_spans, forget_hours, store
from storage.usage import count_use, forget_old_use
from storage.writer import BatchWriter, WriterLimits

KEEP_ROWS = timedelta(days=30)
CHUNK = 50
"""So many rows go to the database at once: making them ready must not hold up the event loop."""

_MOST_AT_ONCE = 5000


class PerformanceRows:
    """One row for each request to a model, and their totals; an async context that writes what is left when it ends.

    Reading methods raise `ReadFailed`; rows that were just added are in what they give.
    """

    def __init__(self, database: Database, clock: Clock, *, limits: WriterLimits | None = None) -> None:
        self._database = database
        self._clock = clock
        self._statistics = Statistics(database, clock)
        self._writer = BatchWriter("attempts", self._store, clock=clock, limits=limits)

    async def __aenter__(self) -> Self:
        await self._catch_up()
        await self._writer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._writer.__aexit__(kind, error, trace)

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return self._writer.waiting

    @property
    def failing(self) -> bool:
        """Whether the last try to write failed."""
        return self._writer.failing

    def add(self, record: AttemptRecord) -> None:
        """Take a row to be written within about a second; never waits."""
        self._writer.add(record)

    async def flush(self) -> None:
        """Write what has been added. Raises `WriteFailed`; the rows are then tried again by themselves."""
        await self._writer.flush()

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures of each model since a moment, the most used first; the hour of the moment counts whole."""
        await self.settle()
        return await self._statistics.stats(since=since, model=model, task=task)

    async def series(
        self, *, since: datetime | None, model: str | None = None, task: Task | None = None
    ) -> Sequence[SeriesPoint]:
        """What happened since a moment, or ever, in stretches of the same length."""
        await self.settle()
        return await self._statistics.series(since=since, model=model, task=task)

    async def failures(self, *, since: datetime) -> Sequence[FailureGroup]:
        """What failed since a moment, the newest first."""
        await self.settle()
        return await self._statistics.failures(since=since)

    async def attempts_of(self, request_id: int) -> Sequence[AttemptRecord]:
        """The attempts of one call in their order; none when they are forgotten."""
        await self.settle()
        return await self._statistics.attempts_of(request_id)

    async def subjects(self) -> Subjects:
        """What there are figures of."""
        await self.settle()
        return await self._statistics.subjects()

    async def spent(self, *, since: datetime) -> float:
        """What paid models have cost since an hour began."""
        await self.settle()
        return await self._statistics.spent(since=since)

    async def export(self, take: Callable[[Sequence[AttemptRecord]], None]) -> None:
        """Give all attempts that are kept one by one, the oldest first, in parts that are handed to `take`."""
        await self.settle()
        last = 0
        while True:
            query = select(attempts).where(attempts.c.id > last).order_by(attempts.c.id).limit(CHUNK)
            rows = await self._database.rows("performance.export", query)
            if not rows:
                return
            take([_record(row._mapping) for row in rows])
            last = rows[-1].id

    async def roll_up(self) -> int:
        """Add up the days and the months that have ended; gives how many. Raises `WriteFailed`."""
        return await add_up_spans(self._database, self._clock.now())

    async def forget_old(self) -> None:
        """Drop single attempts after 30 days, hours that are long since in a day, and old use. Raises `WriteFailed`."""
        now = self._clock.now()
        too_old = attempts.c.started_at < now - KEEP_ROWS
        oldest = select(attempts.c.id).where(too_old).limit(_MOST_AT_ONCE)

        async def forget(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(attempts).where(attempts.c.id.in_(oldest)))).rowcount

        while await self._database.write("performance.forget", forget) == _MOST_AT_ONCE:
            pass
        await forget_hours(self._database, now)
        await forget_old_use(self._database, now)

    async def settle(self) -> None:
        """Write what has been added, as far as the database lets itself be written; for who reads afterwards."""
        # A database that cannot be written can still be read, and the writer tells of its faults.
        with suppress(WriteFailed):
            await self.flush()

    async def _store(self, records: Sequence[AttemptRecord]) -> None:
        async def work(connection: AsyncConnection) -> None:
            for start in range(0, len(records), CHUNK):
                rows = [_row(record) for record in records[start : start + CHUNK]]
                await connection.execute(insert(attempts), rows)
            await store(connection, self._database, add_up(records))
            await count_use(connection, self._database, records)

        await self._database.write("performance.add", work)

    async def _catch_up(self) -> None:
        """Add up what an earlier version has kept without totals; all of it or nothing."""

        async def work(connection: AsyncConnection) -> None:
            if await connection.scalar(select(func.count()).select_from(attempt_totals)):
                return
            last = 0
            while True:
                query = select(attempts).where(attempts.c.id > last).order_by(attempts.c.id).limit(CHUNK)
                rows = (await connection.execute(query)).all()
                if not rows:
                    return
                await store(connection, self._database, add_up(_record(row._mapping) for row in rows))
                last = rows[-1].id

        await self._database.write("performance.catch_up", work)


def _row(record: AttemptRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in KEPT_FIELDS}


def _record(row: Any) -> AttemptRecord:
    return AttemptRecord(**{name: row[name] for name in KEPT_FIELDS})
