"""Gets an answer from whoever can give one: the same again, the next one, or a clear end; within one deadline."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime

from llm.clock import Clock
from llm.errors import AnswerInterrupted, AttemptFailed, Failure, FailureKind, Phase
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.attempts import Answered, Attempt, Restarted, RoutedEvent
from llm.routing.breaker import Verdict
from llm.routing.call import Ask, Call, GiveUp, Wait
from llm.routing.limits import LEAST_SHARE_SECONDS, CallLimits
from llm.routing.policy import policy_of
from llm.routing.target import Target
from llm.tokens import TokenEstimator
from llm.types import (
    ChatRequest,
    ChatResult,
    Finished,
    Message,
    StreamEvent,
    TextDelta,
    TextRetracted,
    ThinkingDelta,
    ToolCallDelta,
)

CRAWL_SECONDS = 10.0
CRAWL_CHARACTERS_PER_SECOND = 2.0
"""An answer that comes slower than this for so long is given up while somebody else can be asked: nobody reads so
slowly, and a server in such a state is failing."""

Tell = Callable[[Target, Attempt], None]
"""Is told of each failed attempt whose cause somebody has to mend in the settings."""


class LLMFallbackManager:
    """Asks the targets in their order of preference, each protected by its breaker and its budget of retries.

    The same answer never comes twice and never in two halves: what was shown of a broken one is replaced by the next
    one (`Restarted`). Every attempt is recorded and logged to the monitor, and goes with the answer or the error.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        *,
        clock: Clock,
        randomness: random.Random,
        limits: CallLimits = CallLimits(),  # noqa: B008 - frozen
        monitor: ModelPerformanceMonitor | None = None,
        fallback_enabled: bool = True,
        tell: Tell | None = None,
    ) -> None:
        self.targets = tuple(targets)
        self.limits = limits
        self._clock = clock
        self._randomness = randomness
        self._monitor = monitor
        self._fallback_enabled = fallback_enabled
        self._tell = tell
        self._tokens = TokenEstimator()

    async def chat_with_fallback(self, messages: Sequence[Message] | ChatRequest) -> Answered:
        """Get the whole answer and how it came about. Raises what `stream_with_fallback` raises."""
        request = messages if isinstance(messages, ChatRequest) else ChatRequest(tuple(messages))
        async with aclosing(self.stream_with_fallback(request)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    return event
        raise AssertionError("a stream ends with Answered or an error")

    async def stream_with_fallback(self, request: ChatRequest) -> AsyncGenerator[RoutedEvent, None]:
        """Give the answer piece by piece; the last event is Answered.

        A failure before the first visible text does not show. After it, Restarted says that the text begins anew.
        Closing the generator, or cancelling the task, closes the connection at once and is held against nobody.
        Raises NoAnswer; NothingToAnswer when no message of a person is left.
        """
        call = Call(
            request,
            self.targets if self._fallback_enabled else self.targets[:1],
            self.limits,
            self._clock,
            self._randomness,
            prompt_tokens=self._tokens.estimate(request.messages),
        )
        while True:
            match call.next_step():
                case Wait(seconds):
                    await self._clock.sleep(seconds)
                case GiveUp(error):
                    raise error
                case Ask() as ask:
                    attempt = _Running(self._clock, call, ask)
                    async with aclosing(self._events(attempt)) as events:
                        async for event in events:
                            yield event
                    if attempt.result is not None:
                        yield Answered(attempt.result, tuple(call.attempts))
                        return

    async def _events(self, attempt: _Running) -> AsyncGenerator[RoutedEvent, None]:
        """The events of one attempt; it ends without Finished when it fails, which the call then knows."""
        call, ask = attempt.call, attempt.ask
        try:
            async with aclosing(ask.client.stream(call.request, ask.timeouts)) as events:
                async for event in events:
                    attempt.take(event)
                    if isinstance(event, TextDelta) and call.replacing:
                        call.replacing = False
                        call.shown = ""
                        yield Restarted()
                    if isinstance(event, TextDelta):
                        call.shown += event.text
                    elif isinstance(event, TextRetracted):
                        call.shown = ""
                    yield event
        except AttemptFailed as failed:
            self._failed(attempt, failed)
        finally:
            if not attempt.over:
                ask.target.breaker.abandoned(attempt.granted)
                cancelled = Failure(FailureKind.CANCELLED, attempt.phase, attempt.seconds)
                self._record(attempt, cancelled)
            elif attempt.result is not None:
                self._record(attempt, None)

    def _failed(self, attempt: _Running, failed: AttemptFailed) -> None:
        ask, failure = attempt.ask, failed.failure
        policy = policy_of(failure)
        verdict = Verdict.NOTHING if attempt.was_cut_short(failure, self.limits) else policy.verdict
        attempt.over = True
        ask.target.last_failed = failed
        ask.target.breaker.failed(
            attempt.granted, verdict, spent_seconds=attempt.seconds, wait_seconds=failure.retry_after_seconds
        )
        ask.target.source.doubt()
        record = self._record(attempt, failure)
        attempt.call.failed(ask.target, failed, policy)
        if policy.tell_admin and self._tell is not None:
            self._tell(ask.target, record)

    def _record(self, attempt: _Running, failure: Failure | None) -> Attempt:
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
        if self._monitor is not None:
            usage = attempt.result.usage if attempt.result is not None else None
            self._monitor.log_request(
                AttemptRecord(
                    started_at=attempt.started_at,
                    model=record.model,
                    server=record.server,
                    task=attempt.call.request.task,
                    latency_seconds=record.seconds,
                    ttft_seconds=record.ttft_seconds,
                    prompt_tokens=usage.prompt_tokens if usage else None,
                    completion_tokens=usage.completion_tokens if usage else None,
                    failure=failure.kind if failure is not None else None,
                )
            )
        return record


class _Running:
    """One attempt under way."""

    def __init__(self, clock: Clock, call: Call, ask: Ask) -> None:
        self.call = call
        self.ask = ask
        self.granted = ask.granted
        self.result: ChatResult | None = None
        self.ttft: float | None = None
        self.over = False
        self.started_at: datetime = clock.now()
        self.began = call.elapsed
        self._clock = clock
        self._started = clock.monotonic()
        self._characters = 0

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return self._clock.monotonic() - self._started

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        return Phase.FIRST_TOKEN if self.ttft is None else Phase.STREAMING

    def take(self, event: StreamEvent) -> None:
        """Look at an event on its way; raises AnswerInterrupted when the answer crawls and somebody else is free."""
        target = self.ask.target
        if isinstance(event, Finished):
            self.result, self.over = event.result, True
            target.breaker.succeeded(self.granted)
            target.last_failed = None
            return
        if not isinstance(event, TextDelta | ThinkingDelta | ToolCallDelta):
            return
        if self.ttft is None:
            self.ttft = self.seconds
            self.granted = target.breaker.began(self.granted)
            target.note_ttft(self.ttft)
        if not isinstance(event, ToolCallDelta):
            self._characters += len(event.text)
        writing = self.seconds - self.ttft
        if CRAWL_SECONDS <= writing < 3 * CRAWL_SECONDS and self._crawls(writing) and self.call.can_move_on(target):
            failure = Failure(FailureKind.STALL, Phase.STREAMING, self.seconds, code="crawling")
            client = self.ask.client
            raise AnswerInterrupted(failure, model=client.config.name, server=client.server, partial=self.call.shown)

    def was_cut_short(self, failure: Failure, limits: CallLimits) -> bool:
        """Whether the attempt had so little of the call's time left that its running out says nothing."""
        if failure.kind not in {FailureKind.FIRST_TOKEN_TIMEOUT, FailureKind.CONNECT_TIMEOUT}:
            return False
        return self.ask.timeouts.first_token < min(LEAST_SHARE_SECONDS, limits.begin) / 2

    def _crawls(self, writing: float) -> bool:
        return self._characters < CRAWL_CHARACTERS_PER_SECOND * writing
