"""Questions about the figures, answered from the totals of hours and days; single attempts from their own rows."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.errors import FailureKind
from llm.histogram import percentiles
from llm.monitoring import (
    KEPT_FIELDS,
    SHARES,
    AttemptRecord,
    FailureGroup,
    ModelStats,
    Percentiles,
    SeriesPoint,
    Subjects,
)
from llm.spans import Span
from llm.types import Task
from storage.database import Database
from storage.tables import attempt_totals, attempts
from storage.totals import OK, done_until

MOST_POINTS = 60
"""So many stretches a chart has at most."""
MOST_HOURS = timedelta(days=8)
"""A shorter history is shown by hours or quarters of days."""
MOST_DAYS = timedelta(days=120)
"""A longer history is shown by month."""
MOST_GROUPS = 50

_BEGINNING, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Statistics:
    """What the kept figures say. All methods raise `ReadFailed`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures of each model since a moment, the most used first; the hour of the moment counts whole."""

        async def work(connection: AsyncConnection) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
            chosen = await _chosen(connection, since, model, task)
            totals = (await connection.execute(_of_models(chosen))).all()
            return totals, (await connection.execute(_of_outcomes(chosen))).all()

        totals, outcomes = await self._database.read("performance.stats", work)
        failed: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in outcomes:
            failed[row.model].append(row)
        # Working out the percentiles takes longer than the event loop may be held.
        return await asyncio.to_thread(lambda: [_stats(row, failed[row.model]) for row in totals])

    async def series(
        self, *, since: datetime | None, model: str | None = None, task: Task | None = None
    ) -> Sequence[SeriesPoint]:
        """What happened since a moment, or ever, in stretches of the same length, of hours or of days."""

        async def work(connection: AsyncConnection) -> tuple[datetime | None, Span, Sequence[Row[Any]]]:
            ever = since or _BEGINNING
            first = await _first(connection, ever)
            if first is None:
                return None, Span.HOUR, ()
            length = self._clock.now() - (since or first)
            # Parts of days can only be told from hours.
            largest = (
                Span.HOUR if length < MOST_HOURS else Span.MONTH if since is None and length > MOST_DAYS else Span.DAY
            )
            chosen = await _chosen(connection, ever, model, task, largest=largest)
            return first, largest, (await connection.execute(_by_time(chosen))).all()

        first, largest, rows = await self._database.read("performance.series", work)
        if first is None or not rows:
            return ()
        if largest is Span.MONTH:
            return await asyncio.to_thread(_months, rows)
        return await asyncio.to_thread(_points, largest.begin(since or first), self._clock.now(), rows)

    async def failures(self, *, since: datetime) -> Sequence[FailureGroup]:
        """What failed since a moment, the newest first; stopped requests are no failures, and probes may fail."""
        chosen = and_(
            attempts.c.started_at >= since,
            attempts.c.failure.is_not(None),
            attempts.c.failure != FailureKind.CANCELLED,
            attempts.c.task != Task.PROBE,
        )
        group = (attempts.c.failure, attempts.c.model, attempts.c.server)
        groups = (
            select(
                *group,
                func.count().label("number"),
                func.min(attempts.c.started_at).label("first_at"),
                func.max(attempts.c.started_at).label("last_at"),
                func.max(attempts.c.id).label("last_id"),
            )
            .where(chosen)
            .group_by(*group)
            .subquery()
        )
        query = (
            select(groups, attempts.c.status, attempts.c.code)
            .join(attempts, attempts.c.id == groups.c.last_id)
            .order_by(groups.c.last_at.desc())
            .limit(MOST_GROUPS)
        )
        return [
            FailureGroup(
                kind=row.failure,
                model=row.model,
                server=row.server,
                count=row.number,
                first_at=row.first_at,
                last_at=row.last_at,
                status=row.status,
                code=row.code,
            )
            for row in await self._database.rows("performance.failures", query)
        ]

    async def attempts_of(self, request_id: int) -> Sequence[AttemptRecord]:
        """The attempts of one call in their order; none when they are forgotten."""
        query = select(attempts).where(attempts.c.request_id == request_id).order_by(attempts.c.hop, attempts.c.id)
        rows = await self._database.rows("performance.attempts_of", query)
        return [AttemptRecord(**{name: row._mapping[name] for name in KEPT_FIELDS}) for row in rows]

    async def spent(self, *, since: datetime) -> float:
        """What paid models have cost since an hour began."""

        async def work(connection: AsyncConnection) -> float:
            chosen = await _chosen(connection, since, None, None, probes=True)
            return float(await connection.scalar(select(func.sum(attempt_totals.c.cost)).where(chosen)) or 0.0)

        return await self._database.read("performance.spent", work)

    async def subjects(self) -> Subjects:
        """What there are figures of."""

        async def work(connection: AsyncConnection) -> Subjects:
            models = await connection.scalars(select(attempt_totals.c.model).distinct())
            tasks = await connection.scalars(select(attempt_totals.c.task).distinct())
            return Subjects(sorted(models), sorted(tasks))

        return await self._database.read("performance.subjects", work)


async def _first(connection: AsyncConnection, since: datetime) -> datetime | None:
    """When the first hour began that there are figures of; its day, when only that is kept of it."""
    table = attempt_totals.c
    firsts: dict[Span, datetime] = {
        row.span: row.first
        for row in await connection.execute(
            select(table.span, func.min(table.began).label("first"))
            .where(table.span != Span.MONTH, table.began >= Span.HOUR.begin(since))
            .group_by(table.span)
        )
    }
    hour, day = firsts.get(Span.HOUR), firsts.get(Span.DAY)
    if hour is None or day is None:
        return hour or day
    return day if day < Span.DAY.begin(hour) else hour


async def _chosen(
    connection: AsyncConnection,
    since: datetime,
    model: str | None,
    task: Task | None,
    *,
    largest: Span = Span.MONTH,
    probes: bool = False,
) -> ColumnElement[bool]:
    """The totals that a period is made of: whole months and days where they are added up, hours around them.

    What models were asked to find out what they can do counts only where it is asked for, or with `probes`.
    """
    table = attempt_totals.c
    parts: list[ColumnElement[bool]] = []
    begin, end = Span.HOUR.begin(max(since, _BEGINNING)), _END
    # From the outside inward: hours up to the first day, days up to the first month, and the same from the end.
    for span, larger in ((Span.HOUR, Span.DAY), (Span.DAY, Span.MONTH)):
        first = larger.first_from(begin)
        done = await done_until(connection, larger) if span is not largest else None
        if done is None or first >= done:
            parts.append(and_(table.span == span, table.began >= begin, table.began < end))
            break
        if begin < first:
            parts.append(and_(table.span == span, table.began >= begin, table.began < first))
        parts.append(and_(table.span == span, table.began >= done, table.began < end))
        begin, end = first, done
    else:
        parts.append(and_(table.span == Span.MONTH, table.began >= begin, table.began < end))
    chosen = [or_(*parts)]
    if model is not None:
        chosen.append(table.model == model)
    if task is not None:
        chosen.append(table.task == task)
    elif not probes:
        chosen.append(table.task != Task.PROBE)
    return and_(*chosen)


def _of_models(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per model: sums over all attempts, and over those that gave a whole answer."""
    table = attempt_totals.c
    whole = table.outcome == OK

    def total(column: ColumnElement[Any], *, of_whole: bool = False) -> ColumnElement[Any]:
        return func.sum(case((whole, column), else_=0) if of_whole else column)

    return (
        select(
            table.model,
            total(table.requests).label("requests"),
            func.sum(case((table.outcome == FailureKind.CANCELLED.value, table.requests), else_=0)).label("cancelled"),
            total(table.requests, of_whole=True).label("whole"),
            total(table.latency_seconds, of_whole=True).label("latency_seconds"),
            total(table.ttft_seconds, of_whole=True).label("ttft_seconds"),
            total(table.ttft_count, of_whole=True).label("ttft_count"),
            total(table.decode_seconds).label("decode_seconds"),
            total(table.decode_tokens).label("decode_tokens"),
            total(table.prompt_tokens).label("prompt_tokens"),
            total(table.completion_tokens).label("completion_tokens"),
            total(table.cached_tokens).label("cached_tokens"),
            total(table.cost).label("cost"),
            total(table.hedges).label("hedges"),
            total(table.taken).label("taken"),
            total(table.given).label("given"),
            func.aggregate_strings(case((whole, table.latencies), else_=""), "").label("latencies"),
            func.aggregate_strings(case((whole, table.ttfts), else_=""), "").label("ttfts"),
        )
        .where(chosen)
        .group_by(table.model)
        .order_by(total(table.requests).desc(), table.model)
    )


def _of_outcomes(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per model and kind of failure: how often, and when last."""
    table = attempt_totals.c
    return (
        select(
            table.model,
            table.outcome,
            func.sum(table.requests).label("requests"),
            func.max(table.last_at).label("last_at"),
        )
        .where(chosen, table.outcome != OK, table.outcome != FailureKind.CANCELLED.value)
        .group_by(table.model, table.outcome)
    )


def _by_time(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per hour or day, and model."""
    table = attempt_totals.c
    failed = table.outcome.not_in((OK, FailureKind.CANCELLED.value))
    return (
        select(
            table.began,
            table.model,
            func.sum(table.requests).label("requests"),
            func.sum(case((failed, table.requests), else_=0)).label("failed"),
            func.sum(case((table.outcome == FailureKind.CANCELLED.value, table.requests), else_=0)).label("cancelled"),
            func.aggregate_strings(case((table.outcome == OK, table.latencies), else_=""), "").label("latencies"),
        )
        .where(chosen)
        .group_by(table.began, table.model)
        .order_by(table.began)
    )


def _stats(row: Row[Any], failed: Sequence[Row[Any]]) -> ModelStats:
    judged = int(row.requests) - int(row.cancelled)
    last = max(failed, key=lambda one: one.last_at, default=None)
    return ModelStats(
        model=row.model,
        # PostgreSQL adds integers up to decimals.
        requests_count=int(row.requests),
        cancelled_count=int(row.cancelled),
        success_rate=int(row.whole) / judged if judged else None,
        avg_latency=row.latency_seconds / int(row.whole) if row.whole else None,
        latency=_percentiles(row.latencies),
        avg_ttft=row.ttft_seconds / int(row.ttft_count) if row.ttft_count else None,
        ttft=_percentiles(row.ttfts),
        tokens_per_second=int(row.decode_tokens) / row.decode_seconds if row.decode_seconds else None,
        prompt_tokens=int(row.prompt_tokens),
        completion_tokens=int(row.completion_tokens),
        cached_tokens=int(row.cached_tokens),
        cost=row.cost,
        failures={FailureKind(one.outcome): int(one.requests) for one in sorted(failed, key=lambda one: -one.requests)},
        fallbacks_taken=int(row.taken),
        fallbacks_given=int(row.given),
        hedges=int(row.hedges),
        last_failure=FailureKind(last.outcome) if last is not None else None,
        last_failure_at=last.last_at if last is not None else None,
    )


def _percentiles(written: str | None) -> Percentiles | None:
    values = percentiles(written or "", SHARES)
    return Percentiles(*values) if values is not None else None


def _points(begin: datetime, now: datetime, rows: Sequence[Row[Any]]) -> list[SeriesPoint]:
    """Rows of hours and days gathered into at most `MOST_POINTS` stretches from `begin` to now, empty ones too."""
    length = max(now, rows[-1].began) - begin
    step = _HOUR if length < 2 * _DAY else 6 * _HOUR if length < MOST_HOURS else _DAY
    step *= -(-(length // step + 1) // MOST_POINTS)
    return _gathered([begin + place * step for place in range(length // step + 1)], rows)


def _months(rows: Sequence[Row[Any]]) -> list[SeriesPoint]:
    """Rows of months, and of the days and hours after them, gathered by month."""
    begins = [Span.MONTH.begin(rows[0].began)]
    while (following := Span.MONTH.end(begins[-1])) <= rows[-1].began:
        begins.append(following)
    return _gathered(begins, rows)


def _gathered(begins: Sequence[datetime], rows: Sequence[Row[Any]]) -> list[SeriesPoint]:
    latencies: defaultdict[int, list[str]] = defaultdict(list)
    requests: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    failed: defaultdict[int, int] = defaultdict(int)
    cancelled: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        place = max(0, bisect_right(begins, row.began) - 1)
        latencies[place].append(row.latencies or "")
        requests[place][row.model] += int(row.requests)
        failed[place] += int(row.failed)
        cancelled[place] += int(row.cancelled)
    return [
        SeriesPoint(
            began=began,
            requests=dict(requests[place]),
            failed=failed[place],
            cancelled=cancelled[place],
            latency=_percentiles("".join(latencies[place])),
        )
        for place, began in enumerate(begins)
    ]
