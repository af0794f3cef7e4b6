"""How fast a model reads and writes, and how long it takes to be loaded: by its server's own clock, else by ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from llm.capabilities.facts import Ability, Fact, Source
from llm.capabilities.needles import size_of
from llm.capabilities.observation import Observation
from llm.capabilities.told import Told

_BY_SERVER = 0.95
_BY_CLOCK = 0.8
_LEAST_PROMPT = 200
"""Reading fewer tokens takes no time that can be told from the rest."""
_LEAST_ANSWER = 6
_LEAST_SECONDS = 1e-4
_A_LOAD = 0.5
"""Seconds; what takes less was in memory."""


def speed_facts(told: Told, observations: Sequence[Observation], now: datetime) -> Iterator[tuple[Ability, Fact]]:
    """What can be said of speeds by the probes that were made."""
    for ability, by_server, by_clock in (
        (Ability.PREFILL_SPEED, _prefill_by_server, _prefill_by_clock),
        (Ability.DECODE_SPEED, _decode_by_server, _decode_by_clock),
    ):
        rates, sure = [rate for one in observations if (rate := by_server(one))], _BY_SERVER
        if not rates:
            rates, sure = [rate for one in observations if (rate := by_clock(one))], _BY_CLOCK
        if rates:
            low, high = min(rates), max(rates)
            # A prompt that is long enough to be measured well is what counts for reading.
            value = rates[-1] if ability is Ability.PREFILL_SPEED else median(rates)
            yield ability, Fact(round(value, 1), Source.PROBE, sure, now, round(low, 1), round(high, 1))
    if (load := _load_seconds(told, observations)) is not None:
        seconds, sure = load
        yield Ability.LOAD_SECONDS, Fact(round(seconds, 1), Source.PROBE, sure, now)


def _load_seconds(told: Told, observations: Sequence[Observation]) -> tuple[float, float] | None:
    by_server = [seconds for one in observations if (seconds := one.number("load_seconds")) and seconds >= _A_LOAD]
    if by_server:
        return max(by_server), _BY_SERVER
    ttfts = [seconds for one in observations if (seconds := one.number("ttft")) is not None]
    if told.unloaded and len(ttfts) > 1 and ttfts[0] - median(ttfts[1:]) >= _A_LOAD:
        return ttfts[0] - median(ttfts[1:]), _BY_CLOCK
    return None


def _prefill_by_server(one: Observation) -> float | None:
    tokens, seconds = one.number("prefill_tokens"), one.number("prefill_seconds")
    if tokens is None and size_of(one.probe) is not None:
        # Ollama does not say what it had in its cache: of a conversation with a beginning of its own that is nothing.
        tokens = one.number("prompt_tokens")
    return _rate(tokens, seconds, _LEAST_PROMPT)


def _prefill_by_clock(one: Observation) -> float | None:
    """All that comes before the first token is taken for reading: a little less than it truly does."""
    tokens = (one.number("prompt_tokens") or 0) - (one.number("cached_tokens") or 0)
    return None if one.number("load_seconds") else _rate(tokens, one.number("ttft"), _LEAST_PROMPT)


def _decode_by_server(one: Observation) -> float | None:
    return _rate(one.number("completion_tokens"), one.number("decode_seconds"), _LEAST_ANSWER)


def _decode_by_clock(one: Observation) -> float | None:
    """Between the first and the last token, which says nothing when all of them came at once."""
    tokens, elapsed, ttft = (one.number(name) for name in ("completion_tokens", "elapsed", "ttft"))
    if tokens is None or elapsed is None or ttft is None or (one.number("deltas") or 0) <= 1:
        return None
    return _rate(tokens - 1, elapsed - ttft, _LEAST_ANSWER - 1)


def _rate(tokens: float | None, seconds: float | None, least: int) -> float | None:
    if tokens is None or seconds is None or tokens < least or seconds < _LEAST_SECONDS:
        return None
    return tokens / seconds
