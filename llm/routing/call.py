"""The state of one call: what was tried, what was shown, who is asked next. Decides; asks and waits for nobody."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from llm.clock import Clock
from llm.config import Timeouts
from llm.errors import AttemptFailed, Failure, FailureKind, NoModelAvailable, Phase
from llm.pictures import asks_about_pictures, shown_to
from llm.routing.attempts import Attempt, NoAnswer, no_answer_of
from llm.routing.breaker import BreakerState, Pass, Verdict
from llm.routing.limits import SLOW_PREFILL, CallLimits, attempt_timeouts, begin_seconds
from llm.routing.policy import Policy
from llm.routing.retrying import backoff_seconds
from llm.routing.spending import Spending
from llm.routing.target import ModelClient, Target
from llm.routing.traffic import Traffic
from llm.spans import Span
from llm.types import ChatRequest, ChatResult, Why

PATIENCE_SECONDS = 2.5
"""So long the same target is waited for while another one could be asked now: a blip of the first choice's must not
send a conversation elsewhere."""
WAITING_SHARE = 0.5
"""Of the time that is left until an answer has to begin, so much may be spent on waiting while others could give it."""
LOOK_AGAIN_SECONDS = 0.25
"""While nobody can be asked, it is looked again so often whether somebody can."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a request to this target now; `instead_of` is the model that was to answer, when that is another one."""

    target: Target
    client: ModelClient
    granted: Pass
    why: Why
    timeouts: Timeouts
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody can answer within the limits."""

    error: NoAnswer


Step = Ask | Wait | GiveUp


@dataclass(slots=True)
class _Standing:
    """How a target stands within one call; times are those of the clock."""

    tries: int = 0
    not_before: float = 0.0
    out: bool = False
    counted: bool = False
    paid: bool = False


def never() -> bool:
    """Nobody takes the place of a call's targets."""
    return False


@dataclass(slots=True)
class Call:
    """One call over several targets, the most wanted one first; `prompt_tokens` is about how long its prompt is.

    `replaced` tells whether others are to be asked by now than when it began.
    """

    request: ChatRequest
    targets: Sequence[Target]
    limits: CallLimits
    clock: Clock
    randomness: random.Random
    prompt_tokens: int = 0
    spending: Spending | None = None
    traffic: Traffic | None = None
    request_id: int = 0
    replaced: Callable[[], bool] = never
    attempts: list[Attempt] = field(default_factory=list)
    result: ChatResult | None = None
    shown: str = ""
    replacing: bool = False
    """What is shown comes from an attempt that failed: the next text continues it or goes in its place."""
    may_continue: bool = True
    _standings: dict[int, _Standing] = field(default_factory=dict)
    _root: AttemptFailed | None = None
    _stopped: AttemptFailed | None = None
    _unavailable: NoModelAvailable | None = None
    _over_budget: Span | None = None
    _least_context: int = 0
    _has_images: bool = False
    _blind: bool = False
    _last: Target | None = None
    _before: Target | None = None
    _started: float = 0.0
    _begin_by: float = 0.0

    def __post_init__(self) -> None:
        self._started = self.clock.monotonic()
        self._has_images = asks_about_pictures(self.request.messages)
        may_load = len(self.targets) == 1 and self.targets[0].source.needs_loading
        self._begin_by = begin_seconds(self.limits, prompt_tokens=self.prompt_tokens, may_load=may_load)

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self.clock.monotonic() - self._started

    @property
    def overtaken(self) -> bool:
        """Whether others are to be asked by now, and nobody has been asked: it would do better to begin anew."""
        return not self.attempts and self.replaced()

    @property
    def loading(self) -> str | None:
        """The model that is waited for since its server said that it was loading; None: none is."""
        waited = (one for one in self.targets if not self._standing(one).out)
        return next((one.source.name for one in waited if one.breaker.state is BreakerState.LOADING), None)

    def next_step(self) -> Step:
        """Say what to do now. An `Ask` holds a pass of its target's breaker, which has to be handed back."""
        if self._stopped is not None:
            return GiveUp(no_answer_of(self._stopped, tuple(self.attempts), partial=self.shown))
        left = min(self._begin_by, self.limits.total) - self.elapsed
        if left <= 0:
            return self._give_up(None)
        now = self.clock.monotonic()
        ready: list[tuple[Target, ModelClient]] = []
        soonest: float | None = None
        for target in self.targets:
            client = self._client(target)
            if client is None:
                continue
            at = max(self._standing(target).not_before, target.breaker.retry_at or 0.0)
            if at <= now:
                ready.append((target, client))
            elif not ready and self._standing(target).tries and at - now <= min(PATIENCE_SECONDS, left):
                return Wait(at - now)
            else:
                soonest = at if soonest is None else min(soonest, at)
        for place, (target, client) in enumerate(ready):
            if (asked := self._ask(target, client, others=len(ready) - place - 1)) is not None:
                return asked
            soonest = now + LOOK_AGAIN_SECONDS if soonest is None and not self._standing(target).out else soonest
        if soonest is None or soonest - now >= left:
            return self._give_up(None if soonest is None else soonest - now)
        return Wait(min(soonest - now, LOOK_AGAIN_SECONDS))

    def twins(self, target: Target) -> list[tuple[Target, ModelClient]]:
        """Who could be asked now in a target's place, itself among them: the same model on servers that are well.

        Nobody when the call is overtaken.
        """
        if self.overtaken:
            return []
        found = []
        for other in self.targets:
            same = other is target or (
                plain_name(other.source.name) == plain_name(target.source.name)
                and other.source.local == target.source.local
                and other.task == target.task
                and other.breaker.state is BreakerState.CLOSED
                and not self._standing(other).tries
            )
            if same and self._can_be_asked(other) and (client := self._client(other)) is not None:
                found.append((other, client))
        return found

    def withdraw(self, ask: Ask) -> None:
        """Take back a request that was not sent: somebody else may be asked in its place, or the same one later."""
        ask.target.breaker.abandoned(ask.granted)
        self._last = self._before

    def ask_seated(self, wanted: Ask, target: Target) -> Ask | None:
        """Ask a target for which there is a place now, the wanted one or a twin; None: it may not be asked any more."""
        client = self._client(target)
        if client is None:
            return None
        self._begin_by = max(self._begin_by, min(self.elapsed + self.limits.begin, self.limits.total))
        others = sum(self._can_be_asked(other) for other in self.targets if other is not target)
        seated = self._ask(target, client, others=others)
        if seated is None or target is wanted.target:
            return seated
        # It is no other model, so that nobody was passed over.
        why = Why.SOONEST if wanted.why in {Why.FIRST_CHOICE, Why.OF_TASK} else wanted.why
        return replace(seated, why=why, instead_of=wanted.instead_of)

    def wait_limit(self, target: Target) -> float:
        """For how long a place is worth waiting for: for a part of the time in which an answer has to begin, or, when
        nobody else could give one, as long as there is time at all.
        """
        twins = {id(twin) for twin, _ in self.twins(target)}
        alone = not any(self._client(other) is not None for other in self.targets if id(other) not in twins)
        if alone:
            return max(0.0, self.limits.total - self.elapsed)
        return max(0.0, (min(self._begin_by, self.limits.total) - self.elapsed) * WAITING_SHARE)

    def crowded(self, target: Target, failure: Failure) -> None:
        """Take note that there is no place for this call where a target is, nor on its twins' servers."""
        twins = self.twins(target)
        for twin, client in twins:
            self._standing(twin).out = True
            self._root = self._root or AttemptFailed(failure, model=client.config.name, server=client.server)

    def can_move_on(self, target: Target) -> bool:
        """Whether somebody else could be asked now."""
        return any(other is not target and self._can_be_asked(other) for other in self.targets)

    def request_for(self, target: Target) -> ChatRequest:
        """What a target is asked: to go on with what is shown of an answer that broke off, where it can.

        Pictures that were shown earlier in the conversation are mentioned only, unless it sees.
        """
        messages = shown_to(self.request.messages, sees=target.source.sees)
        asked = self.request if messages is self.request.messages else replace(self.request, messages=messages)
        if self.replacing and self.may_continue and target.source.continues:
            return replace(asked, continue_from=self.shown)
        return asked

    def hold(self, ask: Ask) -> Callable[[], None]:
        """Hold the server, and back what a request is expected to cost, until what this gives is called."""
        leave = _nothing if self.traffic is None else self.traffic.begin(ask.client.server)
        release = _nothing if self.spending is None else self.spending.hold(ask.client.config, self.prompt_tokens)

        def over() -> None:
            leave()
            release()

        return over

    def hedge(self, target: Target) -> Ask | None:
        """Somebody else who is well, on another machine, and no cloud in the place of a local one."""
        asked = self._client(target)
        for other in self.targets:
            client = self._client(other)
            if other is target or client is None or asked is None or client.server == asked.server:
                continue
            if other.breaker.state is not BreakerState.CLOSED or (target.source.local and not other.source.local):
                continue
            if self._standing(other).tries:
                continue
            left = sum(self._can_be_asked(one) for one in self.targets if one is not target and one is not other)
            found = self._ask(other, client, others=left)
            if found is not None:
                return replace(found, why=Why.HEDGE)
        return None

    def failed(self, target: Target, failed: AttemptFailed, policy: Policy) -> None:
        """Take note of a failure and of what its policy says about going on."""
        self._root = self._root or failed
        standing = self._standing(target)
        standing.tries += 1
        if not policy.move_on:
            self._stopped = failed
        # Who loads a model says truly that it will be there: worth waiting for where nobody else can answer.
        loading = policy.verdict is Verdict.LOADING and len(self.targets) == 1
        standing.paid = loading
        if not policy.retry_same or (standing.tries > self.limits.max_retries and not loading):
            standing.out = True
        else:
            asked_for = failed.failure.retry_after_seconds or 0.0
            pause = max(asked_for, backoff_seconds(standing.tries, self.randomness))
            standing.not_before = self.clock.monotonic() + pause
        if policy.larger_context:
            self._least_context = max(self._least_context, (target.source.context or 0) + 1)
        if self.shown and not self.replacing:
            # Somebody reads what has come from it. The new answer has as long to begin as a first one, and comes from
            # somebody else if it can: nobody wants to see the same answer break off again and again.
            self.replacing = True
            self._begin_by = self.elapsed + self.limits.begin
            standing.out = standing.out or any(not self._standing(one).out for one in self.targets if one is not target)

    def _can_be_asked(self, target: Target) -> bool:
        at = max(self._standing(target).not_before, target.breaker.retry_at or 0.0)
        return self._client(target) is not None and at <= self.clock.monotonic()

    def _client(self, target: Target) -> ModelClient | None:
        """The client of a target that may still be asked in this call."""
        if self._standing(target).out:
            return None
        if self._has_images and target.source.sees is False:
            self._blind = True
            return None
        context = target.source.context
        if context is not None and context < self._least_context:
            return None
        try:
            client = target.source.client()
        except NoModelAvailable as error:
            self._unavailable = self._unavailable or error
            return None
        if self.request.at_home and client.config.local is not True:  # it was not known yet when they were put in order
            return None
        if self.spending is not None and (span := self.spending.exhausted(client.config, self.prompt_tokens)):
            self._over_budget = span
            return None
        return client

    def _ask(self, target: Target, client: ModelClient, *, others: int) -> Ask | None:
        standing = self._standing(target)
        if standing.tries and not standing.paid and not target.budget.take():
            standing.out = True
            return None
        standing.paid = bool(standing.tries)
        granted = target.breaker.admit()
        if granted is None:
            return None
        if not standing.counted:
            target.budget.request()
            standing.counted = True
        why = self._why(target, granted)
        instead_of = self._instead_of(target)
        self._before, self._last = self._last, target
        reading = self.prompt_tokens / SLOW_PREFILL
        timeouts = attempt_timeouts(
            self.limits,
            elapsed=self.elapsed,
            begin=self._begin_by,
            others=others,
            loading=target.source.needs_loading,
            prompt_seconds=reading,
        )
        return Ask(target, client, granted, why, timeouts, instead_of)

    def _why(self, target: Target, granted: Pass) -> Why:
        if granted.trial:
            return Why.TRIAL
        if self._standing(target).tries:
            return Why.SAME_AGAIN
        if self._least_context and self._last is not None:
            return Why.LARGER_CONTEXT
        if target is not self.targets[0]:
            return Why.NEXT
        return Why.OF_TASK if target.task and target.task == self.request.model_of else Why.FIRST_CHOICE

    def _instead_of(self, target: Target) -> str | None:
        """The model that failed before, or that would have been the first choice."""
        before = self._last or self.targets[0]
        return None if before is target else before.source.name

    def _give_up(self, retry_in: float | None) -> GiveUp:
        if self._over_budget is not None and self.spending is not None and self._root is None:
            failure = Failure(FailureKind.QUOTA, Phase.CONNECT, self.elapsed, code=f"budget_{self._over_budget.value}")
            left = self.spending.seconds_left(self._over_budget)
            return GiveUp(NoAnswer(failure, retry_in=left if retry_in is None else min(left, retry_in)))
        root = self._root or next((one.last_failed for one in self.targets if one.last_failed is not None), None)
        if root is None:
            if self._blind and self._unavailable is None:
                blind = Failure(FailureKind.BAD_REQUEST, Phase.CONNECT, self.elapsed, code="images_unsupported")
                return GiveUp(NoAnswer(blind, retry_in=retry_in))
            nobody = "at_home" if self.request.at_home else "paused"
            reason = self._unavailable.reason if self._unavailable is not None else nobody
            failure = Failure(FailureKind.MODEL_MISSING, Phase.CONNECT, self.elapsed, code=reason)
            return GiveUp(NoAnswer(failure, retry_in=retry_in))
        return GiveUp(
            NoAnswer(
                root.failure,
                attempts=tuple(self.attempts),
                model=root.model,
                server=root.server,
                partial=self.shown,
                retry_in=retry_in,
            )
        )

    def _standing(self, target: Target) -> _Standing:
        return self._standings.setdefault(id(target), _Standing())


def plain_name(name: str) -> str:
    """The name of a model without its publisher and without separators, which differ from server to server."""
    return "".join(letter for letter in name.rpartition("/")[2].lower() if letter.isalnum())


def _nothing() -> None:
    pass
