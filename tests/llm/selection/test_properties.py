"""What holds of every decision, whatever there is to choose from and whatever was learned."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from llm.capabilities.facts import ModelKey
from llm.selection.candidates import prior_of
from llm.selection.constraints import LAST_RESORTS, hindrance
from llm.selection.outcomes import Outcome, Reaction
from llm.selection.selector import ModelSelector
from llm.selection.values import Bar, Because, Candidate, Decision, Hindrance, Length, Situation, Wanted
from llm.tasks.classification import MessageKind
from llm.types import ModelCapabilities, Task

UNSURE = st.none() | st.booleans()
SITUATIONS = st.builds(
    Situation,
    st.sampled_from(Task),
    st.none() | st.sampled_from(MessageKind),
    st.sampled_from(["en", "ru", "und"]),
    st.sampled_from(Length),
)
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
WANTED = st.builds(
    Wanted,
    SITUATIONS,
    prompt_tokens=st.integers(0, 10_000),
    whole=st.booleans(),
    vision=st.booleans(),
    json=st.booleans(),
    tools=st.booleans(),
    local_only=st.booleans(),
    own_choice=st.none() | st.sampled_from(NAMES),
    preferred=st.none() | st.sampled_from(NAMES),
    answered_before=st.none() | st.builds(ModelKey, st.just("home:1"), st.sampled_from(NAMES)),
)
HINDRANCES = st.sampled_from([Hindrance(Bar.PAUSED), Hindrance(Bar.OVER_BUDGET), Hindrance(Bar.RESTING, seconds=2.0)])


@st.composite
def households(draw: st.DrawFn) -> list[Candidate]:
    """Up to eight models, each with abilities of its own, in any order."""
    places = draw(st.permutations(range(draw(st.integers(1, len(NAMES))))))
    return [
        Candidate(
            ModelKey("home:1", NAMES[place]),
            f"MODELS__{place}__",
            place,
            draw(st.booleans()),
            prior=prior_of({}, place),
            context=draw(st.none() | st.integers(100, 9000)),
            capabilities=ModelCapabilities(vision=draw(UNSURE), supports_json=draw(UNSURE)),
            tools=draw(UNSURE),
            languages=draw(st.dictionaries(st.sampled_from(["en", "ru"]), st.booleans())),
        )
        for place in places
    ]


@dataclass(frozen=True)
class Life:
    """What became of so many answers, made from a seed."""

    seed: int
    answers: int

    def of(self, candidates: Sequence[Candidate]) -> ModelSelector:
        """A selector that has weighed the models in several situations and has seen what became of their answers."""
        chance, seconds = random.Random(self.seed), [0.0]
        selector = ModelSelector(randomness=random.Random(self.seed), monotonic=lambda: seconds[0])
        for _ in range(self.answers):
            seconds[0] += 500.0
            kind, language = chance.choice([None, *MessageKind]), chance.choice(["en", "ru", "und"])
            situation = Situation(chance.choice(list(Task)), kind, language, chance.choice(list(Length)))
            selector.decide(candidates, Wanted(situation))
            selector.learn(
                Outcome(
                    chance.choice(candidates).key,
                    situation,
                    chance.random() < 0.7,
                    chance.choice([None, 0.0, 1.5, 1e6]),
                    chance.choice([None, 0.0, 20.0, 1e6]),
                    chance.choice([None, *Reaction]),
                )
            )
        return selector


LIVES = st.builds(Life, st.integers(0, 1000), st.integers(0, 60))


@given(households(), WANTED, st.dictionaries(st.sampled_from(NAMES), HINDRANCES), st.booleans(), LIVES)
def test_no_constraint_is_ever_violated_and_nobody_is_lost(
    candidates: list[Candidate], wanted: Wanted, hindered: dict[str, Hindrance], ordered: bool, life: Life
):
    selector = life.of(candidates)
    selector.ordered = ordered
    now = {ModelKey("home:1", name): found for name, found in hindered.items()}
    decision = selector.decide(candidates, wanted, now)
    for ranked in decision.order:
        assert hindrance(ranked.candidate, wanted) is None
        assert ranked.candidate.key not in now
    for one in decision.excluded:
        assert one.hindrance in (hindrance(one.candidate, wanted), now.get(one.candidate.key))
        found = [hindrance(one.candidate, wanted), now.get(one.candidate.key)]
        hopeless = [
            each
            for each in found
            if each is not None and (each.bar not in LAST_RESORTS or (wanted.whole and each.bar is Bar.CONTEXT))
        ]
        assert one.last_resort is (not hopeless)
    split = [one.candidate for one in decision.order] + [one.candidate for one in decision.excluded]
    assert sorted(split, key=lambda one: one.place) == sorted(candidates, key=lambda one: one.place)
    asked = [one.key for one in decision.everyone]
    assert len(set(asked)) == len(asked)
    assert decision.first is (decision.everyone[0] if asked else None)


@given(LIVES, households(), WANTED)
def test_no_cloud_ever_stands_before_one_of_ours_that_can_serve_the_message(
    life: Life, candidates: list[Candidate], wanted: Wanted
):
    decision = life.of(candidates).decide(candidates, wanted)
    wished = {wanted.own_choice, wanted.preferred}
    rest = [one.candidate for one in decision.order if one.candidate.key.model not in wished]
    assert [one.local for one in rest] == sorted((one.local for one in rest), reverse=True)
    clouds = [one.place for one in rest if not one.local]
    assert clouds == sorted(clouds), "as configured: nobody is tried out in a cloud"
    if decision.because is Because.TRIED:
        assert decision.order[0].candidate.local


@given(LIVES, households(), WANTED)
def test_the_configuration_is_followed_the_same_way_each_time_whatever_was_learned(
    life: Life, candidates: list[Candidate], wanted: Wanted
):
    selector = life.of(candidates)
    selector.ordered = True
    first, again = selector.decide(candidates, wanted), selector.decide(list(reversed(candidates)), wanted)
    assert first == again
    wish = next((name for name in (wanted.own_choice, wanted.preferred) if name in _names(first)), None)
    places = [one.candidate.place for one in first.order if one.candidate.key.model != wish]
    assert places == sorted(places)


@given(LIVES, households(), WANTED)
def test_what_is_expected_stays_within_bounds(life: Life, candidates: list[Candidate], wanted: Wanted):
    decision = life.of(candidates).decide(candidates, wanted)
    for one in decision.order:
        if one.expected is not None and one.spread is not None:
            assert 0 <= one.expected <= 1
            assert 0 < one.spread < 1
            assert math.isfinite(one.answers)
            assert 0 <= one.answers <= life.answers
    if decision.certainty is not None:
        assert 0 <= decision.certainty <= 1
        assert decision.leader is not None
        assert decision.leader.local


@given(LIVES, households(), SITUATIONS)
def test_what_was_learned_survives_being_kept_as_text(life: Life, candidates: list[Candidate], situation: Situation):
    selector, wanted = life.of(candidates), Wanted(situation)
    kept = json.loads(json.dumps(selector.snapshot()))
    restored, again = (ModelSelector(randomness=random.Random(life.seed), monotonic=lambda: 7.0) for _ in range(2))
    assert restored.restore(kept)
    assert again.restore(kept)
    assert json.loads(json.dumps(restored.snapshot())) == kept
    for _ in range(5):
        assert restored.decide(candidates, wanted) == again.decide(candidates, wanted)
    assert _thought(restored.decide(candidates, wanted)) == _thought(selector.decide(candidates, wanted))


def _thought(decision: Decision) -> dict[ModelKey, tuple[float | None, float | None]]:
    return {one.candidate.key: (one.expected, one.spread) for one in decision.order}


def _names(decision: Decision) -> set[str]:
    return {one.candidate.key.model for one in decision.order}
