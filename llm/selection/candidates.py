"""A candidate from what the detector has found out: what it can do, and what to expect of it before it has answered."""

from __future__ import annotations

import math

from llm.capabilities.facts import LEAST_BELIEVED, Ability, Facts, FactValue, ModelKey
from llm.selection.outcomes import pace
from llm.selection.values import Candidate, Length, Prior
from llm.types import ModelCapabilities

TYPICAL_TOKENS = {Length.SHORT: 300, Length.MEDIUM: 2500, Length.LONG: 12_000}
"""About how many tokens a prompt of each length has."""
PLACE_WORTH = 0.02
"""Who stands one place further behind in the configuration is thought so much less of, until more is known."""
_MOST_PLACES = 4
_LANGUAGES = {Ability.ENGLISH: "en", Ability.RUSSIAN: "ru"}
_USUAL_QUALITY, _USUAL_PACE = 0.6, 0.5
_QUALITY_SPREAD, _PACE_SPREAD = 0.15, 0.2
_LEAST_QUALITY, _QUALITY_RANGE = 0.4, 0.4
"""Who follows no instruction gives a good answer now and then, and who follows all of them not always."""
_SCORE_SPREAD = 0.1
"""How far off the quality may be that follows from a perfectly known score."""


def candidate_of(
    key: ModelKey,
    *,
    setting: str,
    place: int,
    local: bool,
    context: int | None,
    capabilities: ModelCapabilities,
    facts: Facts,
    weight: float = 1.0,
) -> Candidate:
    """A candidate for `ModelSelector`; `facts` may be empty where the model was not looked at yet."""
    tools = _sure(facts, Ability.TOOLS)
    spoken = ((language, _sure(facts, ability)) for ability, language in _LANGUAGES.items())
    return Candidate(
        key,
        setting,
        place,
        local,
        prior=prior_of(facts, place),
        context=context,
        capabilities=capabilities,
        tools=tools if isinstance(tools, bool) else None,
        languages={language: speaks for language, speaks in spoken if isinstance(speaks, bool)},
        weight=weight,
    )


def prior_of(facts: Facts, place: int) -> Prior:
    """What is expected of a model by its score and its speeds, and by its place in the configuration."""
    quality, spread = _USUAL_QUALITY, _QUALITY_SPREAD
    score = facts.get(Ability.INSTRUCTIONS)
    if score is not None:
        quality = _LEAST_QUALITY + _QUALITY_RANGE * float(score.value)
        if score.low is not None and score.high is not None:
            # An interval that holds in 95 of 100 cases is four deviations wide.
            spread = min(spread, math.hypot(_SCORE_SPREAD, _QUALITY_RANGE * (score.high - score.low) / 4))
    quality -= PLACE_WORTH * min(place, _MOST_PLACES)
    reads, writes = _speed(facts, Ability.PREFILL_SPEED), _speed(facts, Ability.DECODE_SPEED)
    paces = {length: pace(tokens / reads if reads else None, writes) for length, tokens in TYPICAL_TOKENS.items()}
    return Prior(
        quality,
        spread,
        {length: _USUAL_PACE if found is None else found for length, found in paces.items()},
        _PACE_SPREAD if reads is None and writes is None else _PACE_SPREAD / 2,
    )


def _speed(facts: Facts, ability: Ability) -> float | None:
    speed = _sure(facts, ability)
    return float(speed) if isinstance(speed, int | float) and speed > 0 else None


def _sure(facts: Facts, ability: Ability) -> FactValue | None:
    """The value of what is sure enough to be acted upon."""
    fact = facts.get(ability)
    return fact.value if fact is not None and fact.confidence >= LEAST_BELIEVED else None
