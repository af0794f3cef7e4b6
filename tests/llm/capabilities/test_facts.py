"""Which of several values holds, what a failed detection may not take away, and what is sure enough to act upon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.capabilities.facts import (
    GUESSES,
    LEAST_BELIEVED,
    Ability,
    Detection,
    Fact,
    Known,
    ModelKey,
    Source,
    best,
    capabilities_of,
    joined,
    merged,
)
from llm.types import JsonMode, ModelCapabilities
from tests.llm.capabilities.values import NOW, fact

KEY = ModelKey("127.0.0.1:1", "m")

any_facts = st.dictionaries(
    st.sampled_from(Ability),
    st.builds(
        Fact,
        value=st.booleans() | st.integers(0, 9),
        source=st.sampled_from(Source),
        confidence=st.floats(0, 1),
        at=st.just(NOW),
    ),
)


def test_what_was_set_holds_against_everything():
    assert best([fact(1, Source.PROBE, 1.0), fact(2, Source.SETTINGS, 0.1)]) == fact(2, Source.SETTINGS, 0.1)


def test_what_was_seen_is_believed_before_what_the_server_says_and_tables_last():
    server, probe, table = (fact(1, Source.SERVER, 0.9), fact(2, Source.PROBE, 0.95), fact(3, Source.TABLE, 0.7))
    assert best([table, server]) == server
    assert best([table, server, probe]) == probe
    assert best([]) is None


def test_of_two_that_are_as_sure_the_better_source_holds():
    assert best([fact(1, Source.TABLE, 0.5), fact(2, Source.PROBE, 0.5)]) == fact(2, Source.PROBE, 0.5)


def test_what_several_say_is_said_by_the_best_of_them_and_as_sure_as_of_any():
    assert best([fact(1, Source.SERVER, 0.9), fact(1, Source.PROBE, 0.95)]) == fact(1, Source.SERVER, 0.95)
    assert best([fact(1, Source.TABLE, 0.3), fact(1, Source.PROBE, 0.95)]) == fact(1, Source.PROBE, 0.95)


@given(any_facts, any_facts, st.booleans())
def test_a_detection_never_puts_a_guess_in_the_place_of_what_was_known(
    new: dict[Ability, Fact], old: dict[Ability, Fact], same_file: bool
):
    before = Known("a", old, NOW)
    facts = joined(new, before, "a" if same_file else "b")
    assert set(new) <= set(facts)
    for ability, was in old.items():
        if was.source in GUESSES or was.source is Source.SETTINGS:
            continue
        now = facts[ability]
        if now.source in GUESSES:
            assert now.confidence > was.confidence * (1.0 if same_file else 0.5)
        if ability in new and new[ability].source not in GUESSES:
            assert now == new[ability]


def test_what_was_known_of_another_file_is_worth_half():
    before = Known("a", {Ability.VISION: fact(True)}, NOW - timedelta(days=1))
    assert joined({}, before, "a") == {Ability.VISION: fact(True)}
    assert joined({}, before, "b") == {Ability.VISION: replace(fact(True), confidence=0.475)}


def test_only_what_is_sure_enough_is_acted_upon():
    facts = {
        Ability.CONTEXT: fact(4096),
        Ability.JSON: fact("schema"),
        Ability.SYSTEM: fact("ignored", confidence=0.92),
        Ability.VISION: fact(True, confidence=LEAST_BELIEVED - 0.01),
        Ability.THINKING: fact("always"),
        Ability.PREFILL: fact(False),
        Ability.SILENT_CUT: fact(True),
        Ability.INSTRUCTIONS: fact(0.5, confidence=0.1),
    }
    assert capabilities_of(facts) == ModelCapabilities(
        max_context=4096,
        supports_json=True,
        system_role=False,
        vision=None,
        instruction_following=0.5,
        json_mode=JsonMode.SCHEMA,
        thinking_switch=False,
        prefill=False,
        silent_truncation=True,
    )
    assert capabilities_of({}) == ModelCapabilities()
    assert capabilities_of({Ability.JSON: fact("none")}).supports_json is False


def test_what_is_configured_goes_before_what_was_found_out():
    configured = ModelCapabilities(max_context=100, vision=False)
    found = ModelCapabilities(max_context=200, vision=True, system_role=True)
    assert merged(configured, found) == ModelCapabilities(max_context=100, vision=False, system_role=True)


@pytest.mark.parametrize("ability", [Ability.DECODE_SPEED, Ability.INSTRUCTIONS])
def test_what_is_measured_always_differs_a_little_and_counts_as_no_change(ability: Ability):
    before = Known("a", {ability: fact(1.0), Ability.JSON: fact("schema")}, NOW)
    new = {ability: fact(2.0), Ability.JSON: fact("prompt"), Ability.VISION: fact(True)}
    changes = Detection(KEY, "a", new, before).changes
    assert [(one.ability, one.before and one.before.value, one.after and one.after.value) for one in changes] == [
        (Ability.JSON, "schema", "prompt"),
        (Ability.VISION, None, True),
    ]
