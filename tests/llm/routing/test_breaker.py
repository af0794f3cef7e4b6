"""The breaker's states and the ways between them, in virtual time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.routing.breaker import (
    CONFIG_PAUSE_SECONDS,
    LONGEST_CHEAP_OPEN_SECONDS,
    LONGEST_OPEN_SECONDS,
    TRIAL_SECONDS,
    Breaker,
    BreakerState,
    Pass,
    Verdict,
)


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(time, random.Random(1))


def admitted(breaker: Breaker) -> Pass:
    granted = breaker.admit()
    assert granted is not None
    return granted


def state(breaker: Breaker) -> BreakerState:
    """A function, so that the type checker does not hold on to an earlier answer."""
    return breaker.state


def open_it(breaker: Breaker) -> None:
    breaker.failed(admitted(breaker), Verdict.DOWN)
    assert state(breaker) is BreakerState.OPEN


def wait_for_trial(breaker: Breaker, time: Time) -> None:
    assert breaker.retry_at is not None
    time.passes(breaker.retry_at - time.seconds)
    assert state(breaker) is BreakerState.HALF_OPEN


def test_a_server_that_is_gone_opens_it_at_once(breaker: Breaker, time: Time):
    assert breaker.failed(admitted(breaker), Verdict.DOWN)
    assert state(breaker) is BreakerState.OPEN
    assert breaker.admit() is None
    assert breaker.retry_at is not None
    assert breaker.retry_at > time.seconds


def test_single_failures_do_not_open_it_but_three_in_a_row_do(breaker: Breaker):
    assert [breaker.failed(admitted(breaker), Verdict.STRIKE) for _ in range(3)] == [False, False, True]
    assert state(breaker) is BreakerState.OPEN


def test_few_failures_among_many_answers_do_not_open_it(breaker: Breaker):
    for number in range(60):
        if number % 5 == 0:
            breaker.failed(admitted(breaker), Verdict.STRIKE)
        else:
            breaker.succeeded(admitted(breaker))
    assert state(breaker) is BreakerState.CLOSED


def test_failures_are_forgotten_with_time_and_not_at_the_turn_of_a_minute(breaker: Breaker, time: Time):
    time.seconds = 1139.0
    breaker.failed(admitted(breaker), Verdict.STRIKE)
    breaker.failed(admitted(breaker), Verdict.STRIKE)
    time.passes(2.0)
    assert breaker.failed(admitted(breaker), Verdict.STRIKE)
    breaker.reset()
    for _ in range(10):
        breaker.failed(admitted(breaker), Verdict.STRIKE)
        time.passes(100.0)
    assert state(breaker) is BreakerState.CLOSED


def test_after_the_pause_exactly_one_of_a_hundred_may_try(breaker: Breaker, time: Time):
    open_it(breaker)
    wait_for_trial(breaker, time)
    passes = [breaker.admit() for _ in range(100)]
    (trial,) = [granted for granted in passes if granted is not None]
    assert trial.trial
    breaker.succeeded(trial)
    assert state(breaker) is BreakerState.CLOSED
    assert not admitted(breaker).trial


def test_a_failed_trial_doubles_the_pause_up_to_its_limit(breaker: Breaker, time: Time):
    open_it(breaker)
    pauses = []
    for _ in range(10):
        wait_for_trial(breaker, time)
        breaker.failed(admitted(breaker), Verdict.STRIKE, spent_seconds=30.0)
        assert breaker.retry_at is not None
        pauses.append(breaker.retry_at - time.seconds)
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert all(0.75 * LONGEST_OPEN_SECONDS <= pause <= LONGEST_OPEN_SECONDS for pause in pauses[6:])


def test_failures_that_cost_nothing_keep_the_trials_frequent(breaker: Breaker, time: Time):
    """So that people are back on the primary within five seconds of its recovery."""
    open_it(breaker)
    for _ in range(10):
        wait_for_trial(breaker, time)
        breaker.failed(admitted(breaker), Verdict.DOWN, spent_seconds=0.01)
        assert breaker.retry_at is not None
        assert breaker.retry_at - time.seconds <= LONGEST_CHEAP_OPEN_SECONDS


def test_the_pause_begins_small_again_after_a_success(breaker: Breaker, time: Time):
    open_it(breaker)
    assert breaker.retry_at is not None
    first = breaker.retry_at - time.seconds
    for _ in range(5):
        wait_for_trial(breaker, time)
        breaker.failed(admitted(breaker), Verdict.DOWN)
    wait_for_trial(breaker, time)
    breaker.succeeded(admitted(breaker))
    open_it(breaker)
    assert breaker.retry_at - time.seconds <= first / 0.75


def test_a_trial_that_hangs_is_given_to_somebody_else_and_its_late_result_counts_for_nothing(
    breaker: Breaker, time: Time
):
    open_it(breaker)
    wait_for_trial(breaker, time)
    hanging = admitted(breaker)
    assert breaker.admit() is None
    time.passes(TRIAL_SECONDS)
    second = admitted(breaker)
    breaker.succeeded(hanging)
    assert state(breaker) is BreakerState.HALF_OPEN
    breaker.succeeded(second)
    assert state(breaker) is BreakerState.CLOSED
    assert breaker.in_flight == 0


@pytest.mark.parametrize("late", [Breaker.succeeded, lambda it, granted: it.failed(granted, Verdict.DOWN)])
def test_what_was_sent_before_it_opened_changes_nothing_any_more(
    breaker: Breaker, time: Time, late: Callable[[Breaker, Pass], object]
):
    before = admitted(breaker)
    open_it(breaker)
    until = breaker.retry_at
    late(breaker, before)
    assert (breaker.state, breaker.retry_at) == (BreakerState.OPEN, until)


def test_a_trial_that_was_stopped_by_a_person_lets_the_next_one_try(breaker: Breaker, time: Time):
    open_it(breaker)
    wait_for_trial(breaker, time)
    breaker.abandoned(admitted(breaker))
    assert state(breaker) is BreakerState.HALF_OPEN
    assert admitted(breaker).trial


def test_a_pause_goes_on_after_a_restart_and_the_time_between_counts(breaker: Breaker, time: Time):
    breaker.failed(admitted(breaker), Verdict.RATE_LIMITED, wait_seconds=60)
    kept = breaker.values()
    soon, late = Breaker(time, random.Random(1)), Breaker(time, random.Random(1))
    assert soon.take_over(kept, age_seconds=20)
    assert state(soon) is BreakerState.RATE_LIMITED
    assert soon.retry_at == pytest.approx(time.seconds + 40)
    assert late.take_over(kept, age_seconds=3600)
    assert state(late) is BreakerState.HALF_OPEN
    assert admitted(late).trial


def test_failures_before_a_restart_count_less_the_longer_it_took(breaker: Breaker, time: Time):
    for _ in range(2):
        breaker.failed(admitted(breaker), Verdict.STRIKE)
    soon, late = Breaker(time, random.Random(1)), Breaker(time, random.Random(1))
    assert soon.take_over(breaker.values(), age_seconds=1)
    assert late.take_over(breaker.values(), age_seconds=3600)
    for one in (soon, late):
        one.failed(admitted(one), Verdict.STRIKE)
    assert state(soon) is BreakerState.OPEN
    assert state(late) is BreakerState.CLOSED


@pytest.mark.parametrize("value", [None, {}, {"state": "open"}, "open", {"state": "config_error", "left": 1}])
def test_what_is_no_state_is_not_taken_over(breaker: Breaker, value: object):
    assert not breaker.take_over(value, age_seconds=1)
    assert state(breaker) is BreakerState.CLOSED


def test_a_setting_that_was_wrong_is_tried_anew_after_a_restart(breaker: Breaker, time: Time):
    breaker.failed(admitted(breaker), Verdict.CONFIG_ERROR)
    anew = Breaker(time, random.Random(1))
    assert not anew.take_over(breaker.values(), age_seconds=1)
    assert state(anew) is BreakerState.CLOSED


def test_what_is_nobodys_fault_but_the_requests_counts_against_nobody(breaker: Breaker):
    for _ in range(20):
        assert not breaker.failed(admitted(breaker), Verdict.NOTHING)
    assert state(breaker) is BreakerState.CLOSED


def test_a_rate_limit_lasts_as_long_as_the_server_says(breaker: Breaker, time: Time):
    breaker.failed(admitted(breaker), Verdict.RATE_LIMITED, wait_seconds=20.0)
    assert (breaker.state, breaker.retry_at) == (BreakerState.RATE_LIMITED, time.seconds + 20.0)
    breaker.well_again()
    assert breaker.admit() is None
    time.passes(20.0)
    breaker.succeeded(admitted(breaker))
    assert state(breaker) is BreakerState.CLOSED


def test_a_wrong_key_lets_somebody_try_again_once_a_minute_or_after_a_change(breaker: Breaker, time: Time):
    assert breaker.failed(admitted(breaker), Verdict.CONFIG_ERROR)
    assert state(breaker) is BreakerState.CONFIG_ERROR
    time.passes(CONFIG_PAUSE_SECONDS)
    assert not breaker.failed(admitted(breaker), Verdict.CONFIG_ERROR)
    breaker.reset()
    assert state(breaker) is BreakerState.CLOSED


def test_loading_is_asked_again_soon(breaker: Breaker, time: Time):
    breaker.failed(admitted(breaker), Verdict.LOADING)
    assert state(breaker) is BreakerState.LOADING
    assert breaker.retry_at is not None
    assert breaker.retry_at - time.seconds <= 1.0


def test_a_server_that_was_seen_to_come_back_gets_its_trial_at_once(breaker: Breaker, time: Time):
    open_it(breaker)
    for _ in range(6):
        wait_for_trial(breaker, time)
        breaker.failed(admitted(breaker), Verdict.STRIKE, spent_seconds=30.0)
    assert breaker.admit() is None
    breaker.well_again()
    assert admitted(breaker).trial


def test_a_pause_under_way_is_never_shortened_by_a_shorter_one(breaker: Breaker, time: Time):
    first, second = admitted(breaker), admitted(breaker)
    breaker.failed(first, Verdict.RATE_LIMITED, wait_seconds=50.0)
    breaker.failed(second, Verdict.DOWN)
    assert breaker.retry_at == time.seconds + 50.0


def test_a_pass_is_handed_back_once(breaker: Breaker):
    granted = admitted(breaker)
    breaker.succeeded(granted)
    with pytest.raises(ValueError, match="twice"):
        breaker.abandoned(granted)


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.0, 100.0)),
    st.tuples(st.just("admit"), st.just(None)),
    st.tuples(st.just("succeed"), st.integers(0, 9)),
    st.tuples(st.just("abandon"), st.integers(0, 9)),
    st.tuples(st.sampled_from(list(Verdict)), st.integers(0, 9)),
    st.tuples(st.just("well"), st.just(None)),
    st.tuples(st.just("reset"), st.just(None)),
)


@given(st.lists(STEPS, max_size=80), st.integers())
def test_whatever_happens_one_trial_at_a_time_counters_right_and_no_way_to_stay_shut(
    steps: list[tuple[str, float]], seed: int
):
    time = Time()
    breaker = Breaker(time, random.Random(seed))
    out: list[tuple[Pass, float]] = []
    for step, value in steps:
        shut = breaker.state not in {BreakerState.CLOSED, BreakerState.HALF_OPEN}
        until = (breaker.retry_at or 0.0) if shut else 0.0
        if step == "wait":
            time.passes(value)
        elif step == "admit":
            granted = breaker.admit()
            assert not (shut and granted)
            if granted is not None:
                fresh = [
                    1 for other, at in out
                    if other.trial and other.epoch == granted.epoch and time.seconds < at + TRIAL_SECONDS
                ]  # fmt: skip
                assert not (granted.trial and fresh)
                out.append((granted, time.seconds))
        elif step == "well":
            breaker.well_again()
        elif step == "reset":
            breaker.reset()
        elif out:
            granted, _ = out.pop(int(value) % len(out))
            if step == "succeed":
                breaker.succeeded(granted)
            elif step == "abandon":
                breaker.abandoned(granted)
            else:
                breaker.failed(granted, Verdict(step), spent_seconds=5.0)
                if until > time.seconds and breaker.retry_at is not None:
                    assert breaker.retry_at >= min(until, time.seconds + TRIAL_SECONDS)
        assert breaker.in_flight == len(out)
    time.passes(LONGEST_OPEN_SECONDS + TRIAL_SECONDS)
    assert breaker.admit() is not None
