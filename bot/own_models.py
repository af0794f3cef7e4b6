"""Which models a person may choose from, and what is worth knowing of each before one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.callbacks import mark_of
from bot.model_control import ModelControl, SteeredModel
from llm.capabilities.facts import Ability, Thinking
from llm.errors import NoModelAvailable
from llm.monitoring import ModelStats
from llm.routing.breaker import BreakerState
from llm.routing.serving_model import ModelInUse, ModelSource
from llm.servers.kinds import ServerState


class Readiness(StrEnum):
    """How a model does now, as far as that matters to who wants an answer."""

    READY = "ready"
    LOADING = "loading"
    ASLEEP = "asleep"
    """It has to be loaded first."""
    FAILING = "failing"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class OwnModel:
    """One model that can be chosen; seconds and tokens a second as measured, None: not asked lately."""

    name: str
    local: bool
    readiness: Readiness
    demo: bool = False
    context: int | None = None
    sees: bool = False
    thinks: bool = False
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What stands for it in buttons; the same after a restart."""
        return mark_of(self.name)


def own_models(control: ModelControl, stats: Mapping[str, ModelStats]) -> tuple[OwnModel, ...]:
    """Those that answer people, in the order of the configuration, each name once: the best off of its servers."""
    found: dict[str, OwnModel] = {}
    order = tuple(Readiness)
    for one in control.models:
        if one.target.task or one.target.paused or not one.model.name:
            continue
        model = _described(one, stats.get(one.model.name))
        known = found.get(model.name)
        if known is None or order.index(model.readiness) < order.index(known.readiness):
            found[model.name] = model
    return tuple(found.values())


def matching(models: Sequence[OwnModel], written: str) -> tuple[OwnModel, ...]:
    """Those that somebody means: of just that name, else with just that tag, else with it in their name."""
    wanted = written.strip().casefold()
    exact = tuple(one for one in models if one.name.casefold() == wanted)
    tagged = tuple(one for one in models if wanted in map(str.casefold, one.tags))
    return exact or tagged or tuple(one for one in models if wanted in one.name.casefold())


def _described(one: SteeredModel, stats: ModelStats | None) -> OwnModel:
    first = stats.ttft.p50 if stats is not None and stats.ttft is not None else None
    speed = stats.tokens_per_second if stats is not None else None
    try:
        model = one.model.current()
    except NoModelAvailable:
        return OwnModel(one.model.name, one.model.local, Readiness.AWAY)
    return OwnModel(
        model.config.name,
        one.model.local,
        _readiness(one, model),
        demo=model.source is ModelSource.DEMO,
        context=one.model.context,
        sees=bool(one.model.sees),
        thinks=_thinks(model),
        first_token_seconds=first,
        tokens_per_second=speed,
        tags=model.config.tags,
    )


def _readiness(one: SteeredModel, model: ModelInUse) -> Readiness:
    match one.target.breaker.state:
        case BreakerState.CLOSED | BreakerState.HALF_OPEN:
            pass
        case BreakerState.LOADING:
            return Readiness.LOADING
        case _:
            return Readiness.FAILING
    if model.state is ServerState.UNREACHABLE:
        return Readiness.AWAY
    if model.state is ServerState.LOADING:
        return Readiness.LOADING
    asleep = model.found is not None and model.found.loaded is False
    return Readiness.ASLEEP if asleep else Readiness.READY


def _thinks(model: ModelInUse) -> bool:
    known = model.known.facts.get(Ability.THINKING) if model.known is not None else None
    if known is not None:
        return known.value != Thinking.NONE
    return bool(model.found is not None and model.found.thinking)
