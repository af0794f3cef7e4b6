"""What keeps a model from serving a message, and who is asked all the same when nobody else can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm.selection.constraints import hindrance, is_last_resort
from llm.selection.values import Bar, Because, Candidate, Hindrance, Situation, Wanted
from llm.spans import Span
from llm.types import ChatRequest, ImagePart, JsonOutput, Message, Role, TextPart, Tool
from tests.llm.selection.household import MESSAGE, TALK, Household, candidate, everyone, names

ABLE = candidate("able", 0)
OTHER = candidate("other", 1)
CLOUD = candidate("cloud", 2, local=False)


@pytest.mark.parametrize(
    ("unable", "wanted", "expected"),
    [
        (candidate("x", vision=False), replace(MESSAGE, vision=True), Hindrance(Bar.VISION)),
        (candidate("x", supports_json=False), replace(MESSAGE, json=True), Hindrance(Bar.JSON)),
        (candidate("x", tools=False), replace(MESSAGE, tools=True), Hindrance(Bar.TOOLS)),
        (candidate("x", context=4096), replace(MESSAGE, prompt_tokens=4097), Hindrance(Bar.CONTEXT, holds=4096)),
        (candidate("x", languages={"ru": False}), MESSAGE, Hindrance(Bar.LANGUAGE)),
        (candidate("x", local=False), replace(MESSAGE, local_only=True), Hindrance(Bar.LOCAL_ONLY)),
    ],
)
def test_each_constraint_keeps_back_who_can_not_and_nobody_else(unable: Candidate, wanted: Wanted, expected: Hindrance):
    assert hindrance(unable, wanted) == expected
    assert hindrance(unable, replace(Wanted(Situation(language="en")), prompt_tokens=4096)) is None
    assert hindrance(ABLE, wanted) is None, "what is not known bars nobody"


def test_an_ability_that_is_there_bars_nobody():
    able = candidate("x", vision=True, supports_json=True, tools=True, context=4096, languages={"ru": True})
    assert hindrance(able, Wanted(TALK, 4096, vision=True, json=True, tools=True, local_only=True)) is None


@pytest.mark.parametrize(
    "now", [Hindrance(Bar.PAUSED), Hindrance(Bar.OVER_BUDGET, span=Span.DAY), Hindrance(Bar.RESTING, seconds=3.0)]
)
def test_what_hinders_at_this_moment_is_told_as_it_was_given(now: Hindrance):
    home = Household([ABLE, OTHER], hindered={ABLE.key: now})
    decision = home.decide()
    assert names(decision) == ["other"]
    assert [(one.candidate, one.hindrance) for one in decision.excluded] == [(ABLE, now)]
    assert everyone(decision) == (["other", "able"] if now.bar is Bar.RESTING else ["other"])


def test_the_gravest_hindrance_counts():
    blind = candidate("blind", vision=False)
    home = Household([blind, OTHER], hindered={blind.key: Hindrance(Bar.RESTING, seconds=1.0)})
    decision = home.decide(replace(MESSAGE, vision=True))
    assert decision.excluded[0].hindrance == Hindrance(Bar.VISION)
    assert everyone(decision) == ["other"]
    small = candidate("small", context=100)
    paused = Household([small, OTHER], hindered={small.key: Hindrance(Bar.PAUSED)}).decide()
    assert paused.excluded[0].hindrance == Hindrance(Bar.PAUSED)
    assert everyone(paused) == ["other"]


def test_a_poor_answer_is_better_than_none():
    small, larger = candidate("small", 0, context=100), candidate("larger", 1, context=200)
    english = candidate("english", 2, languages={"ru": False})
    decision = Household([small, larger, english]).decide()
    assert decision.because is Because.LAST_RESORT
    assert names(decision) == []
    assert everyone(decision) == ["english", "larger", "small"]
    assert decision.first is english


def test_the_last_resort_of_ours_comes_after_a_cloud_that_can_serve_the_message():
    english = candidate("english", 0, languages={"ru": False})
    decision = Household([english, CLOUD]).decide()
    assert (decision.because, everyone(decision)) == (Because.CLOUD, ["cloud", "english"])


def test_what_must_be_sent_whole_is_sent_nowhere_where_it_does_not_fit():
    small = candidate("small", context=100)
    assert not is_last_resort(Hindrance(Bar.CONTEXT, holds=100), replace(MESSAGE, whole=True))
    decision = Household([small]).decide(replace(MESSAGE, whole=True))
    assert (decision.because, decision.first) == (Because.NOBODY, None)


def test_nobody_is_there():
    decision = Household([]).decide()
    assert (decision.because, decision.first, decision.everyone) == (Because.NOBODY, None, ())


def test_what_a_message_needs_is_read_from_its_request():
    picture = (TextPart("what is this?"), ImagePart(b"", "image/png"))
    request = ChatRequest(
        (Message(Role.SYSTEM, "you are"), Message(Role.USER, picture)),
        json=JsonOutput(),
        tools=(Tool("f", "", {}),),
        whole=True,
    )
    expected = Wanted(TALK, 700, whole=True, vision=True, json=True, tools=True)
    assert Wanted.of(request, TALK, prompt_tokens=700) == expected
    plain = ChatRequest((Message(Role.USER, (TextPart("hello"),)),))
    assert Wanted.of(plain, TALK, prompt_tokens=7) == Wanted(TALK, 7)
