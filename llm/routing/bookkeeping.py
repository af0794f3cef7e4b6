"""Writes down each attempt: for the answer it belongs to, for what it costs, for the choice and for the figures."""

from __future__ import annotations

from llm.errors import Failure
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.attempts import Attempt
from llm.routing.choosing import Choosing
from llm.routing.running import Running
from llm.routing.spending import Spending, cost_of

CHARACTERS_PER_TOKEN = 3
"""For a limit of time and for what an answer that broke off has cost; what fits is reckoned by the client."""


class Bookkeeping:
    """Whoever has to know what became of an attempt, told once when it is over."""

    def __init__(
        self, *, monitor: ModelPerformanceMonitor | None, spending: Spending | None, choosing: Choosing | None
    ) -> None:
        self._monitor = monitor
        self._spending = spending
        self._choosing = choosing

    def record(self, attempt: Running, failure: Failure | None) -> Attempt:
        """Write down an attempt that is over; `failure`: what it ended with, None for an answer."""
        ask, client = attempt.ask, attempt.ask.client
        record = Attempt(
            model=client.config.name,
            server=client.server,
            setting=ask.target.setting,
            why=ask.why,
            began=attempt.began,
            seconds=attempt.seconds,
            ttft_seconds=attempt.ttft,
            failure=failure,
        )
        attempt.call.attempts.append(record)
        attempt.leave(failure)
        cost = _cost(attempt)
        if self._spending is not None and cost:
            self._spending.add(cost)
        row = _row(attempt, record, cost)
        if self._choosing is not None:
            self._choosing.learn(row)
        if self._monitor is not None:
            self._monitor.log_request(row)
        return record


def _cost(attempt: Running) -> float:
    """What an attempt has cost; what an answer that broke off has cost nobody tells, so that it is estimated."""
    config = attempt.ask.client.config
    if not (config.price_in or config.price_out):
        return 0.0
    if attempt.result is not None and (usage := attempt.result.usage) is not None:
        return cost_of(config, usage.prompt_tokens, usage.completion_tokens)
    if not _has_begun(attempt):
        return 0.0
    return cost_of(config, attempt.call.prompt_tokens, attempt.characters // CHARACTERS_PER_TOKEN)


def _counted_tokens(attempt: Running) -> int:
    """What an attempt counts towards the limit of a person: nothing, where a model has not even begun."""
    if attempt.result is not None and (usage := attempt.result.usage) is not None:
        return usage.prompt_tokens + usage.completion_tokens
    if not _has_begun(attempt):
        return 0
    return attempt.call.prompt_tokens + attempt.characters // CHARACTERS_PER_TOKEN


def _has_begun(attempt: Running) -> bool:
    return attempt.ttft is not None or attempt.result is not None


def _row(attempt: Running, record: Attempt, cost: float) -> AttemptRecord:
    call, failure = attempt.call, record.failure
    usage = attempt.result.usage if attempt.result is not None else None
    return AttemptRecord(
        started_at=attempt.started_at,
        model=record.model,
        server=record.server,
        task=call.request.task,
        latency_seconds=record.seconds,
        ttft_seconds=record.ttft_seconds,
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
        failure=failure.kind if failure is not None else None,
        request_id=call.request_id,
        hop=len(call.attempts) - 1,
        why=record.why,
        waited_seconds=record.began,
        instead_of=attempt.ask.instead_of,
        cached_tokens=usage.cached_tokens if usage else None,
        cost=cost,
        local=attempt.ask.client.config.local is not False,
        phase=failure.phase if failure is not None else None,
        status=failure.status if failure is not None else None,
        code=failure.code if failure is not None else None,
        person=call.request.person,
        counted_tokens=_counted_tokens(attempt),
    )
