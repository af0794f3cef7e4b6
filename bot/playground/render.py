"""Text and entities as HTML for the page: everything escaped, only known tags, only harmless addresses."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from bot.playground.utf16 import positions
from bot.playground.values import Json

_SIMPLE = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "blockquote": "blockquote",
}
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_SCHEME = re.compile(r"(?:https?|tg|ton|mailto|tel):", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#:]|$)")


def render_text(text: str, entities: Sequence[Json]) -> str:
    """The HTML of a text. Line breaks stay as they are; entities that cross are closed and opened again."""
    at = positions(text)
    starts: dict[int, list[tuple[int, str, str]]] = {}
    ends: set[int] = set()
    for entity in entities:
        first, last = _index(at, entity["offset"]), _index(at, entity["offset"] + entity["length"])
        tags = _tags(entity, text[first:last])
        if tags and first < last:
            starts.setdefault(first, []).append((last, *tags))
            ends.add(last)
    pieces: list[str] = []
    opened: list[tuple[int, str, str]] = []
    written = 0
    for index in sorted({*starts, *ends}):
        pieces.append(html.escape(text[written:index]))
        written = index
        _close(pieces, opened, index)
        for tag in sorted(starts.get(index, ()), key=lambda tag: -tag[0]):
            pieces.append(tag[1])
            opened.append(tag)
    pieces.append(html.escape(text[written:]))
    return "".join(pieces)


def safe_address(address: str) -> str | None:
    """An address as a page may link to it; None for those that could run something."""
    address = address.strip()
    if _SCHEME.match(address):
        return address
    return f"https://{address}" if _HOST.match(address) else None


def language_class(language: str | None) -> str:
    """The class attribute that names a language of code, with the blank before it."""
    return f' class="language-{language}"' if language and _LANGUAGE.fullmatch(language) else ""


def link(address: str | None) -> str | None:
    """The opening tag of a link."""
    safe = safe_address(address or "")
    return f'<a href="{html.escape(safe)}" rel="noopener noreferrer" target="_blank">' if safe else None


def _close(pieces: list[str], opened: list[tuple[int, str, str]], index: int) -> None:
    again: list[tuple[int, str, str]] = []
    while any(end <= index for end, _, _ in opened):
        tag = opened.pop()
        pieces.append(tag[2])
        if tag[0] > index:
            again.append(tag)
    for tag in reversed(again):
        pieces.append(tag[1])
        opened.append(tag)


def _tags(entity: Json, text: str) -> tuple[str, str] | None:
    kind = entity["type"]
    if simple := _SIMPLE.get(kind):
        return f"<{simple}>", f"</{simple}>"
    if kind == "pre":
        return f"<pre><code{language_class(entity.get('language'))}>", "</code></pre>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if kind in ("text_link", "url", "email"):
        address = {"text_link": entity.get("url"), "url": text, "email": f"mailto:{text}"}[kind]
        opening = link(address)
        return (opening, "</a>") if opening else None
    return None


def _index(at: Sequence[int | None], offset: int) -> int:
    """The character at an offset, or the next one when that is in the middle of a pair."""
    offset = min(max(offset, 0), len(at) - 1)
    found = at[offset]
    return at[offset + 1] or 0 if found is None else found
