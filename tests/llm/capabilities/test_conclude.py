"""What follows from what was seen; every value with how sure it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.capabilities import questions as ask
from llm.capabilities.conclude import conclude
from llm.capabilities.facts import LEAST_BELIEVED, Ability, Source
from llm.capabilities.instructions import wilson
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.told import TABLE_SURE, Told
from llm.servers.kinds import ServerKind
from llm.types import JsonMode
from tests.llm.capabilities.values import NOW, seen, told, values

FAILED, REFUSED, EMPTY, OVERFLOW = Verdict.FAILED, Verdict.REFUSED, Verdict.EMPTY, Verdict.OVERFLOW
BASIC = (seen(ask.WORD, characters=4, latin=1.0, thought=False), seen(ask.COUNT, characters=20, deltas=9, stopped=True))


def value(ability: Ability, *made: Observation, known: Told | None = None) -> object:
    """The value that is concluded."""
    found = conclude(known or told(), [*BASIC, *made], NOW).get(ability)
    return None if found is None else found.value


def sure(ability: Ability, *made: Observation, known: Told | None = None) -> float:
    """How sure it is."""
    return conclude(known or told(), [*BASIC, *made], NOW)[ability].confidence


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ((seen(ask.CONFLICT),), "honoured"),
        ((seen(ask.CONFLICT, FAILED), seen(ask.CODE_IN_SYSTEM)), "honoured"),
        ((seen(ask.CONFLICT, FAILED), seen(ask.CODE_IN_SYSTEM, FAILED), seen(ask.CONTROL)), "ignored"),
        ((seen(ask.CONFLICT, calls=2, folded=True),), "refused"),
        ((seen(ask.CONFLICT, REFUSED),), "refused"),
        ((seen(ask.CONFLICT, FAILED), seen(ask.CODE_IN_SYSTEM, FAILED), seen(ask.CONTROL, FAILED)), None),
    ],
)
def test_what_becomes_of_a_system_text(made: tuple[Observation, ...], expected: str | None) -> None:
    assert value(Ability.SYSTEM, *made) == expected


def test_a_template_that_takes_a_system_text_is_not_believed_when_the_model_does_not_hear_it() -> None:
    made = (seen(ask.CONFLICT, FAILED), seen(ask.CODE_IN_SYSTEM, FAILED), seen(ask.CONTROL))
    assert value(Ability.SYSTEM, *made, known=told(system_role=True)) == "ignored"


def _json(*verdicts: Verdict) -> list[Observation]:
    names = (ask.JSON[JsonMode.SCHEMA], ask.JSON[JsonMode.OBJECT], ask.JSON[JsonMode.PROMPT], ask.JSON_AGAIN)
    return [seen(name, verdict) for name, verdict in zip(names, verdicts, strict=False)]


@pytest.mark.parametrize(
    ("made", "expected", "acted_upon"),
    [
        (_json(Verdict.PASSED), "schema", True),
        (_json(FAILED, Verdict.PASSED), "object", True),
        (_json(FAILED, FAILED, Verdict.PASSED), "prompt", True),
        (_json(FAILED, FAILED, FAILED, Verdict.PASSED), "prompt", False),
        (_json(FAILED, FAILED, FAILED, FAILED), "none", True),
    ],
)
def test_the_surest_way_to_json_that_held(made: list[Observation], expected: str, acted_upon: bool) -> None:
    known = told(ServerKind.GENERIC)
    assert value(Ability.JSON, *made, known=known) == expected
    assert (sure(Ability.JSON, *made, known=known) >= LEAST_BELIEVED) is acted_upon


@pytest.mark.parametrize("verdict", [FAILED, REFUSED])
def test_what_is_usual_for_a_kind_of_server_does_not_hold_against_what_was_tried(verdict: Verdict) -> None:
    unreliable = (seen(ask.WORD, FAILED), *_json(verdict, FAILED, FAILED, FAILED))
    found = conclude(told(ServerKind.VLLM), [*unreliable, seen(ask.COUNT)], NOW)
    assert found[Ability.JSON].confidence < LEAST_BELIEVED
    broken = conclude(told(ServerKind.VLLM), [*BASIC, *_json(Verdict.BROKEN)], NOW)
    assert (broken[Ability.JSON].value, broken[Ability.JSON].source) == ("schema", Source.TABLE)


def _needle(tokens: int, depth: str, verdict: Verdict = Verdict.PASSED, **measured: float | str | bool) -> Observation:
    return Observation(f"context_{tokens}_{tokens * 4}_{depth}", verdict, 1, measured)


SHORT = _needle(600, "middle", prompt_tokens=624)


def test_the_limit_that_a_server_names_when_it_is_exceeded_holds_against_its_metadata() -> None:
    over = _needle(9000, "start", OVERFLOW, told_context=2048, told_tokens=9024)
    found = conclude(told(context=8192), [*BASIC, SHORT, over], NOW)
    assert (found[Ability.CONTEXT].value, found[Ability.CONTEXT].source) == (2048, Source.PROBE)
    assert found[Ability.SILENT_CUT].value is False


def test_a_limit_that_metadata_and_server_agree_on_is_the_servers_word_and_surer() -> None:
    over = _needle(9000, "start", OVERFLOW, told_context=8192)
    found = conclude(told(context=8192), [*BASIC, SHORT, over], NOW)[Ability.CONTEXT]
    assert (found.value, found.source, found.confidence) == (8192, Source.SERVER, 0.95)


def test_a_prompt_that_was_cut_shows_in_the_count_of_its_tokens() -> None:
    cut = _needle(29_000, "start", FAILED, prompt_tokens=2060)
    found = conclude(told(ServerKind.OLLAMA, 32768), [*BASIC, SHORT, cut], NOW)
    assert found[Ability.SILENT_CUT].value is True
    assert found[Ability.CONTEXT].low == 2060
    assert 2060 <= int(found[Ability.CONTEXT].value) <= 2060 + 2 * 29_000 // 16 + 48


def test_a_server_that_counts_any_number_is_not_believed_to_cut() -> None:
    made = (_needle(600, "middle", prompt_tokens=7), _needle(7372, "start", prompt_tokens=7))
    found = conclude(told(ServerKind.GENERIC, None), [*BASIC, *made], NOW)
    assert found[Ability.CONTEXT].value == 7372
    assert Ability.SILENT_CUT not in found


def test_without_counts_the_limit_lies_between_what_was_read_and_what_was_lost() -> None:
    made = (
        _needle(600, "middle"),
        _needle(9000, "start", FAILED),
        _needle(9000, "late"),
        _needle(3686, "start"),
        _needle(7372, "start", FAILED),
    )
    found = conclude(told(ServerKind.GENERIC, None), [*BASIC, *made], NOW)
    context = found[Ability.CONTEXT]
    assert (context.low, context.high) == (3686, 7372)
    assert context.value == 4096
    assert found[Ability.SILENT_CUT].value is True


def test_a_limit_that_was_met_holds_against_a_server_that_tells_another() -> None:
    made = (
        _needle(600, "middle"),
        _needle(7372, "start", FAILED),
        _needle(7372, "late"),
        _needle(1843, "start"),
    )
    context = conclude(told(ServerKind.KOBOLDCPP, 8192), [*BASIC, *made], NOW)[Ability.CONTEXT]
    assert (context.value, context.source) == (1843, Source.PROBE)


def test_that_little_was_read_where_more_was_not_tried_is_no_reason_to_send_less() -> None:
    found = conclude(told(ServerKind.GENERIC, None), [*BASIC, SHORT], NOW)[Ability.CONTEXT]
    assert (found.value, found.high) == (624, None)
    assert found.confidence < LEAST_BELIEVED


def test_a_model_that_forgets_is_not_a_server_that_cuts() -> None:
    made = (
        SHORT,
        _needle(7372, "start", FAILED, prompt_tokens=7396),
        _needle(7372, "late", FAILED, prompt_tokens=7396),
    )
    found = conclude(told(context=8192), [*BASIC, *made], NOW)
    assert (found[Ability.CONTEXT].value, found[Ability.CONTEXT].source) == (8192, Source.SERVER)
    assert found[Ability.SILENT_CUT].source is Source.TABLE


def test_what_is_lost_of_a_prompt_that_was_counted_whole_may_have_been_forgotten() -> None:
    made = (
        SHORT,
        _needle(6000, "start", FAILED, prompt_tokens=6010),
        _needle(6000, "late", prompt_tokens=6010),
        _needle(1843, "start", prompt_tokens=1850),
    )
    found = conclude(told(ServerKind.GENERIC, None), [*BASIC, *made], NOW)
    assert found[Ability.CONTEXT].confidence < LEAST_BELIEVED
    assert found[Ability.SILENT_CUT].confidence < LEAST_BELIEVED
    known = conclude(told(ServerKind.OLLAMA, 6600), [*BASIC, *made], NOW)
    assert (known[Ability.CONTEXT].value, known[Ability.CONTEXT].source) == (6600, Source.SERVER)
    assert known[Ability.SILENT_CUT].confidence == TABLE_SURE


def test_what_an_unreliable_model_does_not_find_or_any_in_the_middle_may_have_been_forgotten() -> None:
    lost = (_needle(600, "middle"), _needle(6000, "start", FAILED), _needle(6000, "late"), _needle(1843, "start"))
    middle = (_needle(600, "middle"), _needle(6000, "start"), _needle(6000, "middle", FAILED))
    for made, sure_of_it in ((lost, True), ((*lost, seen(ask.LIST, FAILED)), False), (middle, False)):
        found = conclude(told(ServerKind.GENERIC, None), [*BASIC, *made], NOW)
        for ability in (Ability.CONTEXT, Ability.SILENT_CUT):
            assert (found[ability].confidence >= LEAST_BELIEVED) is sure_of_it


def test_what_was_read_where_nobody_tells_a_limit_is_known_to_be_read_and_no_more() -> None:
    found = conclude(told(ServerKind.GENERIC, None), [*BASIC, _needle(9000, "start", prompt_tokens=9024)], NOW)
    context = found[Ability.CONTEXT]
    assert (context.value, context.low, context.high) == (9024, 9024, None)


@pytest.mark.parametrize(
    ("first", "later", "reasons", "expected"),
    [
        (False, False, False, "none"),
        (False, False, True, "optional"),
        (True, False, True, "optional"),
        (True, True, False, "always"),
    ],
)
def test_whether_it_reasons_by_itself_and_when_it_is_told_not_to(
    first: bool, later: bool, reasons: bool, expected: str
) -> None:
    made = [seen(ask.WORD, thought=first), seen(ask.COUNT, thought=later), seen(ask.LIST, thought=later)]
    assert values(conclude(told(thinking=reasons or None), made, NOW))[Ability.THINKING] == expected


def test_languages_are_those_in_which_it_answers() -> None:
    assert value(Ability.RUSSIAN, seen(ask.RUSSIAN)) is True
    assert value(Ability.RUSSIAN, seen(ask.RUSSIAN, FAILED), seen(ask.RUSSIAN_AGAIN, FAILED)) is False
    assert sure(Ability.RUSSIAN, seen(ask.RUSSIAN, FAILED), seen(ask.RUSSIAN_AGAIN)) < LEAST_BELIEVED
    assert value(Ability.ENGLISH, seen(ask.LIST, characters=30, latin=0.9)) is True


def test_what_is_refused_or_not_done_is_not_there() -> None:
    assert value(Ability.VISION, seen(ask.VISION, REFUSED)) is False
    assert value(Ability.VISION, seen(ask.VISION)) is True
    assert value(Ability.TOOLS, seen(ask.TOOLS, FAILED)) is False
    assert value(Ability.TOOLS, seen(ask.TOOLS, Verdict.BROKEN)) is None
    assert value(Ability.PREFILL, seen(ask.PREFILL, FAILED)) is False


def test_what_an_unreliable_model_does_not_do_may_be_an_accident() -> None:
    failed = [seen(name, FAILED) for name in (ask.CONFLICT, ask.CODE_IN_SYSTEM, ask.TOOLS, ask.VISION, ask.PREFILL)]
    made = (*failed, seen(ask.CONTROL))
    for ability in (Ability.SYSTEM, Ability.TOOLS, Ability.VISION, Ability.PREFILL):
        assert sure(ability, *made) >= LEAST_BELIEVED
    missed = (*made, seen(ask.LIST, FAILED))
    assert sure(Ability.SYSTEM, *missed) >= LEAST_BELIEVED, "twice is no accident in one that mostly does as it is told"
    assert sure(Ability.TOOLS, *missed) < LEAST_BELIEVED
    assert sure(Ability.VISION, *missed) < LEAST_BELIEVED
    hardly = (*missed, seen(ask.WORD, FAILED), seen(ask.WORD_AGAIN, FAILED))
    assert sure(Ability.SYSTEM, *hardly, known=told(name="unheard-of")) < LEAST_BELIEVED
    assert sure(Ability.PREFILL, *hardly) >= LEAST_BELIEVED, "to go on with a text takes no obedience"


def test_nothing_is_concluded_of_a_model_that_answers_nothing() -> None:
    made = [seen(name, EMPTY) for name in (ask.WORD, ask.WORD_AGAIN, ask.COUNT)]
    assert not [one for one in conclude(told(), made, NOW).values() if one.source is Source.PROBE]


def test_speeds_are_those_of_the_servers_clock_where_it_has_one() -> None:
    fast = seen(ask.LIST, completion_tokens=20, decode_seconds=2.0, ttft=1.0, elapsed=6.0, deltas=20)
    by_clock = seen(ask.LIST, completion_tokens=21, ttft=1.0, elapsed=6.0, deltas=20)
    assert value(Ability.DECODE_SPEED, fast) == 10.0
    assert value(Ability.DECODE_SPEED, by_clock) == 4.0
    assert value(Ability.DECODE_SPEED, seen(ask.LIST, completion_tokens=21, ttft=1.0, elapsed=1.1, deltas=1)) is None
    assert value(Ability.PREFILL_SPEED, _needle(600, "middle", prefill_tokens=600, prefill_seconds=2.0)) == 300.0


def test_who_does_not_tell_what_was_cached_has_read_all_of_what_it_had_never_seen() -> None:
    new = _needle(600, "middle", prompt_tokens=600, prefill_seconds=2.0, load_seconds=0.012, ttft=2.1)
    assert value(Ability.PREFILL_SPEED, new) == 300.0
    assert value(Ability.PREFILL_SPEED, replace(new, probe=ask.LIST)) is None


def test_loading_is_told_from_reading() -> None:
    made = [seen(ask.WORD, ttft=12.0), seen(ask.COUNT, ttft=0.5), seen(ask.LIST, ttft=0.5)]
    assert values(conclude(told(ServerKind.OLLAMA, loaded=False), made, NOW))[Ability.LOAD_SECONDS] == 11.5
    assert Ability.LOAD_SECONDS not in conclude(told(ServerKind.OLLAMA, loaded=True), made, NOW)
    loaded = [seen(ask.WORD, ttft=12.0, load_seconds=11.0), seen(ask.COUNT, ttft=0.5)]
    assert values(conclude(told(ServerKind.OLLAMA), loaded, NOW))[Ability.LOAD_SECONDS] == 11.0


@given(done=st.integers(0, 60), more=st.integers(0, 60))
def test_the_interval_holds_the_share_and_narrows_with_the_number_of_tasks(done: int, more: int) -> None:
    of = done + more
    low, high = wilson(done, of)
    assert 0.0 <= low <= high <= 1.0
    if of:
        assert low - 1e-3 <= done / of <= high + 1e-3
        wide, narrow = high - low, wilson(4 * done, 4 * of)
        assert narrow[1] - narrow[0] <= wide + 1e-3


@given(st.lists(st.tuples(st.sampled_from([ask.WORD, ask.COUNT, ask.LIST, ask.CONFLICT]), st.sampled_from(Verdict))))
def test_whatever_was_seen_each_value_is_of_its_kind_and_each_confidence_a_share(
    made: list[tuple[str, Verdict]],
) -> None:
    for found in conclude(told(), [seen(name, verdict) for name, verdict in made], NOW).values():
        assert 0.0 <= found.confidence <= 1.0
        assert found.value is not None
