"""The blocks of a rich message that a bot has made itself: checked field by field, and given back as Telegram does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.errors import ApiError, bad_request
from bot.playground.values import Json

DEEPEST = 16
"""Levels of nested blocks (docs/delivery.md); texts may be nested as deep."""

_NESTED_TEXTS = frozenset(
    ["bold", "italic", "underline", "strikethrough", "spoiler", "subscript", "superscript", "marked", "code", "url"]
)


def given_blocks(raw: Any, depth: int = 1) -> list[Json]:
    """Check a list of InputRichBlock. Raises `ApiError` 400."""
    if depth > DEEPEST:
        raise bad_request("too many nested blocks in a rich message")
    return [_block(block, depth) for block in _objects(raw)]


def _block(block: Json, depth: int) -> Json:
    kind = block.get("type")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise bad_request("can't parse rich message: the playground does not know a block of that type")
    made: Json = {"type": kind}
    for name, read in fields.items():
        if block.get(name) is not None:
            made[name] = read(block[name], depth)
        elif name in _NEEDED:
            raise _invalid(name)
    return made


def _text(raw: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise bad_request("too many nested texts in a rich message")
    if isinstance(raw, str):
        return raw
    if isinstance(raw, list):
        return [_text(one, depth + 1) for one in raw]
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == "mathematical_expression":
        return {"type": kind, "expression": _string(raw.get("expression"), depth)}
    if not isinstance(kind, str) or kind not in _NESTED_TEXTS:
        raise bad_request("can't parse rich message: the playground does not know a text of that type")
    made = {"type": kind, "text": _text(raw.get("text"), depth + 1)}
    return made | {"url": _string(raw.get("url"), depth)} if kind == "url" else made


def _items(raw: Any, depth: int) -> list[Json]:
    return [_item(item, depth) for item in _objects(raw)]


def _item(raw: Json, depth: int) -> Json:
    value = raw.get("value")
    numbered = isinstance(value, int) and not isinstance(value, bool)
    item: Json = {"label": f"{value}." if numbered else "•", "blocks": given_blocks(raw.get("blocks"), depth + 1)}
    if numbered:
        item |= {"value": value, "type": "1"}
    return item | {name: True for name in ("has_checkbox", "is_checked") if raw.get(name) is True}


def _rows(raw: Any, depth: int) -> list[list[Json]]:
    if not isinstance(raw, list):
        raise _invalid("cells")
    return [[_cell(cell, depth) for cell in _objects(row)] for row in raw]


def _cell(raw: Json, depth: int) -> Json:
    align, valign = raw.get("align"), raw.get("valign")
    cell: Json = {
        "align": align if align in ("left", "center", "right") else "left",
        "valign": valign if valign in ("top", "middle", "bottom") else "middle",
    }
    if raw.get("text") is not None:
        cell["text"] = _text(raw["text"], depth)
    if raw.get("is_header") is True:
        cell["is_header"] = True
    spans = {name: raw[name] for name in ("colspan", "rowspan") if raw.get(name) is not None}
    return cell | {name: _number(span, depth) for name, span in spans.items()}


def _string(raw: Any, _depth: int) -> str:
    if not isinstance(raw, str):
        raise bad_request("can't parse rich message: expected a String")
    return raw


def _number(raw: Any, _depth: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= 100:
        raise bad_request("can't parse rich message: expected a small positive Integer")
    return raw


def _flag(raw: Any, _depth: int) -> bool:
    return raw is True


def _nested(raw: Any, depth: int) -> list[Json]:
    return given_blocks(raw, depth + 1)


def _objects(raw: Any) -> list[Json]:
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise bad_request("can't parse rich message: expected an Array of Objects")
    return raw


def _invalid(name: str) -> ApiError:
    return bad_request(f'can\'t parse rich message: field "{name}" is missing or of the wrong type')


_NEEDED = frozenset({"text", "blocks", "items", "cells", "summary", "expression", "size"})
_FIELDS: Mapping[str, Mapping[str, Callable[[Any, int], Any]]] = {
    "paragraph": {"text": _text},
    "heading": {"text": _text, "size": _number},
    "pre": {"text": _text, "language": _string},
    "footer": {"text": _text},
    "divider": {},
    "mathematical_expression": {"expression": _string},
    "list": {"items": _items},
    "blockquote": {"blocks": _nested, "credit": _text},
    "expandable_blockquote": {"text": _text, "credit": _text},
    "pullquote": {"text": _text, "credit": _text},
    "table": {"cells": _rows, "is_bordered": _flag, "is_striped": _flag, "is_compact": _flag, "caption": _text},
    "details": {"summary": _text, "blocks": _nested, "is_open": _flag},
    "thinking": {"text": _text},
}
