"""What the detector has found out, as constraints and expectations of a candidate."""

from __future__ import annotations

import pytest

from llm.capabilities.facts import Ability, Fact, ModelKey, Source
from llm.selection.candidates import PLACE_WORTH, candidate_of, prior_of
from llm.selection.values import LONG_TOKENS, MEDIUM_TOKENS, Length
from llm.types import ModelCapabilities
from tests.llm.capabilities.values import NOW, fact

KEY = ModelKey("home:1", "m")


def score(value: float, low: float, high: float) -> Fact:
    return Fact(value, Source.PROBE, 0.7, NOW, low, high)


def test_what_is_sure_becomes_a_constraint_and_what_is_not_does_not():
    facts = {
        Ability.TOOLS: fact(False),
        Ability.RUSSIAN: fact(False, confidence=0.92),
        Ability.ENGLISH: fact(False, confidence=0.5),
    }
    can = ModelCapabilities(vision=True)
    found = candidate_of(KEY, setting="LLM_", place=2, local=True, context=4096, capabilities=can, facts=facts)
    assert (found.key, found.setting, found.place, found.local) == (KEY, "LLM_", 2, True)
    assert (found.context, found.capabilities, found.tools) == (4096, can, False)
    assert found.languages == {"ru": False}


def test_nothing_is_known_of_a_model_that_was_not_looked_at():
    found = candidate_of(KEY, setting="", place=0, local=True, context=None, capabilities=ModelCapabilities(), facts={})
    assert (found.tools, found.languages) == (None, {})
    assert set(found.prior.pace.values()) == {0.5}


def test_who_follows_instructions_is_expected_to_answer_well():
    bad, good = (prior_of({Ability.INSTRUCTIONS: score(share, share, share)}, 0) for share in (0.0, 1.0))
    unknown = prior_of({}, 0)
    assert 0 < bad.quality < unknown.quality < good.quality < 1
    assert bad.quality_spread < unknown.quality_spread


def test_a_score_of_a_few_tasks_is_trusted_less():
    many, few = (prior_of({Ability.INSTRUCTIONS: score(0.5, *ends)}, 0) for ends in ((0.45, 0.55), (0.1, 0.9)))
    assert many.quality_spread < few.quality_spread
    without = prior_of({Ability.INSTRUCTIONS: fact(0.5)}, 0)
    assert without.quality_spread == prior_of({}, 0).quality_spread


def test_who_is_configured_first_is_thought_more_of():
    qualities = [prior_of({}, place).quality for place in range(7)]
    assert qualities[0] - qualities[1] == pytest.approx(PLACE_WORTH)
    assert qualities == sorted(qualities, reverse=True)
    assert qualities[4] == qualities[6], "and not without end"


def test_measured_speeds_say_how_long_people_will_wait():
    slow = {Ability.PREFILL_SPEED: fact(100.0), Ability.DECODE_SPEED: fact(4.0)}
    fast = {Ability.PREFILL_SPEED: fact(5000.0), Ability.DECODE_SPEED: fact(60.0)}
    of_slow, of_fast = prior_of(slow, 0), prior_of(fast, 0)
    assert of_slow.pace[Length.SHORT] > of_slow.pace[Length.MEDIUM] > of_slow.pace[Length.LONG]
    for length in Length:
        assert of_fast.pace[length] > of_slow.pace[length]
    assert of_fast.pace_spread < prior_of({}, 0).pace_spread
    assert prior_of({Ability.DECODE_SPEED: fact(0.0)}, 0) == prior_of({}, 0), "no speed was measured"


def test_lengths_of_prompts():
    ends = (0, MEDIUM_TOKENS - 1, MEDIUM_TOKENS, LONG_TOKENS - 1, LONG_TOKENS)
    expected = [Length.SHORT, Length.SHORT, Length.MEDIUM, Length.MEDIUM, Length.LONG]
    assert [Length.of(tokens) for tokens in ends] == expected
