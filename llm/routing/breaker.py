"""Decides whether one model on one server may be asked now, from what became of the requests before."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

WINDOW_SECONDS = 60.0
"""The time in which the weight of what happened falls to a third."""
FAILURES_TO_OPEN = 3.0
FAILURE_RATE_TO_OPEN = 0.5
FIRST_OPEN_SECONDS = 1.0
LONGEST_CHEAP_OPEN_SECONDS = 4.0
"""The longest pause after failures that cost people nearly nothing: a trial then finds out soon that all is well."""
LONGEST_OPEN_SECONDS = 60.0
COST_FACTOR = 4.0
"""A failure that kept somebody waiting for a second is worth a pause of so many."""
TRIAL_SECONDS = 60.0
"""A trial that has told nothing for so long is given to somebody else."""
CONFIG_PAUSE_SECONDS = 60.0
LOADING_PAUSE_SECONDS = 1.0


class BreakerState(StrEnum):
    """What is thought of a model on a server."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    RATE_LIMITED = "rate_limited"
    CONFIG_ERROR = "config_error"
    LOADING = "loading"


class Verdict(StrEnum):
    """What a failure says about the server's health; the policy of the failure decides which it is."""

    NOTHING = "nothing"
    """The request was at fault, or somebody stopped it."""
    STRIKE = "strike"
    """One more; several of them open."""
    DOWN = "down"
    """Nobody is there: open at once."""
    RATE_LIMITED = "rate_limited"
    CONFIG_ERROR = "config_error"
    LOADING = "loading"


_KEPT_STATES = frozenset({BreakerState.CLOSED, BreakerState.OPEN, BreakerState.RATE_LIMITED})


@dataclass(frozen=True, slots=True)
class Pass:
    """The leave to send one request; `trial`: it is the one that finds out whether the server is well again.

    Every pass is handed back once, by `succeeded`, `failed` or `abandoned`.
    """

    epoch: int
    number: int
    trial: bool


class Breaker:
    """The state machine of one model on one server. Times are seconds of `monotonic`; nothing here waits.

    Each opening begins a new epoch: what becomes of requests that were sent before it, and of trials that were given
    up, changes nothing any more.
    """

    def __init__(self, monotonic: Callable[[], float], randomness: random.Random) -> None:
        self._monotonic = monotonic
        self._random = randomness
        self._state = BreakerState.CLOSED
        self._until = 0.0
        self._open_seconds = 0.0
        self._epoch = 0
        self._passes = 0
        self._trial: int | None = None
        self._trial_since = 0.0
        self._attempts = _Decaying()
        self._failures = _Decaying()
        self.in_flight = 0

    @property
    def state(self) -> BreakerState:
        """The state now; one whose pause is over is half-open."""
        if self._state is BreakerState.CLOSED or self._monotonic() < self._until:
            return self._state
        return BreakerState.HALF_OPEN

    @property
    def retry_at(self) -> float | None:
        """When a request may be let through again, None when one may be now (unless a trial is under way)."""
        now = self._monotonic()
        if self._state is BreakerState.CLOSED:
            return None
        if now < self._until:
            return self._until
        return self._trial_since + TRIAL_SECONDS if self._has_trial(now) else None

    def admit(self) -> Pass | None:
        """Ask for leave to send a request; None: not now."""
        now = self._monotonic()
        if self._state is BreakerState.CLOSED:
            return self._pass(trial=False)
        if now < self._until or self._has_trial(now):
            return None
        granted = self._pass(trial=True)
        self._trial, self._trial_since = granted.number, now
        return granted

    def began(self, granted: Pass) -> Pass:
        """Take note that an answer has begun, which is what a trial wanted to know: others are let through again.

        Gives the pass to be handed back at the end of the answer instead of this one.
        """
        if granted.trial and self._counts(granted):
            self._close()
        return replace(granted, trial=False)

    def succeeded(self, granted: Pass) -> None:
        """Hand a pass back after a whole answer."""
        self._return()
        if not self._counts(granted):
            return
        if granted.trial:
            self._close()
        self._attempts.add(1.0, self._monotonic())

    def abandoned(self, granted: Pass) -> None:
        """Hand a pass back that has told nothing: the person stopped it, or the request itself was at fault."""
        self._return()
        if granted.trial and self._trial == granted.number:
            self._trial = None

    def failed(
        self, granted: Pass, verdict: Verdict, *, spent_seconds: float = 0.0, wait_seconds: float | None = None
    ) -> bool:
        """Hand a pass back after a failure; `spent_seconds` is what it cost, `wait_seconds` what the server asked for.

        Gives whether the state has changed by it, so that it can be told once.
        """
        if verdict is Verdict.NOTHING:
            self.abandoned(granted)
            return False
        self._return()
        if not self._counts(granted):
            return False
        now = self._monotonic()
        self._attempts.add(1.0, now)
        self._failures.add(1.0, now)
        before = self._state
        match verdict:
            case Verdict.RATE_LIMITED:
                self._pause(BreakerState.RATE_LIMITED, wait_seconds if wait_seconds is not None else self._longer(0.0))
            case Verdict.CONFIG_ERROR:
                self._pause(BreakerState.CONFIG_ERROR, CONFIG_PAUSE_SECONDS)
            case Verdict.LOADING:
                self._pause(BreakerState.LOADING, LOADING_PAUSE_SECONDS if wait_seconds is None else wait_seconds)
            case Verdict.DOWN:
                self._open(spent_seconds, wait_seconds)
            case Verdict.STRIKE if granted.trial or self._too_many(now):
                self._open(spent_seconds, wait_seconds)
        return self._state is not before

    def well_again(self) -> None:
        """Take note that the server was seen to come back, by a page that costs nothing: a trial may begin at once.

        A rate limit is a promise of the server's and stays.
        """
        if self._state not in {BreakerState.CLOSED, BreakerState.RATE_LIMITED}:
            self._until = min(self._until, self._monotonic())

    def values(self) -> dict[str, object]:
        """What is worth having after a restart, as plain values."""
        now = self._monotonic()
        return {
            "state": self._state.value,
            "left": max(0.0, self._until - now),
            "open": self._open_seconds,
            "attempts": self._attempts.value(now),
            "failures": self._failures.value(now),
        }

    def take_over(self, values: object, *, age_seconds: float) -> bool:
        """Go on with what `values` gave so long ago; False, and nothing is changed, when it is none.

        The time since then counts, so that a pause that is over is one for a trial; a setting that was wrong, or a
        model that was loading, is looked at anew.
        """
        match values:
            case {
                "state": str(state),
                "left": int() | float() as left,
                "open": int() | float() as opened,
                "attempts": int() | float() as attempts,
                "failures": int() | float() as failures,
            } if state in _KEPT_STATES:
                now, kept = self._monotonic(), math.exp(-max(0.0, age_seconds) / WINDOW_SECONDS)
                self._state = BreakerState(state)
                self._until = now + max(0.0, left - age_seconds)
                self._open_seconds = min(float(opened), LONGEST_OPEN_SECONDS)
                self._attempts.add(attempts * kept, now)
                self._failures.add(failures * kept, now)
                return True
        return False

    def reset(self) -> None:
        """Forget everything, since the configuration has changed."""
        self._epoch += 1
        self._close()

    def _pass(self, *, trial: bool) -> Pass:
        self._passes += 1
        self.in_flight += 1
        return Pass(self._epoch, self._passes, trial)

    def _return(self) -> None:
        if self.in_flight == 0:
            raise ValueError("a pass was handed back twice")
        self.in_flight -= 1

    def _counts(self, granted: Pass) -> bool:
        """Whether what became of a request still says something."""
        return granted.epoch == self._epoch and (not granted.trial or self._trial == granted.number)

    def _has_trial(self, now: float) -> bool:
        return self._trial is not None and now < self._trial_since + TRIAL_SECONDS

    def _too_many(self, now: float) -> bool:
        failures, attempts = self._failures.value(now), self._attempts.value(now)
        # A little less than the whole number: the failures before this one weigh a little less by now.
        return failures >= FAILURES_TO_OPEN - 0.5 and failures >= FAILURE_RATE_TO_OPEN * attempts

    def _open(self, spent_seconds: float, wait_seconds: float | None) -> None:
        seconds = self._longer(spent_seconds)
        self._pause(BreakerState.OPEN, seconds if wait_seconds is None else max(seconds, wait_seconds))

    def _longer(self, spent_seconds: float) -> float:
        """The next pause: twice the last one with jitter, the longer the more a failure costs."""
        longest = min(LONGEST_OPEN_SECONDS, max(LONGEST_CHEAP_OPEN_SECONDS, COST_FACTOR * spent_seconds))
        self._open_seconds = min(longest, max(FIRST_OPEN_SECONDS, 2 * self._open_seconds))
        return self._open_seconds * self._random.uniform(0.75, 1.0)

    def _pause(self, state: BreakerState, seconds: float) -> None:
        """Let nobody through for a time; a longer pause that is under way is never shortened."""
        self._until = max(self._until, self._monotonic() + seconds)
        self._state = state
        self._trial = None
        self._epoch += 1

    def _close(self) -> None:
        self._state = BreakerState.CLOSED
        self._until = 0.0
        self._open_seconds = 0.0
        self._trial = None
        self._attempts = _Decaying()
        self._failures = _Decaying()


class _Decaying:
    """A sum whose parts lose weight with time."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._at = 0.0

    def value(self, now: float) -> float:
        return self._sum * math.exp(-max(0.0, now - self._at) / WINDOW_SECONDS)

    def add(self, weight: float, now: float) -> None:
        self._sum = self.value(now) + weight
        self._at = now
