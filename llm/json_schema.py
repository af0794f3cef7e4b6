"""The JSON Schema of an answer in the form that all servers take, OpenAI's strict one included (servers.md 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

# What only people read, or what is checked afterwards all the same and refused by some servers.
_LEFT_OUT = frozenset({"title", "default", "examples"})


def answer_schema(answer_type: type[BaseModel]) -> dict[str, object]:
    """The schema of a type, closed: objects have the named members, all of them, and no others.

    A member with a default is asked for as well: a model that has to decide gives better answers than one that may
    leave out. Free maps (`dict[str, int]`) stay open.
    """
    return _closed(answer_type.model_json_schema())


def member_names(answer_type: type[BaseModel]) -> frozenset[str]:
    """The names of all members that objects of a type have, at any depth."""
    return frozenset(_names(answer_type.model_json_schema()))


def _names(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(properties := schema.get("properties"), Mapping):
            yield from properties
        for inner in schema.values():
            yield from _names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _names(inner)


def _closed(schema: Mapping[str, Any]) -> dict[str, object]:
    closed: dict[str, object] = {}
    for name, value in schema.items():
        if name in {"properties", "$defs"}:
            # Here the names are those of members and types, which may be called `title` or `default`.
            closed[name] = {member: _inner(one) for member, one in value.items()}
        elif name in {"const", "enum"}:
            closed[name] = value
        elif name not in _LEFT_OUT:
            closed[name] = _inner(value)
    if isinstance(properties := closed.get("properties"), dict):
        closed["required"] = list(properties)
        closed["additionalProperties"] = False
    return closed


def _inner(value: Any) -> object:
    if isinstance(value, Mapping):
        return _closed(value)
    return [_inner(one) for one in value] if isinstance(value, list) else value
