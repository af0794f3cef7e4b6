"""Keeps the figures of each request to a model, and answers what they say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from llm.clock import Clock
from llm.errors import FailureKind, Phase
from llm.types import Task, Why

SHARES = (0.5, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One request to one model. Times are seconds; token counts are None when the server did not tell.

    `request_id` is the same for all attempts of one call, `hop` their number in it from 0, `waited_seconds` when it
    was sent, from the start of the call. `instead_of` is the model that was to answer and could not, when that is
    another one. `cost` is in the currency of the prices; what was not reported of a paid answer is estimated.

    `person` (whom the request is counted for) and `counted_tokens` (what it counts towards their limit: as the server
    counted, else estimated) are added to the use of that person; the row that is kept does not have them.
    """

    started_at: datetime
    model: str
    server: str
    task: Task
    latency_seconds: float
    ttft_seconds: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    failure: FailureKind | None
    request_id: int = 0
    hop: int = 0
    why: Why = Why.FIRST_CHOICE
    waited_seconds: float = 0.0
    instead_of: str | None = None
    cached_tokens: int | None = None
    cost: float = 0.0
    local: bool = True
    phase: Phase | None = None
    status: int | None = None
    code: str | None = None
    person: str | None = None
    counted_tokens: int = 0

    @property
    def success(self) -> bool:
        """Whether a whole answer came."""
        return self.failure is None

    @property
    def decode_seconds(self) -> float | None:
        """How long a whole answer took to be written after its first token; None when that says nothing."""
        if self.failure is not None or self.ttft_seconds is None or not self.completion_tokens:
            return None
        seconds = self.latency_seconds - self.ttft_seconds
        return seconds if seconds > 0 and self.completion_tokens > 1 else None


KEPT_FIELDS = tuple(name for name in AttemptRecord.__dataclass_fields__ if name not in {"person", "counted_tokens"})
"""What of a row is kept, one by one: the figures of models say nothing of people."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """So many seconds or less did a half, nine tenths, 95 and 99 of a hundred take."""

    p50: float
    p90: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class ModelStats:
    """What the figures of a period say about one model; times are seconds, rates are 0 to 1.

    Latencies are those of whole answers; None where there was none. A cancelled request (a person pressed Stop, or
    another attempt was faster) counts in `requests_count` and `cancelled_count` and neither for nor against the
    success rate. `fallbacks_taken`: it was asked in the place of another one; `fallbacks_given`: another one in its.
    """

    model: str
    requests_count: int
    cancelled_count: int
    success_rate: float | None
    avg_latency: float | None
    latency: Percentiles | None
    avg_ttft: float | None
    ttft: Percentiles | None
    tokens_per_second: float | None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    cost: float = 0.0
    failures: Mapping[FailureKind, int] = field(default_factory=dict)
    fallbacks_taken: int = 0
    fallbacks_given: int = 0
    hedges: int = 0
    last_failure: FailureKind | None = None
    last_failure_at: datetime | None = None

    @property
    def total_tokens(self) -> int:
        """Tokens in and out together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def p95_latency(self) -> float | None:
        """95 of a hundred whole answers took so long or less."""
        return self.latency.p95 if self.latency is not None else None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """What happened in one stretch of a period: for a chart. `requests` are by model; latencies are of all.

    Of the requests `failed` failed, and `cancelled` did neither that nor give a whole answer.
    """

    began: datetime
    requests: Mapping[str, int]
    failed: int
    cancelled: int
    latency: Percentiles | None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one kind on one model; `status` and `code` are those of the last one."""

    kind: FailureKind
    model: str
    server: str
    count: int
    first_at: datetime
    last_at: datetime
    status: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Subjects:
    """What there are figures of: the models, and the tasks, in the order of their names."""

    models: Sequence[str] = ()
    tasks: Sequence[Task] = ()


class PerformanceLog(Protocol):
    """Where the figures are kept."""

    def add(self, record: AttemptRecord) -> None:
        """Take a row to be written soon; never waits."""

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures of each model since a moment, the most used first; the hour of the moment counts whole."""

    async def series(
        self, *, since: datetime | None, model: str | None = None, task: Task | None = None
    ) -> Sequence[SeriesPoint]:
        """What happened since a moment, or ever, in stretches of the same length."""

    async def failures(self, *, since: datetime) -> Sequence[FailureGroup]:
        """What failed since a moment, the newest first."""

    async def attempts_of(self, request_id: int) -> Sequence[AttemptRecord]:
        """The attempts of one call in their order; none when they are forgotten."""

    async def subjects(self) -> Subjects:
        """What there are figures of."""


class ModelPerformanceMonitor:
    """Takes a row for each request and gives the figures of a period."""

    def __init__(
        self, log: PerformanceLog, clock: Clock, *, also: Callable[[AttemptRecord], None] | None = None
    ) -> None:
        """`also` is told of each request as well; it must be as quick."""
        self._log = log
        self._clock = clock
        self._also = also

    def log_request(self, record: AttemptRecord) -> None:
        """Keep the figures of one request; a few microseconds, never waits."""
        self._log.add(record)
        if self._also is not None:
            self._also(record)

    async def get_model_stats(
        self, model: str | None = None, *, period: timedelta | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        """Figures for one model or for all, over a period that ends now, or over all time."""
        return await self._log.stats(since=self._since(period) or _EVER, model=model, task=task)

    async def get_series(
        self, model: str | None = None, *, period: timedelta | None = None, task: Task | None = None
    ) -> Sequence[SeriesPoint]:
        """The same in stretches of time, for a chart."""
        return await self._log.series(since=self._since(period), model=model, task=task)

    async def get_failures(self, *, period: timedelta) -> Sequence[FailureGroup]:
        """What failed in a period that ends now, the newest first."""
        return await self._log.failures(since=self._clock.now() - period)

    async def get_attempts(self, request_id: int) -> Sequence[AttemptRecord]:
        """How one call went: its attempts in their order; none when they are forgotten."""
        return await self._log.attempts_of(request_id)

    async def get_subjects(self) -> Subjects:
        """What there are figures of."""
        return await self._log.subjects()

    def _since(self, period: timedelta | None) -> datetime | None:
        return None if period is None else self._clock.now() - period


_EVER = datetime.min.replace(tzinfo=UTC)
