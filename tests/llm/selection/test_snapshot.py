"""What was learned, kept and taken over again: nothing is lost, what is old counts less, rubbish changes nothing."""

from __future__ import annotations

import copy
import random

import pytest

from llm.selection.allowance import PER_MODEL
from llm.selection.selector import CERTAIN, HALF_LIFE_SECONDS, ModelSelector
from llm.selection.values import Because
from tests.llm.selection.household import MESSAGE, Household, candidate, names

CANDIDATES = [candidate(name, place) for place, name in enumerate(("first", "second", "third"))]


def taught() -> Household:
    home = Household(CANDIDATES)
    home.answer({"first": 0.2, "second": 0.95, "third": 0.5}, 200)
    return home


def restored(snapshot: object, age_seconds: float = 0.0) -> ModelSelector:
    selector = ModelSelector(randomness=random.Random(2), monotonic=lambda: 5.0)
    assert selector.restore(snapshot, age_seconds=age_seconds)
    return selector


def test_after_a_restart_the_best_is_as_certain_as_before():
    home = taught()
    before = home.decide()
    after = restored(home.selector.snapshot()).decide(CANDIDATES, MESSAGE)
    assert after.because is Because.BEST
    assert [one.candidate for one in after.order] == [one.candidate for one in before.order]
    assert after.certainty == pytest.approx(before.certainty, abs=0.02)


def test_the_older_it_is_the_less_it_counts():
    snapshot = taught().selector.snapshot()
    ages = [0.0, 1.0, 3.0, 12.0]
    decisions = [restored(snapshot, age * HALF_LIFE_SECONDS).decide(CANDIDATES, MESSAGE) for age in ages]
    answers = [{one.candidate.key.model: one.answers for one in decision.order}["second"] for decision in decisions]
    assert answers == pytest.approx([answers[0], answers[0] / 2, answers[0] / 8, 0.0], abs=0.1)
    certainties = [decision.certainty or 0.0 for decision in decisions]
    assert certainties == sorted(certainties, reverse=True)
    assert certainties[-1] < CERTAIN


def test_a_restart_pays_for_no_new_trials():
    home = Household(CANDIDATES)
    home.answer({"first": 0.2, "second": 0.95, "third": 0.5}, 40)
    snapshot = home.selector.snapshot()
    selector = restored(snapshot)
    selector.decide(CANDIDATES, MESSAGE)
    before, after = (one["allowance"]["left"] for one in (snapshot, selector.snapshot()))  # type: ignore[index]
    assert before < 2 * PER_MODEL - 0.1, "something was spent"
    assert after <= before + 0.01


def test_models_that_are_gone_do_no_harm_and_new_ones_are_got_to_know():
    home = Household(CANDIDATES)
    home.answer({"first": 0.2, "second": 0.65, "third": 0.5}, 200)
    selector = restored(home.selector.snapshot())
    new = [candidate("new", 0), CANDIDATES[1]]
    decisions = [selector.decide(new, MESSAGE) for _ in range(100)]
    assert {name for one in decisions for name in names(one)} == {"new", "second"}
    assert any(one.because is Because.TRIED for one in decisions)


def _without(path: tuple[str | int, ...], value: object) -> object:
    snapshot = copy.deepcopy(taught().selector.snapshot())
    place: object = snapshot
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    return snapshot


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        [],
        "snapshot",
        {},
        {"form": 1},
        _without(("form",), 2),
        _without(("told",), "much"),
        _without(("allowance", "left"), float("nan")),
        _without(("allowance", "met"), [["a"]]),
        _without(("parts", "pace"), []),
        _without(("parts", "pace", "models"), {}),
        _without(("parts", "success", "difficulty"), {"ru": [-1.0, 0.0]}),
        _without(("parts", "success", "difficulty"), {"ru": [True, 0.0]}),
        _without(("parts", "quality", "models", 0, 0), 7),
        _without(("parts", "quality", "models", 0, 2, "drift"), [1.0]),
    ],
    ids=str,
)
def test_what_can_not_be_read_changes_nothing(rubbish: object):
    home = taught()
    before = home.selector.snapshot()
    assert home.selector.restore(rubbish) is False
    assert home.selector.snapshot() == before
