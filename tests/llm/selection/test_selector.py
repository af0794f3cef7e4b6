"""Who is asked first and why: a test for each reason, and for what is learned from answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm.capabilities.facts import ModelKey
from llm.selection.outcomes import Reaction
from llm.selection.selector import CERTAIN, HALF_LIFE_SECONDS
from llm.selection.values import Bar, Because, Hindrance, Situation
from tests.llm.selection.household import CODE, MESSAGE, TALK, Household, candidate, everyone, names, share

FIRST, SECOND, THIRD = (candidate(name, place) for place, name in enumerate(("first", "second", "third")))
CLOUD = candidate("cloud", 3, local=False)
DEARER = candidate("dearer", 4, local=False)
GOOD_AND_BAD = {"first": 0.2, "second": 0.95, "third": 0.5}


def trained(times: int = 400, seed: int = 1) -> Household:
    home = Household([FIRST, SECOND, THIRD, CLOUD, DEARER], seed)
    home.answer(GOOD_AND_BAD, times)
    return home


# Each reason.


def test_the_only_one_of_ours_is_asked_before_any_cloud():
    decision = Household([CLOUD, SECOND]).decide()
    assert (decision.because, names(decision)) == (Because.ONLY, ["second", "cloud"])


def test_a_cloud_is_asked_when_none_of_ours_can_serve_the_message():
    home = Household([FIRST, DEARER, CLOUD], hindered={FIRST.key: Hindrance(Bar.RESTING, seconds=2.0)})
    decision = home.decide()
    assert (decision.because, names(decision)) == (Because.CLOUD, ["cloud", "dearer"])
    assert everyone(decision)[-1] == "first"


def test_the_best_is_asked_once_it_is_certain():
    decision = trained().decide()
    assert decision.because is Because.BEST
    assert names(decision)[0] == "second"
    assert names(decision)[3:] == ["cloud", "dearer"], "as configured, behind all of ours"
    assert decision.leader is SECOND
    assert decision.certainty is not None
    assert decision.certainty >= CERTAIN
    best, _, worst, cloud, _ = decision.order
    assert best.expected is not None
    assert worst.expected is not None
    assert best.expected > worst.expected
    assert best.answers > 50
    assert (cloud.expected, cloud.spread, cloud.answers) == (None, None, 0.0)


def test_of_two_alike_the_one_whose_answers_are_liked_more_is_asked_and_narrow_races_alone_are_decided_by_it():
    liked = replace(THIRD, weight=1.3)
    home = Household([FIRST, SECOND, liked], 1)
    home.answer({"first": 0.2, "second": 0.85, "third": 0.8}, 400)
    assert names(home.decide())[0] == "third"
    home = Household([FIRST, SECOND, liked], 1)
    home.answer({"first": 0.2, "second": 0.95, "third": 0.3}, 400)
    assert names(home.decide())[0] == "second"


def test_nobody_is_tried_any_more_once_the_best_is_certain():
    home = trained()
    reasons = {home.decide().because for _ in range(200)}
    assert reasons == {Because.BEST}


def test_while_nothing_is_certain_the_others_are_tried_now_and_then():
    home = Household([FIRST, SECOND, THIRD])
    decisions = [home.decide() for _ in range(200)]
    assert {one.because for one in decisions} == {Because.AHEAD, Because.TRIED}
    for one in decisions:
        assert (one.order[0].candidate is one.leader) is (one.because is Because.AHEAD)
    assert all(share(decisions, name) > 0.05 for name in ("first", "second", "third"))


def test_who_is_tried_is_protected_by_the_best_as_the_next_one():
    home = Household([FIRST, SECOND, THIRD])
    tried = next(one for one in (home.decide() for _ in range(200)) if one.because is Because.TRIED)
    assert tried.order[1].candidate is tried.leader


def test_trials_become_rare_when_they_can_not_be_afforded():
    much_worse = replace(SECOND, prior=replace(SECOND.prior, quality=0.3))
    home = Household([FIRST, much_worse])
    decisions = [home.decide() for _ in range(3000)]
    assert share(decisions[:50], "second") > 0.05
    assert share(decisions[-2000:], "second") < 0.02


def test_the_conversation_stays_with_its_model_where_the_others_are_hardly_better():
    hardly_worse = replace(SECOND, prior=replace(FIRST.prior, quality=FIRST.prior.quality - 0.01))
    home = Household([FIRST, hardly_worse])
    decisions = [home.decide(replace(MESSAGE, answered_before=SECOND.key)) for _ in range(100)]
    assert {one.because for one in decisions} == {Because.STAYS, Because.TRIED}
    for one in decisions:
        assert names(one)[0] == ("second" if one.because is Because.STAYS else "first")
    best = trained()
    assert best.decide(replace(MESSAGE, answered_before=FIRST.key)).because is Because.BEST


def test_the_configuration_is_followed_strictly_where_that_is_wished():
    home = Household([SECOND, CLOUD, FIRST, THIRD], ordered=True, hindered={FIRST.key: Hindrance(Bar.PAUSED)})
    home.answer(GOOD_AND_BAD | {"cloud": 0.0}, 50)
    decision = home.decide()
    assert (decision.because, names(decision)) == (Because.ORDERED, ["second", "third", "cloud"])
    cloud_first = Household([replace(CLOUD, place=0), replace(FIRST, place=1)], ordered=True)
    assert names(cloud_first.decide()) == ["cloud", "first"]


@pytest.mark.parametrize("ordered", [True, False])
def test_a_persons_own_choice_goes_before_everything_that_was_learned_or_configured(ordered: bool):
    home = Household([FIRST, SECOND, THIRD, CLOUD], ordered=ordered)
    home.answer(GOOD_AND_BAD, 300)
    decision = home.decide(replace(MESSAGE, own_choice="cloud", preferred="third"))
    assert (decision.because, names(decision)[0]) == (Because.OWN_CHOICE, "cloud")
    assert set(names(decision)[1:]) == {"first", "second", "third"}, "the others protect it"
    assert names(decision)[1] == ("first" if ordered else "second")
    decision = home.decide(replace(MESSAGE, preferred="third"))
    assert (decision.because, names(decision)[0]) == (Because.PREFERRED, "third")


def test_a_choice_that_can_not_serve_the_message_is_told_and_another_one_answers():
    blind = candidate("blind", 1, vision=False)
    home = Household([FIRST, blind])
    decision = home.decide(replace(MESSAGE, own_choice="blind", vision=True))
    assert (decision.because, names(decision)) == (Because.ONLY, ["first"])
    assert decision.refused_choice is not None
    assert decision.refused_choice.hindrance.bar is Bar.VISION
    assert home.decide(replace(MESSAGE, own_choice="blind")).refused_choice is None


def test_a_choice_is_not_refused_for_its_language():
    english = candidate("english", 1, languages={"ru": False})
    decision = Household([FIRST, english]).decide(replace(MESSAGE, own_choice="english"))
    assert (decision.because, names(decision)[0]) == (Because.OWN_CHOICE, "english")


def test_a_choice_that_rests_is_the_first_of_the_last_resorts():
    resting = Hindrance(Bar.RESTING, seconds=5.0)
    home = Household([FIRST, SECOND, CLOUD], hindered={one.key: resting for one in (FIRST, SECOND, CLOUD)})
    decision = home.decide(replace(MESSAGE, own_choice="cloud"))
    assert (decision.because, everyone(decision)[0]) == (Because.LAST_RESORT, "cloud")


def test_all_servers_of_a_chosen_model_go_first():
    twin = replace(SECOND, key=ModelKey("127.0.0.1:2", "second"), setting="MODELS__5__", place=5)
    decision = Household([FIRST, SECOND, THIRD, twin]).decide(replace(MESSAGE, own_choice="second"))
    assert names(decision)[:2] == ["second", "second"]


# What is learned.


def test_each_situation_has_its_own_best():
    home = Household([FIRST, SECOND])
    for _ in range(15):
        home.answer({"first": 0.9, "second": 0.2}, 20)
        home.answer({"first": 0.2, "second": 0.9}, 20, replace(MESSAGE, situation=CODE))
    assert names(home.decide()) == ["first", "second"]
    assert names(home.decide(replace(MESSAGE, situation=CODE))) == ["second", "first"]


def test_what_a_model_shows_in_one_situation_is_expected_of_it_in_another():
    elsewhere = replace(MESSAGE, situation=replace(TALK, language="de"))
    assert names(trained().decide(elsewhere))[0] == "second"


def test_a_model_that_fails_loses_its_place():
    home = Household([FIRST, SECOND])
    for _ in range(25):
        home.said(FIRST.key, None) if home.chance.random() < 0.5 else home.failed(FIRST.key)
        home.said(SECOND.key, None)
        home.decide()
    decisions = [home.decide() for _ in range(50)]
    assert share(decisions, "second") > 0.9


def test_a_model_that_keeps_people_waiting_loses_its_place():
    home = Household([FIRST, SECOND])
    decisions = home.answer({"first": 0.7, "second": 0.7}, 200, ttft=lambda name: 25.0 if name == "first" else 1.0)
    assert share(decisions[-100:], "second") > 0.9


def test_a_reaction_that_comes_later_counts_as_well():
    home = Household([FIRST, SECOND])
    home.decide()
    for _ in range(40):
        home.said(FIRST.key, None)
        home.said(SECOND.key, None)
        home.selector.react(FIRST.key, TALK, Reaction.BAD)
        home.selector.react(SECOND.key, TALK, Reaction.GOOD)
    assert (home.decide().because, names(home.decide())[0]) == (Because.BEST, "second")


def test_what_a_cloud_does_changes_nothing_in_its_order():
    home = Household([CLOUD, DEARER])
    home.decide()
    for _ in range(50):
        home.failed(CLOUD.key)
        home.said(DEARER.key, Reaction.GOOD)
    assert names(home.decide()) == ["cloud", "dearer"]


def test_a_sudden_change_is_told_and_another_model_takes_over():
    home = Household([FIRST, SECOND, THIRD])
    home.answer({"first": 0.95, "second": 0.6, "third": 0.6}, 300)
    assert names(home.decide())[0] == "first"
    told = [home.selector.react(FIRST.key, TALK, Reaction.BAD) for _ in range(20)]
    assert any(told)
    decisions = home.answer({"first": 0.05, "second": 0.6, "third": 0.6}, 50)
    assert share(decisions[-20:], "first") < 0.2


def test_a_forgotten_model_is_got_to_know_anew():
    home = trained()
    home.selector.forget(FIRST.key)
    decisions = [home.decide() for _ in range(100)]
    assert decisions[0].certainty is not None
    assert decisions[0].certainty < CERTAIN
    assert share(decisions, "first") > 0


def test_in_time_what_was_learned_becomes_uncertain_again():
    home = trained()
    home.seconds += 12 * HALF_LIFE_SECONDS
    assert home.decide().because in {Because.AHEAD, Because.TRIED}


def test_where_people_say_nothing_their_opinion_is_not_sought():
    home = Household([FIRST, SECOND, THIRD])
    for _ in range(500):
        home.decide()
        for one in (FIRST, SECOND, THIRD):
            home.said(one.key, None)
    decisions = [home.decide() for _ in range(100)]
    assert share(decisions, "first") > 0.85, "the first of the configuration, as nothing tells them apart"


def test_a_prior_that_has_changed_counts_at_once():
    home = Household([FIRST, SECOND])
    before = home.decide().order
    better = replace(SECOND, prior=replace(SECOND.prior, quality=0.95, quality_spread=0.02))
    home.candidates = [FIRST, better]
    decision = home.decide()
    expected = {one.candidate.key.model: one.expected or 0.0 for one in (*before, *decision.order)}
    assert expected["second"] > expected["first"]
    assert decision.leader is better


def test_what_was_never_weighed_teaches_nothing():
    home = Household([FIRST])
    home.failed(ModelKey("elsewhere", "stranger"))
    assert not home.selector.react(ModelKey("elsewhere", "stranger"), Situation(), Reaction.BAD)
    assert home.selector.snapshot() == Household([FIRST]).selector.snapshot()
