"""Which probe comes next: a pure function of what was told and what was seen, so that a cut run goes on as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llm.capabilities import questions as ask
from llm.capabilities.context_plan import context_probes
from llm.capabilities.facts import Ability
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.told import Told
from llm.types import JsonMode


@dataclass(frozen=True, slots=True)
class DetectionLimits:
    """What one detection of one model may take: requests, tokens of all prompts together, seconds for the longest."""

    calls: int = 12
    tokens: int = 20_000
    longest_seconds: float = 60.0


_MAY_BE_CURED = frozenset({ask.WORD, ask.CONFLICT, ask.COUNT})
"""A refusal of these costs one request more."""


def next_probe(told: Told, seen: Sequence[Observation], limits: DetectionLimits) -> str | None:
    """The name of the next probe; None: enough is known, or the limits are reached."""
    made = {one.probe for one in seen}
    calls = sum(one.calls for one in seen)
    for name in _wanted(told, {one.probe: one for one in seen}, limits):
        if name not in made and calls + (2 if name in _MAY_BE_CURED and calls else 1) <= limits.calls:
            return name
    return None


def probes_left(told: Told, seen: Sequence[Observation], limits: DetectionLimits) -> int:
    """About how many are still to come, if all goes well: for a progress bar."""
    made = {one.probe for one in seen}
    left = sum(name not in made for name in _wanted(told, {one.probe: one for one in seen}, limits))
    return min(left, max(0, limits.calls - sum(one.calls for one in seen)))


def silent(seen: dict[str, Observation]) -> bool:
    """Whether the model has not answered anything."""
    first = [seen[name] for name in (ask.WORD, ask.WORD_AGAIN, ask.COUNT) if name in seen]
    return len(first) == 3 and all(one.verdict is Verdict.EMPTY for one in first)


def _wanted(told: Told, seen: dict[str, Observation], limits: DetectionLimits) -> Iterator[str]:
    """The probes in the order of their worth, those included that were made; what they showed adds others."""
    yield ask.WORD
    if ask.WORD in seen and not seen[ask.WORD].passed:
        yield ask.WORD_AGAIN
    yield ask.COUNT
    if silent(seen):
        return
    yield from _system(told, seen)
    yield from _json(told, seen)
    yield from context_probes(told, seen, tokens=limits.tokens, longest_seconds=limits.longest_seconds)
    yield ask.RUSSIAN
    yield ask.LIST
    if ask.RUSSIAN in seen and not seen[ask.RUSSIAN].passed:
        yield ask.RUSSIAN_AGAIN
    if not told.sure(Ability.TOOLS):
        yield ask.TOOLS
    if not told.sure(Ability.VISION):
        yield ask.VISION
    if told.continues:
        yield ask.PREFILL


def _system(told: Told, seen: dict[str, Observation]) -> Iterator[str]:
    yield ask.CONFLICT
    conflict = seen.get(ask.CONFLICT)
    if conflict is None or conflict.passed or conflict.flag("folded"):
        return
    yield ask.CODE_IN_SYSTEM
    code = seen.get(ask.CODE_IN_SYSTEM)
    if code is not None and not code.passed and not code.flag("folded"):
        yield ask.CONTROL


def _json(told: Told, seen: dict[str, Observation]) -> Iterator[str]:
    if any(fact.confidence == 1.0 for fact in told.facts.get(Ability.JSON, ())):
        return
    for mode in told.json_modes:
        name = ask.JSON[mode]
        yield name
        one = seen.get(name)
        if one is None or one.passed:
            return
    if JsonMode.PROMPT in told.json_modes:
        yield ask.JSON_AGAIN
