"""Reads models that are given one by one: numbered fallbacks, and models named by what they are for."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches

from llm.tasks.classification import MessageKind
from llm.types import Task

# Fields of a model that hold more than one value, and are JSON where they have a variable of their own.
JSON_FIELDS = frozenset({"capabilities", "tags", "temperature_range"})
# These tasks have a variable of their own.
_TASKS = {Task.CLASSIFICATION.value: "CLASSIFICATION_MODEL", Task.AUGMENTATION.value: "AUGMENTATION_MODEL"}
_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_KIND = 32


def variable_of(task: str) -> str:
    """The variable that holds the model of a task or of a kind of message."""
    return _TASKS.get(task) or f"TASK_MODELS__{task.upper()}"


def numbered(value: object) -> object:
    """`FALLBACK_MODELS__0__NAME` arrives as a dictionary of numbers; made a list, without gaps."""
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if not all(isinstance(key, str) and key.isdecimal() for key in keys):
        raise ValueError("must be a JSON list, or be numbered: FALLBACK_MODELS__0__NAME, FALLBACK_MODELS__1__NAME")
    numbers = sorted(int(key) for key in keys)
    if numbers != list(range(len(numbers))):
        raise ValueError(f"must be numbered 0, 1, 2 … without gaps; found {', '.join(map(str, numbers))}")
    return [_decoded(item) for _, item in sorted(value.items(), key=lambda pair: int(pair[0]))]


def by_kind(value: object) -> object:
    """`TASK_MODELS__CODE__NAME` arrives as a dictionary of kinds; each must be one that a message can be of."""
    if not isinstance(value, dict):
        raise ValueError('must be a JSON object of models by what they are for, such as {"code": {"name": "…"}}')
    for kind in value:
        if not isinstance(kind, str) or not _KIND.fullmatch(kind.lower()) or len(kind) > LONGEST_KIND:
            raise ValueError("must name what each model is for, in Latin letters: TASK_MODELS__CODE__NAME")
        if variable := _TASKS.get(kind.lower()):
            raise ValueError(f"must not hold {kind.upper()}: its model is {variable}")
        known = [one.value for one in MessageKind]
        near = get_close_matches(kind.lower(), known, n=1, cutoff=0.75)
        if near and kind.lower() not in known:
            raise ValueError(f"must not hold {kind.upper()}, which is too much like {near[0].upper()}")
    return {kind.lower(): _decoded(item) for kind, item in value.items()}


def _decoded(item: object) -> object:
    """One model: JSON, or fields of which some are JSON."""
    if isinstance(item, str):
        return json.loads(item)
    if not isinstance(item, dict):
        return item
    return {
        name: json.loads(value) if name in JSON_FIELDS and isinstance(value, str) else value
        for name, value in item.items()
    }
