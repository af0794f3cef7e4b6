"""Draws conclusions: from what is known without asking and what the probes have shown to one value for each ability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from llm.capabilities import questions as ask
from llm.capabilities.conclude_context import context_facts
from llm.capabilities.conclude_speed import speed_facts
from llm.capabilities.facts import (
    GUESSES,
    NO_JSON,
    Ability,
    Fact,
    FactValue,
    Source,
    SystemMessages,
    Thinking,
    best,
)
from llm.capabilities.instructions import flawless, followed, instruction_fact, is_reliable
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.plan import silent
from llm.capabilities.told import Told
from llm.types import JsonMode

SURE = 0.95
"""What was seen happen, and is hard to come about by luck. More than a server's word, which it may contradict."""
FAIRLY_SURE = 0.92
"""What was not seen to happen although it should have, in a model that does as it is told otherwise."""
LIKELY = 0.8
UNSURE = 0.5
"""Shown, and not acted upon."""
_MOSTLY = 0.6
_SEVERAL_TOKENS = 6
_FEW_LETTERS = 4

_Concluded = Iterator[tuple[Ability, FactValue, float]]
_Seen = dict[str, Observation]


def conclude(told: Told, observations: Sequence[Observation], now: datetime) -> dict[Ability, Fact]:
    """The value that holds for each ability of which anything is known. Pure."""
    seen = {one.probe: one for one in observations}
    candidates = {ability: list(facts) for ability, facts in told.facts.items()}
    candidates[Ability.JSON] = [fact for fact in candidates.get(Ability.JSON, ()) if not _refuted(fact, seen)]
    if seen and not silent(seen):
        concluded = (*_system(seen), *_json(seen), *_languages(seen), *_thinking(told, seen), *_others(seen))
        for ability, value, confidence in concluded:
            candidates.setdefault(ability, []).append(Fact(value, Source.PROBE, confidence, now))
        for ability, fact in (
            *context_facts(told, seen, now),
            *speed_facts(told, observations, now),
            *instruction_fact(seen, now),
        ):
            candidates.setdefault(ability, []).append(fact)
    found = ((ability, best(candidates.get(ability, ()))) for ability in Ability)
    return {ability: fact for ability, fact in found if fact is not None}


def _system(seen: _Seen) -> _Concluded:
    conflict, code, control = (seen.get(name) for name in (ask.CONFLICT, ask.CODE_IN_SYSTEM, ask.CONTROL))
    made = [one for one in (conflict, code) if one is not None]
    if any(one.flag("folded") or one.verdict is Verdict.REFUSED for one in made):
        yield Ability.SYSTEM, SystemMessages.REFUSED.value, SURE
    elif any(one.passed for one in made):
        yield Ability.SYSTEM, SystemMessages.HONOURED.value, SURE
    elif control is not None and control.passed:
        # Twice it may have been chance in one that does half of what it is told, or less.
        yield Ability.SYSTEM, SystemMessages.IGNORED.value, FAIRLY_SURE if followed(seen) else UNSURE


def _json(seen: _Seen) -> _Concluded:
    for mode, name in ask.JSON.items():
        one = seen.get(name)
        if one is None or not one.passed:
            continue
        if mode is not JsonMode.PROMPT:
            yield Ability.JSON, mode.value, SURE
            return
    first, again = seen.get(ask.JSON[JsonMode.PROMPT]), seen.get(ask.JSON_AGAIN)
    if first is None:
        return
    passed = [one.passed for one in (first, again) if one is not None]
    if all(passed):
        yield Ability.JSON, JsonMode.PROMPT.value, FAIRLY_SURE if len(passed) > 1 else LIKELY
    elif any(passed):
        yield Ability.JSON, JsonMode.PROMPT.value, UNSURE
    elif len(passed) > 1:
        yield Ability.JSON, NO_JSON, LIKELY if is_reliable(seen) else UNSURE


def _refuted(fact: Fact, seen: _Seen) -> bool:
    """Whether a guess of how JSON is held was tried, and did not hold."""
    if fact.source not in GUESSES or fact.value not in set(JsonMode):
        return False
    one = seen.get(ask.JSON[JsonMode(str(fact.value))])
    return one is not None and one.verdict in {Verdict.FAILED, Verdict.REFUSED}


def _languages(seen: _Seen) -> _Concluded:
    """Whether it answers in the language in which it is spoken to."""
    english = [
        one.number("latin") or 0.0
        for name in (ask.LIST, ask.WORD, ask.WORD_AGAIN)
        if (one := seen.get(name)) is not None and (one.number("characters") or 0) >= _FEW_LETTERS
    ]
    if english:
        share = sum(share >= _MOSTLY for share in english) / len(english)
        yield Ability.ENGLISH, share > UNSURE, SURE if share in {0.0, 1.0} else UNSURE
    russian = [one for name in (ask.RUSSIAN, ask.RUSSIAN_AGAIN) if (one := seen.get(name)) is not None]
    if russian and any(one.passed for one in russian):
        yield Ability.RUSSIAN, True, FAIRLY_SURE if russian[0].passed else UNSURE
    elif len(russian) > 1 and any(one.verdict is Verdict.FAILED for one in russian):
        yield Ability.RUSSIAN, False, FAIRLY_SURE


def _thinking(told: Told, seen: _Seen) -> _Concluded:
    first = seen.get(ask.WORD)
    later = [one for one in seen.values() if one.probe != ask.WORD and "thought" in one.seen]
    if any(one.flag("thought") for one in later):
        yield Ability.THINKING, Thinking.ALWAYS.value, SURE
    elif first is not None and first.flag("thought") and later:
        yield Ability.THINKING, Thinking.OPTIONAL.value, SURE
    elif first is not None and first.verdict in {Verdict.PASSED, Verdict.FAILED} and not first.flag("thought"):
        yield (
            Ability.THINKING,
            (Thinking.OPTIONAL if told.reasons else Thinking.NONE).value,
            LIKELY if told.reasons else SURE,
        )


def _others(seen: _Seen) -> _Concluded:
    no_accident = flawless(seen)
    yield from _yes_or_no(seen, ask.VISION, Ability.VISION, failed=FAIRLY_SURE if no_accident else UNSURE)
    # Whoever can call a function may still choose to answer.
    yield from _yes_or_no(seen, ask.TOOLS, Ability.TOOLS, failed=LIKELY if no_accident else UNSURE)
    # To go on with a text takes no obedience.
    yield from _yes_or_no(seen, ask.PREFILL, Ability.PREFILL, failed=FAIRLY_SURE)
    count = seen.get(ask.COUNT)
    if count is not None and "stopped" in count.seen:
        yield Ability.STOP, count.flag("stopped"), SURE
    elif count is not None and "stop" in str(count.seen.get("without", "")).split(","):
        yield Ability.STOP, False, SURE
    long_ones = [one for one in seen.values() if (one.number("characters") or 0) >= 2 * _SEVERAL_TOKENS]
    if any((one.number("deltas") or 0) > 1 for one in long_ones):
        yield Ability.STREAMING, True, SURE
    elif long_ones:
        yield Ability.STREAMING, False, FAIRLY_SURE


def _yes_or_no(seen: _Seen, name: str, ability: Ability, *, failed: float) -> _Concluded:
    one = seen.get(name)
    if one is None or one.verdict in {Verdict.BROKEN, Verdict.EMPTY, Verdict.OVERFLOW}:
        return
    if one.passed:
        yield ability, True, SURE
    elif one.verdict is Verdict.REFUSED:
        yield ability, False, SURE
    else:
        yield ability, False, failed
