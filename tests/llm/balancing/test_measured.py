"""Estimates that follow what was measured, and never become impossible."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.balancing.measured import (
    FIRST_PENALTY_SECONDS,
    LONGEST_PENALTY_SECONDS,
    MOST_DOUBTED,
    PACE_SECONDS,
    PENALTY_HALF_SECONDS,
    UNSEEN_HALF_SECONDS,
    UNSEEN_SECONDS,
    Line,
    Measured,
)


@pytest.fixture
def known() -> Measured:
    return Measured(0.0)


def learn_usual(known: Measured, *, slower: float = 1.0, times: int = 30, now: float = 0.0) -> None:
    """What a server shows that begins after 0.2 s and reads 500 tokens a second, writes 20, a tenth slower for two."""
    chance = random.Random(3)
    for _ in range(times):
        tokens = chance.randint(20, 3000)
        known.learn_prefill(tokens, (0.2 + tokens / 500) * slower, now)
        answers = chance.randint(1, 4)
        known.learn_decode(answers, 32, 32 * (0.045 + 0.005 * answers) * slower, now)


def test_reading_and_writing_are_told_apart_by_what_they_depend_on(known: Measured):
    learn_usual(known)
    assert known.first_token_seconds(1000, 0.0) == pytest.approx(2.2, rel=0.1)
    assert known.first_token_seconds(10, 0.0) == pytest.approx(0.22, abs=0.15)
    assert known.token_seconds(1, 0.0) == pytest.approx(0.05, rel=0.05)
    assert known.token_seconds(4, 0.0) == pytest.approx(0.065, rel=0.05)


def test_prompts_of_one_length_are_put_down_to_their_length(known: Measured):
    for _ in range(20):
        known.learn_prefill(500, 1.0, 0.0)
    assert known.first_token_seconds(5000, 0.0) == pytest.approx(9.1, rel=0.1)


def test_a_server_that_has_become_slow_is_known_to_be_after_two_measurements(known: Measured):
    learn_usual(known)
    for _ in range(2):
        known.learn_decode(1, 32, 32 * 0.5, 0.0)
    assert known.token_seconds(1, 0.0) > 6 * 0.05
    assert known.first_token_seconds(1000, 0.0) > 5 * 2.2, "what writes slowly reads slowly"


def test_small_deviations_move_little(known: Measured):
    learn_usual(known)
    known.learn_decode(1, 32, 32 * 0.05 * 1.3, 0.0)
    assert known.token_seconds(1, 0.0) == pytest.approx(0.05, rel=0.1)


def test_a_slow_pace_that_stays_becomes_the_usual_one_and_the_estimate_stays_where_it_is(known: Measured):
    learn_usual(known)
    learn_usual(known, slower=8, times=100)
    assert known.pace(0.0) < 2
    assert known.token_seconds(1, 0.0) == pytest.approx(0.4, rel=0.1)
    assert known.first_token_seconds(1000, 0.0) == pytest.approx(8 * 2.2, rel=0.15)


def test_a_server_that_was_slow_and_was_not_seen_since_is_thought_to_recover(known: Measured):
    learn_usual(known)
    for _ in range(3):
        known.learn_decode(1, 32, 32 * 0.5, 0.0)
    slow = known.token_seconds(1, 0.0)
    assert known.token_seconds(1, PACE_SECONDS) < slow / 2
    assert known.token_seconds(1, UNSEEN_SECONDS) >= 0.9 * 0.05


def test_one_that_nobody_has_seen_for_long_is_thought_well_of_so_that_it_is_tried(known: Measured):
    learn_usual(known)
    assert known.token_seconds(1, UNSEEN_SECONDS) == pytest.approx(0.05, rel=0.1)
    later = UNSEEN_SECONDS + UNSEEN_HALF_SECONDS
    assert known.token_seconds(1, later) == pytest.approx(0.025, rel=0.1)
    assert known.token_seconds(1, 1e9) == pytest.approx(0.0125, rel=0.1), "but not without end"


def test_failures_in_a_row_cost_twice_as_much_each_and_are_forgotten_with_time(known: Measured):
    assert known.penalty(0.0) == 0
    known.failed(0.001, 0.0)
    assert known.penalty(0.0) == FIRST_PENALTY_SECONDS
    assert known.penalty(PENALTY_HALF_SECONDS) == FIRST_PENALTY_SECONDS / 2
    for _ in range(2):
        known.failed(0.001, 0.0)
    assert known.penalty(0.0) == 4 * FIRST_PENALTY_SECONDS
    for _ in range(2000):
        known.failed(0.001, 0.0)
    assert known.penalty(0.0) == LONGEST_PENALTY_SECONDS


def test_a_failure_costs_more_when_it_has_kept_somebody_waiting(known: Measured):
    known.failed(30.0, 0.0)
    assert known.penalty(0.0) == 60.0


def test_what_a_server_asks_to_wait_does_not_count_as_time_that_has_passed(known: Measured):
    known.failed(0.001, 0.0, wait_seconds=100.0)
    assert known.penalty(100.0) == FIRST_PENALTY_SECONDS
    assert known.penalty(100.0 + PENALTY_HALF_SECONDS) == FIRST_PENALTY_SECONDS / 2


def test_an_answer_forgives_most_and_begins_the_count_anew(known: Measured):
    for _ in range(4):
        known.failed(0.001, 0.0)
    known.answered(0.0)
    assert known.penalty(0.0) == 2 * FIRST_PENALTY_SECONDS
    known.forgive()
    assert known.penalty(0.0) == 0
    known.failed(0.001, 0.0)
    assert known.penalty(0.0) == FIRST_PENALTY_SECONDS


def test_late_beginnings_are_put_down_to_others_only_so_often(known: Measured):
    assert [known.doubts() for _ in range(MOST_DOUBTED)] == [True] * (MOST_DOUBTED - 1) + [False]


def test_the_first_loading_is_believed_at_once(known: Measured):
    known.learn_load(40.0)
    assert known.load_seconds == 40.0


points = st.lists(st.tuples(st.floats(0, 200_000), st.floats(0, 10_000)), max_size=60)


@given(points, st.floats(0, 200_000))
def test_no_estimate_is_ever_nothing_or_impossible(measurements: list[tuple[float, float]], x: float):
    known = Measured(0.0)
    for number, (tokens, seconds) in enumerate(measurements):
        known.learn_prefill(tokens, seconds, float(number))
        known.learn_decode(1 + tokens % 9, 1 + tokens, seconds, float(number))
    for estimate in (known.first_token_seconds(x, 100.0), known.token_seconds(1 + x, 100.0)):
        assert math.isfinite(estimate)
        assert estimate > 0


@given(points)
def test_a_line_stays_between_its_points_and_never_falls(measurements: list[tuple[float, float]]):
    line = Line((0.1, 0.1), share=0.5, keep=0.9)
    for x, y in measurements:
        line.add(x, y)
    assert line.slope >= 0
    assert line.base >= 0
