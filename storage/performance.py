"""Keeps the figures of requests to models and works out statistics: `PerformanceLog` of the language-model layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord, ModelStats
from llm.types import Task
from storage.database import Database
from storage.errors import WriteFailed
from storage.tables import attempts
from storage.writer import BatchWriter, WriterLimits

PERCENTILE = 95


class PerformanceRows:
    """One row for each request to a model; an async context manager that writes what is left when it ends."""

    def __init__(self, database: Database, clock: Clock, *, limits: WriterLimits | None = None) -> None:
        self._database = database
        self._clock = clock
        self._writer = BatchWriter("attempts", self._store, clock=clock, limits=limits)

    async def __aenter__(self) -> Self:
        await self._writer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._writer.__aexit__(kind, error, trace)

    def add(self, record: AttemptRecord) -> None:
        """Take a row to be written within about a second; never waits."""
        self._writer.add(record)

    async def flush(self) -> None:
        """Write what has been added. Raises `WriteFailed`; the rows are then tried again by themselves."""
        await self._writer.flush()

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures of each model since a moment, the most used first; rows that were just added are in it.

        Raises `ReadFailed`. A database that cannot be written can still be read, and the writer tells of its faults.
        """
        with suppress(WriteFailed):
            await self.flush()
        chosen = and_(
            attempts.c.started_at >= since,
            *([] if model is None else [attempts.c.model == model]),
            *([] if task is None else [attempts.c.task == task]),
        )

        async def work(connection: AsyncConnection) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
            totals = (await connection.execute(_totals(chosen))).all()
            return totals, (await connection.execute(_around_percentile(chosen))).all()

        totals, around = await self._database.read("performance.stats", work)
        percentiles = _percentiles(around)
        return [_stats(row, percentiles.get(row.model)) for row in totals]

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._clock.now()

    async def _store(self, records: Sequence[AttemptRecord]) -> None:
        rows = [asdict(record) for record in records]
        await self._database.write("performance.add", lambda connection: connection.execute(insert(attempts), rows))


def _totals(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per model: counts, averages of whole answers, sums of tokens."""
    whole = attempts.c.failure.is_(None)
    requests = func.count()
    return (
        select(
            attempts.c.model,
            requests.label("requests"),
            _count(attempts.c.failure == FailureKind.CANCELLED).label("cancelled"),
            _count(whole).label("successes"),
            func.avg(case((whole, attempts.c.latency_seconds))).label("latency"),
            func.avg(case((whole, attempts.c.ttft_seconds))).label("ttft"),
            func.coalesce(func.sum(attempts.c.prompt_tokens), 0).label("prompt_tokens"),
            func.coalesce(func.sum(attempts.c.completion_tokens), 0).label("completion_tokens"),
        )
        .where(chosen)
        .group_by(attempts.c.model)
        .order_by(requests.desc(), attempts.c.model)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _around_percentile(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per model: the one or two latencies between which the percentile lies; the database sorts, not this process."""
    ranked = (
        select(
            attempts.c.model,
            attempts.c.latency_seconds.label("latency"),
            func.row_number().over(partition_by=attempts.c.model, order_by=attempts.c.latency_seconds).label("rank"),
            func.count().over(partition_by=attempts.c.model).label("size"),
        )
        .where(chosen, attempts.c.failure.is_(None))
        .subquery()
    )
    below = PERCENTILE * (ranked.c.size - 1) // 100 + 1
    return (
        select(ranked.c.model, ranked.c.latency, ranked.c.size)
        .where(or_(ranked.c.rank == below, ranked.c.rank == below + 1))
        .order_by(ranked.c.model, ranked.c.rank)
    )


def _percentiles(around: Iterable[Row[Any]]) -> dict[str, float]:
    """Between two neighbours in proportion, as numpy does it unless told otherwise."""
    neighbours: defaultdict[str, list[float]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for row in around:
        neighbours[row.model].append(row.latency)
        sizes[row.model] = row.size
    return {
        model: latencies[0] + (latencies[-1] - latencies[0]) * (PERCENTILE * (sizes[model] - 1) % 100 / 100)
        for model, latencies in neighbours.items()
    }


def _stats(row: Row[Any], p95_latency: float | None) -> ModelStats:
    judged = row.requests - row.cancelled
    return ModelStats(
        model=row.model,
        requests_count=row.requests,
        cancelled_count=row.cancelled,
        success_rate=row.successes / judged if judged else None,
        avg_latency=row.latency,
        p95_latency=p95_latency,
        avg_ttft=row.ttft,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
    )
