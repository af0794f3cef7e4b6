"""The monitor: what it hands to the log, and which period it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from llm.monitoring import AttemptRecord, FailureGroup, ModelPerformanceMonitor, ModelStats, SeriesPoint, Subjects
from llm.types import Task

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class StillClock:
    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


class Asked:
    """Notes what is asked of the log."""

    def __init__(self) -> None:
        self.questions: list[tuple[datetime, str | None, Task | None]] = []

    def add(self, record: object) -> None:
        raise AssertionError(record)

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        self.questions.append((since, model, task))
        return ()

    async def series(self, **_: object) -> Sequence[SeriesPoint]:
        raise AssertionError

    async def failures(self, **_: object) -> Sequence[FailureGroup]:
        raise AssertionError

    async def attempts_of(self, request_id: int) -> Sequence[AttemptRecord]:
        raise AssertionError

    async def subjects(self) -> Subjects:
        return Subjects()


async def test_a_period_ends_now_and_none_reaches_back_to_the_beginning() -> None:
    log = Asked()
    monitor = ModelPerformanceMonitor(log, StillClock())
    await monitor.get_model_stats(period=timedelta(days=7))
    await monitor.get_model_stats("tiny", task=Task.CHAT)
    beginning = datetime.min.replace(tzinfo=UTC)
    assert log.questions == [(NOW - timedelta(days=7), None, None), (beginning, "tiny", Task.CHAT)]


def test_tokens_are_counted_together() -> None:
    stats = ModelStats("tiny", 1, 0, 1.0, 0.1, None, 0.1, None, None, prompt_tokens=30, completion_tokens=12)
    assert stats.total_tokens == 42
