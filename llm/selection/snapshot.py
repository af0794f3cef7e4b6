"""What was learned, as plain values that may be kept anywhere, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping

from llm.capabilities.facts import ModelKey
from llm.selection.allowance import Allowance
from llm.selection.averages import Average
from llm.selection.beliefs import Belief, Beliefs
from llm.selection.drift import Drift
from llm.selection.knowledge import Knowledge

FORM = 1
"""Another number: made by a version that keeps it in another form."""
_PARTS = ("success", "quality", "pace")


def written(knowledge: Knowledge, allowance: Allowance) -> dict[str, object]:
    """Everything as dicts, lists, texts and numbers, which JSON gives back as they were."""
    return {
        "form": FORM,
        "allowance": {
            "left": allowance.left,
            "met": [[key.server, key.model] for key in sorted(allowance.met, key=str)],
        },
        "told": knowledge.told,
        "parts": {
            name: {
                "difficulty": _averages(beliefs.difficulty),
                "models": [[key.server, key.model, _belief(belief)] for key, belief in beliefs.models.items()],
            }
            for name in _PARTS
            for beliefs in (getattr(knowledge, name),)
        },
    }


def read(value: object) -> tuple[Knowledge, Allowance] | None:
    """What `written` gave; None for anything else."""
    try:
        return _read(_mapping(value))
    except (KeyError, TypeError, ValueError):
        return None


def _read(whole: Mapping[object, object]) -> tuple[Knowledge, Allowance]:
    if whole["form"] != FORM:
        raise ValueError("another form")
    knowledge = Knowledge(told=min(1.0, _number(whole["told"])))
    parts, allowance = _mapping(whole["parts"]), _mapping(whole["allowance"])
    for name in _PARTS:
        beliefs: Beliefs = getattr(knowledge, name)
        part = _mapping(parts[name])
        beliefs.difficulty = _read_averages(part["difficulty"])
        for row in _list(part["models"]):
            server, model, belief = _list(row)
            beliefs.models[ModelKey(_text(server), _text(model))] = _read_belief(_mapping(belief))
    met = (_list(row) for row in _list(allowance["met"]))
    keys = [ModelKey(_text(server), _text(model)) for server, model in met]
    return knowledge, Allowance(_number(allowance["left"]), keys)


def _belief(belief: Belief) -> dict[str, object]:
    return {
        "usual": _average(belief.usual),
        "noise": _average(belief.noise),
        "drift": [belief.drift.above, belief.drift.below],
        "traits": _averages(belief.traits),
        "situations": _averages(belief.situations),
    }


def _read_belief(told: Mapping[object, object]) -> Belief:
    above, below = _list(told["drift"])
    return Belief(
        usual=_read_average(told["usual"]),
        noise=_read_average(told["noise"]),
        traits=_read_averages(told["traits"]),
        situations=_read_averages(told["situations"]),
        drift=Drift(_number(above), _number(below)),
    )


def _averages(several: Mapping[str, Average]) -> dict[str, object]:
    return {name: _average(average) for name, average in several.items()}


def _average(average: Average) -> list[float]:
    return [average.weight, average.mean]


def _read_averages(value: object) -> dict[str, Average]:
    return {_text(name): _read_average(average) for name, average in _mapping(value).items()}


def _read_average(value: object) -> Average:
    weight, mean = _list(value)
    return Average(_number(weight), _number(mean, least=-math.inf))


def _number(value: object, *, least: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
        raise ValueError("no such number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _mapping(value: object) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise TypeError("no mapping")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value
