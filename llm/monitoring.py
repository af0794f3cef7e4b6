"""Keeps the figures of each request to a model, and answers what they say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from llm.clock import Clock
from llm.errors import FailureKind
from llm.types import Task


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One request to one model. Times are seconds; token counts are None when the server did not tell."""

    started_at: datetime
    model: str
    server: str
    task: Task
    latency_seconds: float
    ttft_seconds: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    failure: FailureKind | None

    @property
    def success(self) -> bool:
        """Whether a whole answer came."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class ModelStats:
    """What the figures of a period say about one model; times are seconds, rates are 0 to 1.

    Latencies are those of whole answers; None where there was none. A cancelled request (a person pressed Stop)
    counts in `requests_count` and `cancelled_count` and neither for nor against the success rate.
    """

    model: str
    requests_count: int
    cancelled_count: int
    success_rate: float | None
    avg_latency: float | None
    p95_latency: float | None
    avg_ttft: float | None
    prompt_tokens: int
    completion_tokens: int

    @property
    def total_tokens(self) -> int:
        """Tokens in and out together."""
        return self.prompt_tokens + self.completion_tokens


class PerformanceLog(Protocol):
    """Where the figures are kept."""

    def add(self, record: AttemptRecord) -> None:
        """Take a row to be written soon; never waits."""

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures of each model since a moment, the most used first."""

    def now(self) -> datetime:
        """The present moment, in UTC."""


class ModelPerformanceMonitor:
    """Takes a row for each request and gives the figures of a period."""

    def __init__(self, log: PerformanceLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    def log_request(self, record: AttemptRecord) -> None:
        """Keep the figures of one request; a few microseconds, never waits."""
        self._log.add(record)

    async def get_model_stats(
        self, model: str | None = None, *, period: timedelta | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures for one model or for all, over a period that ends now, or over all time."""
        since = datetime.min.replace(tzinfo=self._clock.now().tzinfo) if period is None else self._clock.now() - period
        return await self._log.stats(since=since, model=model, task=task)
