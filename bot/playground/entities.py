"""A text and its entities, made ready as Telegram does it: checked, sorted, trimmed, with what it detects itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.utf16 import positions, units
from bot.playground.values import Json

KINDS = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
NEEDED = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
KEPT = ("url", "language", "user", "custom_emoji_id", "unix_time", "date_time_format")
UNTOUCHED = frozenset({"code", "pre", "text_link", "url", "mention", "bot_command", "custom_emoji"})

_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,:;!?)\]}»])"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its entities, which are in order and within the text."""

    text: str = field(repr=False)
    entities: tuple[Json, ...] = ()

    @property
    def units(self) -> int:
        """Its length as Telegram counts."""
        return units(self.text)


def given_entities(text: str, raw: object) -> tuple[Json, ...]:
    """Check the entities that the bot gave itself.

    What lies outside of the text is cut off, as Telegram does. Raises `ApiError` 400 for what is no entity at all.
    """
    if not isinstance(raw, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    at = positions(text)
    checked = (_check(entity, at) for entity in raw)
    return in_order(entity for entity in checked if entity is not None)


def _check(entity: Any, at: Sequence[int | None]) -> Json | None:
    if not isinstance(entity, dict):
        raise bad_request("can't parse entities: MessageEntity must be an Object")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse entities: field "offset" and "length" must be of type Number')
    if kind not in KINDS:
        raise bad_request("can't parse entities: unsupported type of MessageEntity specified")
    if (needed := NEEDED.get(kind)) and not entity.get(needed):
        raise bad_request(f"can't parse entities: can't find field \"{needed}\"")
    start, end = max(offset, 0), min(offset + length, len(at) - 1)
    if start >= end:
        return None
    if at[start] is None:
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {start}")
    if at[end] is None:
        raise bad_request(f"entity ends in a middle of a UTF-16 symbol at byte offset {end}")
    kept = {name: entity[name] for name in KEPT if entity.get(name) is not None}
    return {"type": kind, "offset": start, "length": end - start, **kept}


def in_order(entities: Iterable[Json]) -> tuple[Json, ...]:
    """By start, the longer first."""
    return tuple(sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def trimmed(marked: Marked) -> Marked:
    """Without the white space around it, which Telegram does not send: up to the first entity, and at the end."""
    text = marked.text.rstrip()
    first = min((entity["offset"] for entity in marked.entities), default=len(text))
    shift = removed = min(len(text) - len(text.lstrip()), first)  # white space never needs two units
    text = text[removed:]
    length = units(text)
    kept = []
    for entity in marked.entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, length)
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    return Marked(text, in_order(kept))


def with_detected(marked: Marked) -> Marked:
    """With the addresses, commands and mentions that Telegram finds by itself."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in marked.entities if e["type"] in UNTOUCHED]
    found = []
    read, end = 0, 0
    for match in _DETECTED.finditer(marked.text):
        start = end + units(marked.text[read : match.start()])
        read, end = match.end(), start + units(match.group())
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": end - start})
    return Marked(marked.text, in_order((*marked.entities, *found))) if found else marked
