"""Why a message went to a model, kept as plain values and read again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from llm.selection.explanation import Explanation, Obstacle, Standing
from llm.selection.values import Bar, Because, Hindrance, Situation
from llm.spans import Span
from llm.types import Task
from tests.llm.selection.household import MESSAGE, Household, candidate

CANDIDATES = [
    candidate("first", 0),
    candidate("second", 1),
    candidate("small", 2, context=100),
    candidate("dear", 3, local=False),
    candidate("away", 4),
]
HINDERED = {
    CANDIDATES[3].key: Hindrance(Bar.OVER_BUDGET, span=Span.MONTH),
    CANDIDATES[4].key: Hindrance(Bar.RESTING, seconds=2.5),
}


def explained(**wanted: object) -> Explanation:
    home = Household(CANDIDATES, hindered=HINDERED)
    return Explanation.of(home.decide(replace(MESSAGE, **wanted)))  # type: ignore[arg-type]


def test_it_tells_who_was_thought_what_and_what_kept_the_others_back():
    found = explained(own_choice="small")
    assert found.own_choice == "small"
    assert {one.model for one in found.order} == {"first", "second"}
    assert all(one.expected is not None for one in found.order)
    assert found.leader == "first"
    assert found.obstacles == (
        Obstacle("small", Hindrance(Bar.CONTEXT, holds=100)),
        Obstacle("dear", Hindrance(Bar.OVER_BUDGET, span=Span.MONTH)),
        Obstacle("away", Hindrance(Bar.RESTING, seconds=2.5)),
    )


@pytest.mark.parametrize(
    "one",
    [
        explained(),
        explained(own_choice="second"),
        explained(prompt_tokens=0, situation=Situation(Task.AUGMENTATION)),
        Explanation(Because.CLOUD, Situation(), (Standing("dear"),)),
        Explanation(Because.NOBODY, Situation()),
    ],
    ids=lambda one: one.because.value,
)
def test_it_survives_being_kept_as_text(one: Explanation):
    assert Explanation.read(json.loads(json.dumps(one.written()))) == one


def test_no_address_of_a_server_is_told():
    assert "127.0.0.1" not in json.dumps(explained().written())


@pytest.mark.parametrize(
    "change",
    [
        {"because": "luck"},
        {"because": None},
        {"kind": "poem"},
        {"order": {}},
        {"order": [["first"]]},
        {"order": ["abc"]},
        {"order": [["first", "much", 1.0]]},
        {"order": [["first", True, 1.0]]},
        {"obstacles": [["small", "mood", None, None, None]]},
        {"leader": 5},
    ],
    ids=str,
)
def test_what_is_none_is_not_read(change: dict[str, object]):
    assert Explanation.read(explained().written() | change) is None


@pytest.mark.parametrize("rubbish", [None, "best", [], {}])
def test_rubbish_is_not_read(rubbish: object):
    assert Explanation.read(rubbish) is None
