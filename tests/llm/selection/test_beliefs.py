"""What is concluded from single values: about models, about situations, about what has changed."""

from __future__ import annotations

import random

import pytest

from llm.capabilities.facts import ModelKey
from llm.selection.averages import Average
from llm.selection.beliefs import Beliefs, Expectation, Place, Scale
from llm.selection.drift import ALARM, Drift

SCALE = Scale(noise=0.2, trait=0.01, situation=0.01, difficulty=0.01)
PRIOR = Expectation(0.6, 0.02)
GOOD, OTHER = ModelKey("home:1", "good"), ModelKey("home:1", "other")
EASY, HARD = Place("chat/en", ("chat", "en")), Place("maths/en", ("maths", "en"))


def expected(beliefs: Beliefs, key: ModelKey, place: Place) -> float:
    return beliefs.expect(beliefs.of(key), place, PRIOR).mean


def teach(beliefs: Beliefs, key: ModelKey, place: Place, share: float, times: int) -> None:
    """So many values, of which a share is 1, evenly mixed."""
    for number in range(times):
        value = float(int((number + 1) * share) > int(number * share))
        beliefs.learn(key, place, value, PRIOR)


def test_before_any_value_the_prior_is_expected():
    found = Beliefs(SCALE).expect(Beliefs(SCALE).of(GOOD), EASY, PRIOR)
    assert found.mean == PRIOR.mean
    assert found.variance > PRIOR.variance, "of a situation less is certain than over all"


def test_with_values_their_share_is_expected_ever_more_certainly():
    beliefs = Beliefs(SCALE)
    variances = []
    for times in (5, 20, 75, 200):
        teach(beliefs, GOOD, EASY, 0.9, times)
        variances.append(beliefs.expect(beliefs.of(GOOD), EASY, PRIOR).variance)
    assert variances == sorted(variances, reverse=True)
    assert expected(beliefs, GOOD, EASY) == pytest.approx(0.9, abs=0.03)


def test_what_was_shown_in_one_situation_is_expected_in_others_less_certainly():
    beliefs = Beliefs(SCALE)
    teach(beliefs, GOOD, EASY, 0.95, 200)
    here, there = (beliefs.expect(beliefs.of(GOOD), place, PRIOR) for place in (EASY, HARD))
    assert PRIOR.mean < there.mean < here.mean
    assert there.variance > here.variance


def test_who_has_met_only_hard_questions_is_not_taken_for_a_bad_model():
    beliefs = Beliefs(SCALE)
    for _ in range(10):
        # Both do equally well; the one was asked hard questions mostly, the other easy ones.
        teach(beliefs, GOOD, HARD, 0.3, 30)
        teach(beliefs, OTHER, HARD, 0.3, 3)
        teach(beliefs, OTHER, EASY, 0.9, 30)
    over_all = {GOOD: 0.3, OTHER: (0.9 * 30 + 0.3 * 3) / 33}
    gap = expected(beliefs, OTHER, EASY) - expected(beliefs, GOOD, EASY)
    assert 0 < gap < 0.6 * (over_all[OTHER] - over_all[GOOD])
    alone = Beliefs(SCALE)
    teach(alone, GOOD, HARD, 0.3, 300)
    assert expected(beliefs, GOOD, EASY) > expected(alone, GOOD, EASY)


def test_a_situation_that_is_hard_for_one_is_expected_to_be_for_another():
    beliefs = Beliefs(SCALE)
    teach(beliefs, GOOD, HARD, 0.1, 100)
    assert expected(beliefs, OTHER, HARD) < expected(beliefs, OTHER, EASY)


def test_who_is_not_asked_any_more_becomes_uncertain():
    beliefs = Beliefs(SCALE)
    teach(beliefs, OTHER, EASY, 0.5, 100)
    before = beliefs.expect(beliefs.of(OTHER), EASY, PRIOR)
    teach(beliefs, GOOD, EASY, 0.9, 500)
    after = beliefs.expect(beliefs.of(OTHER), EASY, PRIOR)
    assert after.variance > 2 * before.variance
    teach(beliefs, GOOD, HARD, 0.9, 500)
    assert beliefs.of(OTHER).situations["chat/en"].weight > 1, "answers elsewhere do not count for that"


def test_values_that_hardly_differ_tell_more_than_those_that_do():
    steady, jumping = Beliefs(SCALE), Beliefs(SCALE)
    for number in range(200):
        steady.learn(GOOD, EASY, 0.5 + 0.01 * (number % 2), PRIOR)
        jumping.learn(GOOD, EASY, float(number % 2), PRIOR)
    steadily, jumpily = (one.expect(one.of(GOOD), EASY, PRIOR).variance for one in (steady, jumping))
    assert steadily < jumpily / 2


def test_what_has_changed_of_a_sudden_is_believed_soon():
    beliefs = Beliefs(SCALE)
    teach(beliefs, GOOD, EASY, 0.95, 400)
    told = [beliefs.learn(GOOD, EASY, float(number % 4 == 0), PRIOR) for number in range(60)]
    assert 5 < told.index(True) < 30
    assert expected(beliefs, GOOD, EASY) == pytest.approx(0.25, abs=0.15)


def test_what_fades_away_is_forgotten():
    beliefs = Beliefs(SCALE)
    teach(beliefs, GOOD, EASY, 0.9, 50)
    beliefs.age(1e-6)
    assert beliefs.of(GOOD).situations == beliefs.of(GOOD).traits == beliefs.difficulty == {}
    assert expected(beliefs, GOOD, EASY) == pytest.approx(PRIOR.mean, abs=0.001)


def test_an_average_forgets_what_is_long_ago():
    average = Average()
    for value in [0.0] * 500 + [1.0] * 500:
        average.add(value, 0.99)
    assert average.weight == pytest.approx(100, abs=1)
    assert average.mean > 0.99


@pytest.mark.parametrize("seed", range(5))
def test_no_change_is_seen_where_there_is_none(seed: int):
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance, drift = random.Random(seed), Drift()
    assert sum(drift.add(chance.gauss(0, 1), 1.0, settled=100) for _ in range(500)) == 0


@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_a_change_is_seen_within_a_few_values(shift: float):
    chance, drift = random.Random(7), Drift()
    seen = [drift.add(chance.gauss(shift, 1), 1.0, settled=100) for _ in range(30)]
    assert any(seen)
    drift.clear()
    assert (drift.above, drift.below) == (0.0, 0.0)


def test_a_single_odd_value_and_one_too_early_are_no_change():
    drift = Drift()
    assert not drift.add(-1000.0, 1.0, settled=100)
    assert drift.below < ALARM
    assert not any(Drift().add(-1000.0, 1.0, settled=5) for _ in range(100))
