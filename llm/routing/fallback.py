"""Gets an answer from whoever can give one: the same again, the next one, or a clear end; within one deadline."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from llm.balancing.seat import Seat
from llm.clock import Clock
from llm.errors import AttemptFailed, Failure, FailureKind
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.attempts import Answered, Attempt, Loading, Queued, Restarted, RoutedEvent
from llm.routing.bookkeeping import CHARACTERS_PER_TOKEN, Bookkeeping
from llm.routing.breaker import Verdict
from llm.routing.call import Ask, Call, GiveUp, Wait, never
from llm.routing.choosing import Choosing
from llm.routing.hedging import Begun, Lost, race
from llm.routing.limits import CallLimits
from llm.routing.policy import policy_of
from llm.routing.retrying import RetryBudget
from llm.routing.running import Running
from llm.routing.seating import Seating
from llm.routing.spending import Spending
from llm.routing.target import Target
from llm.routing.traffic import Traffic
from llm.types import (
    ChatRequest,
    Finished,
    Message,
    Role,
    StreamEvent,
    Task,
    TextDelta,
    TextRetracted,
)

MOST_HEDGES_SAVED = 3.0
REQUEST_ID_BITS = 63
PROBE = ChatRequest(
    (Message(Role.USER, "Reply with the one word: ready"),), Task.PROBE, max_tokens=16, temperature=0.0, thinking=False
)
"""What a model is asked to see whether it answers."""

Tell = Callable[[Target, Attempt], None]
"""Is told of each failed attempt whose cause somebody has to mend in the settings."""


class LLMFallbackManager:
    """Asks the targets in their order of preference, each protected by its breaker and its budget of retries.

    A target that is for one task only is the first choice for that one, and no choice for anything else.

    What was shown of an answer that broke off is gone on with, where the next one can, or replaced by a new answer
    (`Restarted`): none ever comes twice, and none that was cut off counts as whole. Every attempt is recorded,
    logged to the monitor, and goes with the answer or the error.
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
        hedge_share: float = 0.0,
        spending: Spending | None = None,
        traffic: Traffic | None = None,
        seating: Seating | None = None,
        choosing: Choosing | None = None,
    ) -> None:
        """`hedge_share`: so many of all requests may be sent a second time when the first takes unusually long.

        `traffic` is told of each request, for who has to wait for a quiet moment. `seating` gives places on servers,
        among those with the same model on the one that would be done soonest; without it each request is sent at once.
        `choosing` puts the targets in order for each request; without it they are asked as configured.
        """
        self.targets = tuple(targets)
        self._version = 0
        self._preferred: Target | None = None
        self._clock = clock
        self._randomness = randomness
        self._books = Bookkeeping(monitor=monitor, spending=spending, choosing=choosing)
        self._tell = tell
        self._spending = spending
        self._traffic = traffic
        self._seating = seating
        self._choosing = choosing
        self.work_by(limits=limits, fallback_enabled=fallback_enabled, hedge_share=hedge_share)

    def work_by(self, *, limits: CallLimits, fallback_enabled: bool, hedge_share: float) -> None:
        """Take other limits for each call that begins from now on; those under way keep theirs."""
        self.limits = limits
        self._fallback_enabled = fallback_enabled
        self._hedges = RetryBudget(per_request=hedge_share, most=MOST_HEDGES_SAVED, saved=0.0) if hedge_share else None

    def replace(self, targets: Sequence[Target]) -> None:
        """Ask these in the place of the present ones from now on.

        Calls under way end with those that they began with, but for those that only wait for a place on a server.
        """
        if tuple(targets) == self.targets:
            return
        self.targets = tuple(targets)
        self._version += 1
        if self._preferred not in self.targets:
            self._preferred = None
        if self._seating is not None:
            self._seating.look()

    def new_request_id(self) -> int:
        """A number under which the attempts of one call will be found in the figures."""
        return self._randomness.getrandbits(REQUEST_ID_BITS)

    @property
    def order(self) -> tuple[Target, ...]:
        """Who is asked in general, the first choice first; those that are paused are left out."""
        return self._order(())

    def order_for(self, request: ChatRequest) -> tuple[Target, ...]:
        """Who is asked for this: the model that is set for its task or kind, then the others as in general, or as they
        are chosen for it. Of what is to stay at home only those at home.
        """
        order = self._order_for(request)
        return tuple(one for one in order if one.source.local) if request.at_home else order

    def _order_for(self, request: ChatRequest) -> tuple[Target, ...]:
        name = request.model_of
        own = [one for one in self.targets if one.task and one.task == name and not one.paused]
        if self._choosing is None or request.request_id is None:
            return self._order(own)
        general = [one for one in self.targets if not one.task and not one.paused]
        if not self._fallback_enabled:
            general = general[:1]
        preferred = self._preferred.source.name if self._preferred is not None else None
        chosen = self._choosing.order(request, general, request.request_id, preferred)
        wished = request.own_choice is not None and bool(chosen) and chosen[0].source.name == request.own_choice
        return tuple(dict.fromkeys((chosen[0], *own, *chosen) if wished else (*own, *chosen)))

    def _order(self, first: Sequence[Target]) -> tuple[Target, ...]:
        preferred = () if self._preferred is None else (self._preferred,)
        general = (one for one in self.targets if not one.task)
        wanted = tuple(dict.fromkeys((*first, *preferred, *general)))
        allowed = wanted if self._fallback_enabled else wanted[:1]
        return tuple(target for target in allowed if not target.paused)

    @property
    def ordered(self) -> bool:
        """Whether they are asked as configured, and not by what was learned of them."""
        return self._choosing is None or self._choosing.selector.ordered

    @property
    def preferred(self) -> Target | None:
        """The target that is asked before all others, where an admin has chosen one."""
        return self._preferred

    def prefer(self, target: Target | None) -> None:
        """Ask this target before all others from now on, but for those of a task; None: as configured."""
        self._preferred = target

    async def probe(self, target: Target) -> Answered:
        """Send a short request to one target, paused or not, and let what becomes of it count. Raises NoAnswer."""
        target.breaker.well_again()
        async with aclosing(self._stream(self._call(PROBE, (target,), replace(self.limits, max_retries=0)))) as events:
            return await _last_of(events)

    async def chat_with_fallback(self, messages: Sequence[Message] | ChatRequest) -> Answered:
        """Get the whole answer and how it came about. Raises what `stream_with_fallback` raises."""
        request = messages if isinstance(messages, ChatRequest) else ChatRequest(tuple(messages))
        async with aclosing(self.stream_with_fallback(request)) as events:
            return await _last_of(events)

    def stream_with_fallback(self, request: ChatRequest) -> AsyncGenerator[RoutedEvent, None]:
        """Give the answer piece by piece; the last event is Answered.

        A failure before the first visible text does not show. After it, Restarted says that the text begins anew.
        Closing the generator, or cancelling the task, closes the connection at once and is held against nobody.
        Raises NoAnswer; NothingToAnswer when no message of a person is left.
        """
        if request.request_id is None:
            request = replace(request, request_id=self.new_request_id())
        return self._stream(self._begin(request))

    def _begin(self, request: ChatRequest) -> Call:
        """A call over those who are to be asked now."""
        version = self._version
        return self._call(request, self.order_for(request), self.limits, lambda: self._version != version)

    def _call(
        self, request: ChatRequest, targets: Sequence[Target], limits: CallLimits, replaced: Callable[[], bool] = never
    ) -> Call:
        return Call(
            request,
            targets,
            limits,
            self._clock,
            self._randomness,
            prompt_tokens=sum(len(message.text) for message in request.messages) // CHARACTERS_PER_TOKEN,
            spending=self._spending,
            traffic=self._traffic,
            request_id=self.new_request_id() if request.request_id is None else request.request_id,
            replaced=replaced,
        )

    async def _stream(self, call: Call) -> AsyncGenerator[RoutedEvent, None]:
        while True:
            if call.overtaken:
                call = self._begin(call.request)
            match call.next_step():
                case Wait(seconds):
                    if (model := call.loading) is not None:
                        yield Loading(model)
                    await self._clock.sleep(seconds)
                case GiveUp(error):
                    raise error
                case Ask() as ask:
                    async with aclosing(self._asked(call, ask)) as events:
                        async for event in events:
                            yield event
                    if call.result is not None:
                        yield Answered(call.result, tuple(call.attempts))
                        return

    async def _asked(self, call: Call, ask: Ask) -> AsyncGenerator[RoutedEvent, None]:
        """What comes of asking: first of waiting for a place, where places are given, then of the attempt."""
        seat: Seat | None = None
        if self._seating is not None and self._seating.covers(ask):
            async with aclosing(self._seating.place(call, ask)) as places:
                async for step in places:
                    if isinstance(step, Queued):
                        yield step
                    else:
                        ask, seat = step.ask, step.seat
            if seat is None:
                return
            if seat.loading:
                yield Loading(ask.target.source.name)
        async with aclosing(self._events(Running(self._clock, call, ask, seat))) as events:
            async for event in events:
                yield event

    async def _events(self, attempt: Running) -> AsyncGenerator[RoutedEvent, None]:
        """The events of one attempt; it ends without Finished when it fails, which the call then knows."""
        try:
            begun = await self._raced(attempt)
            if begun is None:
                events = attempt.ask.client.stream(attempt.request, attempt.ask.timeouts)
            else:
                attempt, events = begun.attempt, _all_of(begun)
            async with aclosing(events):
                async for event in events:
                    for routed in _routed(attempt, event):
                        yield routed
        except Lost as lost:
            if lost.attempt is not attempt:
                attempt.over = True  # it failed before, which is known
            attempt = lost.attempt
            self._failed(attempt, lost.failed)
        except AttemptFailed as failed:
            self._failed(attempt, failed)
        finally:
            if not attempt.over:
                self._dropped(attempt)
            elif attempt.result is not None:
                self._books.record(attempt, None)

    async def _raced(self, attempt: Running) -> Begun | None:
        """The first event of an attempt that may be hedged; None: it is not to be."""
        if self._hedges is None:
            return None
        self._hedges.request()
        after = attempt.ask.target.slow_after if self._hedges.available else None
        if after is None:
            return None
        return await race(
            attempt,
            after=after,
            sleep=self._clock.sleep,
            second=lambda: self._hedge(attempt),
            failed=self._failed,
            dropped=self._dropped,
        )

    def _hedge(self, attempt: Running) -> Running | None:
        ask = attempt.call.hedge(attempt.ask.target)
        crowded = ask is not None and self._seating is not None and not self._seating.has_room(ask)
        if ask is None or crowded or self._hedges is None or not self._hedges.take():
            if ask is not None:
                ask.target.breaker.abandoned(ask.granted)
            return None
        seat = self._seating.seat_now(attempt.call, ask) if self._seating is not None else None
        return Running(self._clock, attempt.call, ask, seat)

    def _dropped(self, attempt: Running) -> None:
        """Take note of an attempt that ends by no fault of its target's."""
        attempt.over = True
        attempt.ask.target.breaker.abandoned(attempt.granted)
        self._books.record(attempt, Failure(FailureKind.CANCELLED, attempt.phase, attempt.seconds))

    def _failed(self, attempt: Running, failed: AttemptFailed) -> None:
        ask, failure = attempt.ask, failed.failure
        policy = policy_of(failure)
        verdict = Verdict.NOTHING if attempt.was_cut_short(failure, attempt.call.limits) else policy.verdict
        attempt.over = True
        ask.target.last_failed = failed
        ask.target.breaker.failed(
            attempt.granted, verdict, spent_seconds=attempt.seconds, wait_seconds=failure.retry_after_seconds
        )
        ask.target.source.doubt()
        record = self._books.record(attempt, failure)
        if attempt.request.continue_from and attempt.call.replacing:
            attempt.call.may_continue = False
            # It was only not able to go on with somebody else's answer.
            policy = replace(policy, retry_same=policy.retry_same or failure.code == "prefill_refused")
        attempt.call.failed(ask.target, failed, policy)
        if policy.tell_admin and self._tell is not None:
            self._tell(ask.target, record)


def _routed(attempt: Running, event: StreamEvent) -> Iterator[RoutedEvent]:
    """An event as the caller gets it: text continues what is shown, or goes in its place."""
    call = attempt.call
    if isinstance(event, Finished):
        if attempt.request.continue_from:
            yield from _text(attempt, attempt.continuation.finish())
            event = Finished(replace(event.result, text=call.shown))
        attempt.take(event)
        yield event
        return
    attempt.take(event)
    if isinstance(event, TextDelta):
        yield from _text(attempt, attempt.continuation.feed(event.text))
        return
    if isinstance(event, TextRetracted):
        call.shown = ""
    yield event


def _text(attempt: Running, text: str) -> Iterator[RoutedEvent]:
    call = attempt.call
    if not text:
        return
    if call.replacing:
        call.replacing = False
        if not attempt.request.continue_from:
            call.shown = ""
            yield Restarted()
    call.shown += text
    yield TextDelta(text)


async def _last_of(events: AsyncGenerator[RoutedEvent, None]) -> Answered:
    async for event in events:
        if isinstance(event, Answered):
            return event
    raise AssertionError("a stream ends with Answered or an error")


async def _all_of(begun: Begun) -> AsyncGenerator[StreamEvent, None]:
    async with aclosing(begun.events) as rest:
        yield begun.first
        async for event in rest:
            yield event
