"""How much a model really reads, and whether its server cuts in silence: by codes that were found again or lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from llm.capabilities.context_plan import WITHIN, characters_per_token, counts, was_cut, was_read
from llm.capabilities.facts import Ability, Fact, Source
from llm.capabilities.instructions import flawless
from llm.capabilities.needles import Depth, Size, size_of, turn_tokens
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.questions import SHORT_ANSWER
from llm.capabilities.told import Told
from llm.context import DEFAULT_CONTEXT

SAID = 0.95
"""The server says its limit, or was seen to cut."""
BRACKETED = 0.92
"""More than the server's word, which it may contradict."""
AT_LEAST = 0.7
"""So much is read; how much more nobody knows."""
EITHER = 0.5
"""The model has forgotten something, or its server has left it out: not acted upon."""
TOO_LITTLE = 0.5
"""So much is read, which is less than what is assumed where nothing is known: shown, and not acted upon."""
USUAL = (tuple(2**power for power in range(9, 18)), tuple(3 * 2**power for power in range(9, 16)))
"""Contexts that people set, the most usual first."""
_NEARLY = 0.85
_MOST_TURNS = 2


def context_facts(told: Told, seen: Mapping[str, Observation], now: datetime) -> Iterator[tuple[Ability, Fact]]:
    """What the conversations of different lengths have shown, if anything."""
    probes = sorted(
        ((size, one) for name, one in seen.items() if (size := size_of(name)) is not None),
        key=lambda pair: pair[0].tokens,
    )
    if not probes:
        return
    short = probes[0][1]
    by_server = _by_server(probes, flawless(seen))
    context = _context(told, probes, short, BRACKETED if by_server else EITHER, now)
    if context is not None:
        yield Ability.CONTEXT, context
    silent = _silent(probes, short)
    if silent is not None:
        sure = SAID if by_server or not silent else EITHER
        yield Ability.SILENT_CUT, Fact(silent, Source.PROBE, sure, now)


def _context(
    told: Told, probes: list[tuple[Size, Observation]], short: Observation, bracket_sure: float, now: datetime
) -> Fact | None:
    said = [number for _, one in probes if (number := one.number("told_context")) is not None]
    if said:
        return Fact(int(min(said)), Source.PROBE, SAID, now)
    for size, one in probes:
        if was_cut(one, short):
            return _of_cut(size, one, now)
    read = [_tokens(size, one, short) for size, one in probes if one.passed and size.depth is not Depth.LATE]
    lost = [_tokens(size, one, short) for size, one in probes if _is_too_long(size, one, probes)]
    least = max(read, default=0)
    if lost and least:
        most = min(lost)
        return Fact(_usual(least, most), Source.PROBE, bracket_sure, now, least, most)
    if not least or lost:
        return None
    if told.context is not None:
        # It was tried with nearly as much as the server tells, or with more than it tells.
        confirmed = least >= _NEARLY * WITHIN * told.context
        return Fact(told.context, Source.PROBE, SAID, now, least, None) if confirmed else None
    return Fact(least, Source.PROBE, AT_LEAST if least >= DEFAULT_CONTEXT else TOO_LITTLE, now, least, None)


def _of_cut(size: Size, one: Observation, now: datetime) -> Fact:
    """A server that leaves out whole turns keeps at most two less than would fit, beside the room for the answer."""
    counted = int(one.number("prompt_tokens") or 0)
    most = counted + _MOST_TURNS * turn_tokens(size) + SHORT_ANSWER
    return Fact(_usual(counted, most), Source.PROBE, SAID, now, counted, most)


def _silent(probes: list[tuple[Size, Observation]], short: Observation) -> bool | None:
    for size, one in probes:
        if was_cut(one, short) or (one.verdict is Verdict.FAILED and _is_too_long(size, one, probes)):
            return True
    return False if any(one.verdict is Verdict.OVERFLOW for _, one in probes) else None


def _by_server(probes: list[tuple[Size, Observation]], no_accident: bool) -> bool:
    """Whether it is the server that has left something out, or refused it, and not the model that has forgotten it.

    Models forget what stands in the middle, those that do not do all that they are told also what stands elsewhere,
    and any of them what was counted.
    """
    short = probes[0][1]
    for size, one in probes:
        forgotten = one.verdict is Verdict.FAILED and not (no_accident and size.depth is Depth.START)
        if was_cut(one, short) or (_is_too_long(size, one, probes) and not forgotten and not was_read(one, short)):
            return True
    return False


def _is_too_long(size: Size, one: Observation, probes: list[tuple[Size, Observation]]) -> bool:
    """Whether a conversation was refused, or its beginning lost while its end was read."""
    if one.verdict in {Verdict.OVERFLOW, Verdict.EMPTY}:
        return True
    if one.verdict is not Verdict.FAILED or one is probes[0][1]:
        return False
    if size.depth is Depth.START:
        return any(other.passed and other_size.depth is Depth.LATE for other_size, other in probes)
    # The code was found in the middle of a short conversation, and not in that of one whose beginning was read.
    return size.depth is Depth.MIDDLE and probes[0][1].passed


def _tokens(size: Size, one: Observation, short: Observation) -> int:
    """How long a conversation was: as the server counts, else by the count of the shortest."""
    counted = one.number("told_tokens") or (one.number("prompt_tokens") if counts(short) else None)
    return int(counted or size.characters / characters_per_token(short))


def _usual(least: int, most: int) -> int:
    """The only usual context within these bounds; else what is known to be read."""
    for several in USUAL:
        within = [one for one in several if least <= one <= most]
        if within:
            return within[0] if len(within) == 1 else least
    return least
