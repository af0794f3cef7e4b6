"""JSON as the honest model writes it: what a text says under the names that were asked for, or that a schema wants."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_EXTRACT = re.compile(
    r"\b(?:extract|write|give|return)\s+(?:the\s+)?([\w ,]+?)\s+as\s+(?:an?\s+)?json(?:\s+object)?\s*:?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"\b([A-ZА-ЯЁ][a-zа-яё]+)\b(?=\s+(?:is|was|has|лет|—))")
_ANY_NAME = re.compile(r"\b([A-ZА-ЯЁ][a-zа-яё]+)\b")
_NUMBER = re.compile(r"-?\d+")
_IN_YEARS = re.compile(r"(?:in|after)_(\d+)_years?")
_YEARS_AGO = re.compile(r"(\d+)_years?_ago")

_NAMES = frozenset({"name", "person", "who", "subject", "first"})


def extracted(asked: str) -> str | None:
    """`Extract X and Y as JSON: text`."""
    found = _EXTRACT.search(asked)
    if found is None:
        return None
    names = [name.strip() for name in re.split(r",|\band\b", found[1]) if name.strip()]
    return _written({name: _value(name, None, found[2]) for name in names})


def filled(schema: Mapping[str, object] | None, asked: str) -> str:
    """The values that a schema wants, from the text; without a schema some object that answers it."""
    if schema is None:
        return extracted(asked) or _written({"answer": "Hello! I may write JSON only."})
    properties = schema.get("properties")
    members = properties if isinstance(properties, dict) else {}
    return _written({name: _value(name, one, asked) for name, one in members.items()})


def _value(name: str, schema: object, text: str) -> object:
    kind = schema.get("type") if isinstance(schema, dict) else None
    text = text.rpartition("JSON:")[2]
    number = _NUMBER.search(text)
    about_name = bool(_NAMES & set(name.lower().split("_")))
    if kind == "boolean":
        return True
    if kind in {"integer", "number"} or (kind is None and not about_name):
        return _years(name, int(number[0]) if number else 0)
    if about_name:
        found = _NAME.search(text) or _ANY_NAME.search(text)
        return found[1] if found else "unknown"
    return {"array": [], "object": {}}.get(str(kind), "unknown")


def _years(name: str, now: int) -> int:
    """A number of years, now or at the moment that the name of the member speaks of."""
    later, before = _IN_YEARS.search(name.lower()), _YEARS_AGO.search(name.lower())
    return now + int(later[1]) if later else now - int(before[1]) if before else now


def _written(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)
