"""Figures of requests: what is added comes out as the right statistics."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select

from llm.clock import SystemClock
from llm.errors import FailureKind
from llm.monitoring import KEPT_FIELDS, AttemptRecord, ModelPerformanceMonitor, ModelStats
from llm.types import Task, Why
from storage import Database, PerformanceRows, ReadFailed, open_database
from storage.tables import attempts
from tests.storage.loop_time import watched_loop

EVER = datetime.min.replace(tzinfo=UTC)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def request(
    latency: float,
    *,
    model: str = "qwen",
    at: datetime = NOON,
    task: Task = Task.CHAT,
    ttft: float | None = None,
    tokens: tuple[int | None, int | None] = (10, 5),
    failure: FailureKind | None = None,
) -> AttemptRecord:
    return AttemptRecord(at, model, "http://127.0.0.1:11434", task, latency, ttft, *tokens, failure)


async def stats_of(
    database: Database, clock: SystemClock, records: Iterable[AttemptRecord], *, since: datetime = EVER, **chosen
) -> list[ModelStats]:
    async with PerformanceRows(database, clock) as rows:
        for record in records:
            rows.add(record)
        return list(await rows.stats(since=since, **chosen))


async def test_rows_that_still_wait_are_counted(database: Database, clock: SystemClock) -> None:
    (stats,) = await stats_of(database, clock, [request(2.0, ttft=0.5), request(2.0, ttft=1.5)])
    assert stats.latency is not None
    assert stats.latency.p50 == pytest.approx(2.0, rel=0.01)
    assert stats == ModelStats(
        "qwen",
        requests_count=2,
        cancelled_count=0,
        success_rate=1.0,
        avg_latency=2.0,
        latency=stats.latency,
        avg_ttft=1.0,
        ttft=stats.ttft,
        tokens_per_second=5.0,
        prompt_tokens=20,
        completion_tokens=10,
    )


async def test_a_row_is_kept_as_it_was(database: Database, clock: SystemClock) -> None:
    record = request(2.0, ttft=0.5, failure=FailureKind.STALL, task=Task.CLASSIFICATION, tokens=(None, 7))
    await stats_of(database, clock, [record])
    (row,) = await database.rows("test", select(attempts))
    assert AttemptRecord(**{name: row._mapping[name] for name in KEPT_FIELDS}) == record


async def test_latencies_are_those_of_whole_answers(database: Database, clock: SystemClock) -> None:
    failed = request(100.0, ttft=50.0, failure=FailureKind.STALL)
    cancelled = request(200.0, ttft=60.0, failure=FailureKind.CANCELLED)
    (stats,) = await stats_of(database, clock, [request(2.0, ttft=0.5), request(2.0), failed, cancelled])
    assert (stats.avg_latency, stats.avg_ttft) == (2.0, 0.5)


async def test_a_cancelled_request_counts_neither_for_nor_against(database: Database, clock: SystemClock) -> None:
    records = [request(1.0), request(1.0), request(1.0), request(1.0, failure=FailureKind.TRANSPORT)]
    records += [request(1.0, failure=FailureKind.CANCELLED)] * 6
    (stats,) = await stats_of(database, clock, records)
    assert (stats.requests_count, stats.cancelled_count, stats.success_rate) == (10, 6, 0.75)


async def test_without_a_whole_answer_there_is_no_latency(database: Database, clock: SystemClock) -> None:
    failed = request(1.0, model="failed", failure=FailureKind.SERVER_ERROR, tokens=(None, None))
    cancelled = request(1.0, model="stopped", failure=FailureKind.CANCELLED)
    of_failed, of_cancelled = await stats_of(database, clock, [failed, cancelled])
    assert (of_failed.success_rate, of_failed.avg_latency, of_failed.p95_latency) == (0.0, None, None)
    assert (of_failed.avg_ttft, of_failed.total_tokens) == (None, 0)
    assert of_cancelled.success_rate is None


async def test_models_come_by_use_and_then_by_name(database: Database, clock: SystemClock) -> None:
    records = [request(1.0, model=model) for model in ("b", "c", "a", "c")]
    assert [stats.model for stats in await stats_of(database, clock, records)] == ["c", "a", "b"]


async def test_period_model_and_task_narrow_the_figures(database: Database, clock: SystemClock) -> None:
    async with PerformanceRows(database, clock) as rows:
        rows.add(request(1.0, at=NOON - timedelta(microseconds=1)))
        rows.add(request(3.0, at=NOON))
        rows.add(request(5.0, model="llama"))
        rows.add(request(7.0, task=Task.AUGMENTATION))

        async def latencies(**chosen) -> list[float | None]:
            return [stats.avg_latency for stats in await rows.stats(**chosen)]

        assert await latencies(since=NOON) == [5.0, 5.0]
        assert await latencies(since=NOON, task=Task.CHAT, model="qwen") == [3.0]
        assert await latencies(since=NOON + timedelta(minutes=59)) == [5.0, 5.0], "an hour counts whole"
        assert await latencies(since=NOON + timedelta(hours=1)) == []
        assert await latencies(since=NOON.astimezone(datetime.fromisoformat("2026-01-01T00:00+05:00").tzinfo)) == [
            5.0,
            5.0,
        ]


@pytest.mark.parametrize("size", [1, 2, 3, 19, 20, 21, 22, 100, 101, 1001])
async def test_the_percentile_is_within_two_per_cent_of_the_exact_one(
    database: Database, clock: SystemClock, size: int
) -> None:
    randomness = random.Random(size)
    latencies = {
        "steady": [randomness.gauss(3, 0.5) for _ in range(size)],
        "heavy tail": [randomness.paretovariate(1.2) for _ in range(size)],
        "ties": [float(randomness.randint(1, 3)) for _ in range(size)],
    }
    records = [request(latency, model=model) for model, values in latencies.items() for latency in values]
    found = {stats.model: stats.p95_latency for stats in await stats_of(database, clock, records)}
    assert found == {model: pytest.approx(np.percentile(values, 95), rel=0.02) for model, values in latencies.items()}


async def test_the_monitor_gives_figures_of_a_period_that_ends_now(database: Database, clock: SystemClock) -> None:
    async with PerformanceRows(database, clock) as rows:
        monitor = ModelPerformanceMonitor(rows, clock)
        monitor.log_request(request(1.0, at=clock.now() - timedelta(hours=2)))
        monitor.log_request(request(3.0, at=clock.now()))
        (hour,) = await monitor.get_model_stats("qwen", period=timedelta(hours=1))
        (ever,) = await monitor.get_model_stats()
    assert (hour.avg_latency, ever.avg_latency) == (3.0, 2.0)


async def test_all_is_written_at_the_end(url: str, clock: SystemClock) -> None:
    async with open_database(url, clock) as database, PerformanceRows(database, clock) as rows:
        for _ in range(1200):
            rows.add(request(1.0))
    async with open_database(url, clock) as database:
        (stats,) = await stats_of(database, clock, [])
    assert stats.requests_count == 1200


async def test_figures_of_many_rows_leave_the_loop_free(database: Database, clock: SystemClock) -> None:
    row = {
        "started_at": NOON,
        "server": "s",
        "task": Task.CHAT,
    }
    many = [{**row, "model": f"m{n % 7}", "latency_seconds": n % 977 / 100} for n in range(20_000)]
    for row_of in many:
        row_of |= {"hop": 0, "why": Why.FIRST_CHOICE, "request_id": 0, "waited_seconds": 0, "cost": 0, "local": True}
    await database.write("test", lambda connection: connection.execute(insert(attempts), many))
    async with PerformanceRows(database, clock) as rows:
        await rows.stats(since=EVER)
        async with watched_loop() as loop_time:
            stats = await rows.stats(since=EVER)
    assert sum(of_model.requests_count for of_model in stats) == 20_000
    assert loop_time.longest < 0.01


async def test_figures_of_a_closed_database_cannot_be_read(url: str, clock: SystemClock) -> None:
    async with open_database(url, clock) as database:
        rows = PerformanceRows(database, clock)
    with pytest.raises(ReadFailed):
        await rows.stats(since=EVER)
