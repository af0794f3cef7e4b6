"""What Telegram puts right without a word, refused: so that a test sees whether a bot's formatting was sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.params import Params
from bot.playground.utf16 import units
from bot.playground.values import Json

MOST_ENTITIES = 100
"""Telegram looks at no more entities of a message."""

_CODE = frozenset({"code", "pre"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_LINK = re.compile(r"(?:https?://|tg://|mailto:|tel:)\S+", re.IGNORECASE)


def check_formatting(params: Params) -> None:
    """Raises `ApiError` 400 for a text or entities that Telegram would change before it shows them."""
    for name, entities in (("text", "entities"), ("caption", "caption_entities")):
        text, given = params.text(name), params.json(entities)
        if _CONTROL.search(text):
            raise bad_request("strict: control characters in a text")
        if isinstance(given, list) and all(isinstance(entity, dict) for entity in given):
            _check_entities(units(text), given)


def _check_entities(length: int, entities: Sequence[Json]) -> None:
    if len(entities) > MOST_ENTITIES:
        raise bad_request(f"strict: {len(entities)} entities in a message")
    around: list[tuple[str, int]] = []
    last = 0
    for entity in entities:
        kind, start = str(entity.get("type")), _number(entity.get("offset"))
        end = start + _number(entity.get("length"))
        if not 0 <= start < end <= length:
            raise bad_request("strict: an entity is empty or reaches out of the text")
        if start < last:
            raise bad_request("strict: entities are not in order")
        last = start
        while around and around[-1][1] <= start:
            around.pop()
        _check_nesting(kind, end, around)
        if kind == "text_link" and not _LINK.fullmatch(str(entity.get("url", ""))):
            raise bad_request("strict: a link without an address")
        around.append((kind, end))


def _check_nesting(kind: str, end: int, around: Sequence[tuple[str, int]]) -> None:
    if around and end > around[-1][1]:
        raise bad_request("strict: entities cross")
    outer = {name for name, _ in around}
    if outer & _CODE or (kind in _CODE and not outer <= _QUOTES):
        raise bad_request("strict: code has something in it or around it")
    if kind in _QUOTES and outer & _QUOTES:
        raise bad_request("strict: a quote is inside a quote")
    if kind in outer:
        raise bad_request("strict: an entity is inside one of its kind")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1
