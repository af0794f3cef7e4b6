"""Attempts added up by hour, day and month, in step with their rows: no question has to read a year of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.histogram import Histogram
from llm.monitoring import AttemptRecord
from llm.spans import Span
from llm.types import Task, Why
from storage.database import Database
from storage.tables import attempt_totals

OK = "ok"
"""The outcome of a whole answer; the others are kinds of failure."""
KEEP_HOURS = timedelta(days=60)
"""So long hours are kept beside the days; more than the longest period that is asked for by the hour."""
FEW = 20
"""So many rows go to the database at once: making them ready must not hold up the event loop."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_KEY = ("span", "began", "model", "server", "task", "outcome")
_TEXTS = ("latencies", "ttfts")


@dataclass(frozen=True, slots=True)
class Key:
    """What a row of totals is about; `outcome` is `ok` or a kind of failure."""

    span: Span
    began: datetime
    model: str
    server: str
    task: Task
    outcome: str


@dataclass(slots=True)
class Totals:
    """Sums over some attempts; times are seconds."""

    requests: int = 0
    latency_seconds: float = 0.0
    ttft_seconds: float = 0.0
    ttft_count: int = 0
    decode_seconds: float = 0.0
    decode_tokens: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    hedges: int = 0
    taken: int = 0
    given: int = 0
    last_at: datetime = _NEVER
    latencies: Histogram = field(default_factory=Histogram)
    ttfts: Histogram = field(default_factory=Histogram)

    def add(self, record: AttemptRecord) -> None:
        """Add an attempt."""
        self.requests += 1
        if record.failure is None:
            self._add_times(record)
        self.prompt_tokens += record.prompt_tokens or 0
        self.completion_tokens += record.completion_tokens or 0
        self.cached_tokens += record.cached_tokens or 0
        self.cost += record.cost
        self.hedges += record.why is Why.HEDGE
        self.taken += record.instead_of is not None and record.why is not Why.HEDGE
        self.last_at = max(self.last_at, record.started_at)

    def _add_times(self, record: AttemptRecord) -> None:
        """How long a whole answer took; how long a failed one did says nothing about the next."""
        self.latency_seconds += record.latency_seconds
        self.latencies.add(record.latency_seconds)
        if record.ttft_seconds is not None:
            self.ttft_seconds += record.ttft_seconds
            self.ttft_count += 1
            self.ttfts.add(record.ttft_seconds)
        if (seconds := record.decode_seconds) is not None and record.completion_tokens is not None:
            self.decode_seconds += seconds
            self.decode_tokens += record.completion_tokens

    def merge(self, other: Totals) -> None:
        """Add other sums."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.last_at = max(self.last_at, other.last_at)
        self.latencies.merge(other.latencies)
        self.ttfts.merge(other.ttfts)

    def row(self, key: Key) -> dict[str, object]:
        """The row of the table."""
        numbers = {name: getattr(self, name) for name in (*NUMBERS, "last_at")}
        texts = {"latencies": self.latencies.written(), "ttfts": self.ttfts.written()}
        return {**{name: getattr(key, name) for name in _KEY}, **numbers, **texts}


NUMBERS = tuple(one.name for one in fields(Totals) if one.name not in {"last_at", *_TEXTS})
"""The columns that are simply added."""


def add_up(records: Iterable[AttemptRecord]) -> dict[Key, Totals]:
    """The totals of some attempts by hour."""
    totals: defaultdict[Key, Totals] = defaultdict(Totals)
    for record in records:
        hour = Span.HOUR.begin(record.started_at)
        outcome = OK if record.failure is None else record.failure.value
        totals[Key(Span.HOUR, hour, record.model, record.server, record.task, outcome)].add(record)
        if record.instead_of is not None and record.why is not Why.HEDGE:
            # The one that gave way: it may not have been asked at all, so that its server is not known here.
            given = totals[Key(Span.HOUR, hour, record.instead_of, "", record.task, OK)]
            given.given += 1
            given.last_at = max(given.last_at, record.started_at)
    return dict(totals)


async def store(connection: AsyncConnection, database: Database, new: dict[Key, Totals]) -> None:
    """Add totals by hour to those that there are; to those of the day and the month as well where they are done."""
    if not new:
        return
    for span in (Span.DAY, Span.MONTH):
        done = await done_until(connection, span)
        for key, totals in [(key, totals) for key, totals in new.items() if key.span is Span.HOUR]:
            if done is not None and key.began < done:
                larger = Key(span, span.begin(key.began), key.model, key.server, key.task, key.outcome)
                new.setdefault(larger, Totals()).merge(totals)
    began = {(key.span, key.began) for key in new}
    there = or_(*(and_(attempt_totals.c.span == span, attempt_totals.c.began == at) for span, at in began))
    for number, row in enumerate((await connection.execute(select(attempt_totals).where(there))).mappings().all()):
        key = Key(**{name: row[name] for name in _KEY})
        if key in new:
            new[key].merge(_stored(row))
        if number % FEW == 0:
            await asyncio.sleep(0)
    statement = database.insert(attempt_totals)
    values = {name: statement.excluded[name] for name in (*NUMBERS, "last_at", *_TEXTS)}
    upsert = statement.on_conflict_do_update(index_elements=_KEY, set_=values)
    every = list(new.items())
    for start in range(0, len(every), FEW):
        await connection.execute(upsert, [totals.row(key) for key, totals in every[start : start + FEW]])


async def done_until(connection: AsyncConnection, span: Span) -> datetime | None:
    """Until when days, or months, are added up; None: none is."""
    last: datetime | None = await connection.scalar(
        select(func.max(attempt_totals.c.began)).where(attempt_totals.c.span == span)
    )
    return None if last is None else span.end(last)


async def add_up_spans(database: Database, now: datetime) -> int:
    """Add up the days that have ended since the last time, then the months; gives how many of both."""
    done = 0
    for span, part in ((Span.DAY, Span.HOUR), (Span.MONTH, Span.DAY)):
        while (began := await _next(database, span, part, now)) is not None:
            await _add_up(database, span, part, began)
            done += 1
    return done


async def forget_hours(database: Database, now: datetime) -> None:
    """Drop the hours of days that are long since added up."""
    old = and_(attempt_totals.c.span == Span.HOUR, attempt_totals.c.began < Span.DAY.begin(now - KEEP_HOURS))
    await database.write(
        "performance.forget_hours", lambda connection: connection.execute(delete(attempt_totals).where(old))
    )


async def _next(database: Database, span: Span, part: Span, now: datetime) -> datetime | None:
    """When the first day, or month, begins that has ended, has figures and is not added up."""

    async def work(connection: AsyncConnection) -> datetime | None:
        done = await done_until(connection, span)
        parts = and_(attempt_totals.c.span == part, attempt_totals.c.began < span.begin(now))
        if done is not None:
            parts = and_(parts, attempt_totals.c.began >= done)
        first: datetime | None = await connection.scalar(select(func.min(attempt_totals.c.began)).where(parts))
        return None if first is None else span.begin(first)

    return await database.read("performance.next_span", work)


async def _add_up(database: Database, span: Span, part: Span, began: datetime) -> None:
    async def work(connection: AsyncConnection) -> None:
        rows = (await connection.execute(_parts(part, began, span.end(began)))).all()
        ready = await asyncio.to_thread(_whole, span, began, rows)
        for start in range(0, len(ready), FEW):
            await connection.execute(attempt_totals.insert(), ready[start : start + FEW])

    await database.write("performance.add_up", work)


def _parts(part: Span, begin: datetime, end: datetime) -> Any:
    group = [attempt_totals.c[name] for name in ("model", "server", "task", "outcome")]
    return (
        select(
            *group,
            *(func.sum(attempt_totals.c[name]).label(name) for name in NUMBERS),
            func.max(attempt_totals.c.last_at).label("last_at"),
            *(func.aggregate_strings(attempt_totals.c[name], "").label(name) for name in _TEXTS),
        )
        .where(attempt_totals.c.span == part, attempt_totals.c.began >= begin, attempt_totals.c.began < end)
        .group_by(*group)
    )


def _whole(span: Span, began: datetime, rows: Sequence[Row[Any]]) -> list[dict[str, object]]:
    """The rows of a day or a month, with the histograms of its parts joined."""
    return [
        {
            **row._mapping,
            "span": span,
            "began": began,
            **{name: Histogram(row._mapping[name] or "").written() for name in _TEXTS},
        }
        for row in rows
    ]


def _stored(row: Any) -> Totals:
    numbers = {name: row[name] for name in (*NUMBERS, "last_at")}
    return Totals(**numbers, latencies=Histogram(row["latencies"]), ttfts=Histogram(row["ttfts"]))
