"""How well a model does as it is told: the share of its tasks that it did, and how far that may be from the truth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime

from llm.capabilities import questions as ask
from llm.capabilities.facts import Ability, Fact, Source
from llm.capabilities.observation import Observation, Verdict
from llm.types import JsonMode

_Z = 1.96
"""Of a normal distribution so many standard deviations on both sides hold 95 of 100 cases."""
_ANSWERED = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.EMPTY})
_ALWAYS = (ask.WORD, ask.WORD_AGAIN, ask.COUNT, ask.LIST, ask.JSON[JsonMode.PROMPT], ask.JSON_AGAIN)
_SIMPLE = (ask.WORD, ask.WORD_AGAIN, ask.COUNT)
_LEAST = 2


def tasks_done(seen: Mapping[str, Observation]) -> tuple[bool, ...]:
    """Which tasks were done and which were not; what could not reach the model is no task."""
    done = [seen[name].passed for name in _ALWAYS if name in seen and seen[name].verdict in _ANSWERED]
    conflict, code = seen.get(ask.CONFLICT), seen.get(ask.CODE_IN_SYSTEM)
    if conflict is not None and (conflict.passed or (code is not None and code.passed)):
        done.append(conflict.passed)
    done += [one.flag("reckoned") for one in seen.values() if "reckoned" in one.seen]
    return tuple(done)


def instruction_fact(seen: Mapping[str, Observation], now: datetime) -> Iterator[tuple[Ability, Fact]]:
    """The share with its interval; as sure as the interval is narrow."""
    done = tasks_done(seen)
    if len(done) < _LEAST:
        return
    low, high = wilson(sum(done), len(done))
    share = round(sum(done) / len(done), 3)
    yield Ability.INSTRUCTIONS, Fact(share, Source.PROBE, round(1 - (high - low), 3), now, low, high)


def is_reliable(seen: Mapping[str, Observation]) -> bool:
    """Whether it does the simplest things each time, so that what it does not do is no accident."""
    simple = [seen[name] for name in _SIMPLE if name in seen]
    return bool(simple) and all(one.passed for one in simple)


def followed(seen: Mapping[str, Observation]) -> bool:
    """Whether it does most of what it is told."""
    done = tasks_done(seen)
    return bool(done) and sum(done) * 2 > len(done)


def flawless(seen: Mapping[str, Observation]) -> bool:
    """Whether it does all that it is told, so that one thing that it does not do is hardly an accident."""
    done = tasks_done(seen)
    return bool(done) and all(done)


def wilson(done: int, of: int) -> tuple[float, float]:
    """The interval in which a share lies in 95 of 100 cases (Wilson's, which holds for few trials as well)."""
    if not of:
        return 0.0, 1.0
    share, square = done / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)
