"""Figures over time: whatever has been added up meanwhile, nothing is lost and nothing counts twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.spans import Span
from llm.types import Task, Why
from storage import Database, PerformanceRows
from tests.storage.conftest import HandClock

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def some(chance: random.Random, days: float) -> AttemptRecord:
    failure = chance.choice((None, None, None, FailureKind.STALL, FailureKind.CANCELLED))
    return AttemptRecord(
        NOW - timedelta(days=days * chance.random()),
        chance.choice("abc"),
        "127.0.0.1:1",
        chance.choice((Task.CHAT, Task.CLASSIFICATION)),
        chance.lognormvariate(0, 1),
        0.1,
        chance.randint(1, 100),
        chance.randint(1, 100),
        failure,
        why=chance.choice((Why.FIRST_CHOICE, Why.HEDGE)),
        instead_of=chance.choice((None, "a")),
        cost=chance.random(),
    )


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock(NOW)


@pytest.mark.parametrize(
    ("days", "asked", "points"),
    [(1, 1, 25), (7, 7, 29), (30, 30, 31), (7, None, 29), (100, None, 51), (300, None, 11)],
)
async def test_a_chart_has_all_of_its_period_after_every_adding_up(
    database: Database, hand_clock: HandClock, days: int, asked: int | None, points: int
) -> None:
    chance = random.Random(days)
    records = [some(chance, days) for _ in range(1500)]
    first = min(record.started_at for record in records)
    since = NOW - timedelta(days=asked) if asked else None
    async with PerformanceRows(database, hand_clock) as rows:
        for record in records:
            rows.add(record)
        before = await rows.series(since=since)
        await rows.roll_up()
        await rows.forget_old()
        after = await rows.series(since=since)
    assert before == after
    assert len(after) == pytest.approx(points, abs=1)
    assert sum(sum(point.requests.values()) for point in after) == len(records)
    assert sum(point.failed for point in after) == sum(r.failure is FailureKind.STALL for r in records)
    assert sum(point.cancelled for point in after) == sum(r.failure is FailureKind.CANCELLED for r in records)
    steps = {two.began - one.began for one, two in pairwise(after)}
    assert len(steps) == 1 or all(point.began == Span.MONTH.begin(point.began) for point in after)
    assert after[0].began <= max(first, since or first)
    # Where every stretch had many requests, none may look empty.
    if days <= 30:
        assert sum(not point.requests for point in after) <= 1


async def test_a_chart_of_one_model_or_task_has_only_that(database: Database, hand_clock: HandClock) -> None:
    chance = random.Random(4)
    records = [some(chance, 3) for _ in range(300)]
    async with PerformanceRows(database, hand_clock) as rows:
        for record in records:
            rows.add(record)
        series = await rows.series(since=NOW - timedelta(days=7), model="b", task=Task.CHAT)
    wanted = [record for record in records if record.model == "b" and record.task is Task.CHAT]
    assert {name for point in series for name in point.requests} == {"b"}
    assert sum(sum(point.requests.values()) for point in series) == len(wanted)


async def test_the_subjects_are_those_of_the_figures(database: Database, hand_clock: HandClock) -> None:
    chance = random.Random(5)
    async with PerformanceRows(database, hand_clock) as rows:
        assert (await rows.subjects()).models == []
        for _ in range(60):
            rows.add(some(chance, 3))
        subjects = await rows.subjects()
    assert (subjects.models, subjects.tasks) == (["a", "b", "c"], [Task.CHAT, Task.CLASSIFICATION])


async def test_what_was_spent_is_counted_from_the_hour(database: Database, hand_clock: HandClock) -> None:
    chance = random.Random(6)
    records = [some(chance, 40) for _ in range(800)]
    async with PerformanceRows(database, hand_clock) as rows:
        for record in records:
            rows.add(record)
        for _ in range(2):
            for span in (Span.DAY, Span.MONTH):
                began = span.begin(NOW)
                expected = sum(record.cost for record in records if record.started_at >= began)
                assert await rows.spent(since=began) == pytest.approx(expected)
            await rows.roll_up()


async def test_what_models_were_asked_to_find_out_what_they_can_do_is_no_figure_of_theirs_and_is_paid_all_the_same(
    database: Database, hand_clock: HandClock
) -> None:
    talk = AttemptRecord(NOW, "a", "s", Task.CHAT, 1.0, 0.1, 10, 5, None, cost=1.0)
    async with PerformanceRows(database, hand_clock) as rows:
        for record in (
            talk,
            replace(talk, task=Task.PROBE, failure=FailureKind.BAD_REQUEST, cost=0.5),
            replace(talk, task=Task.PROBE, cost=0.25),
        ):
            rows.add(record)
        since = NOW - timedelta(days=1)
        [stats] = await rows.stats(since=since)
        assert (stats.requests_count, stats.success_rate) == (1, 1.0)
        [probes] = await rows.stats(since=since, task=Task.PROBE)
        assert probes.requests_count == 2
        assert await rows.failures(since=since) == []
        assert await rows.spent(since=since) == pytest.approx(1.75)
