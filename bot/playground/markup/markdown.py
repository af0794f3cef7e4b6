"""Telegram's legacy "Markdown style": bold, italic, code and links, none inside another."""

from __future__ import annotations

from bot.playground.entities import Marked
from bot.playground.markup.addresses import looks_like_address
from bot.playground.markup.marking import Marking, complaint

_KINDS = {"*": "bold", "_": "italic", "`": "code", "```": "pre"}
_ESCAPED = frozenset("_*`[")


def parse_markdown(source: str) -> Marked:
    """Read legacy Markdown. Raises `ApiError` 400 ("can't parse entities: ...") for what is not closed."""
    done = Marking()
    at = 0
    while at < len(source):
        character = source[at]
        if character == "\\" and source[at + 1 : at + 2] in _ESCAPED:
            done.add(source[at + 1])
            at += 2
        elif character == "[":
            at = _link(source, at, done)
        elif character in _KINDS:
            at = _span(source, at, done)
        else:
            done.add(character)
            at += 1
    return done.finish()


def _span(source: str, at: int, done: Marking) -> int:
    fence = "```" if source.startswith("```", at) else source[at]
    end = source.find(fence, at + len(fence))
    if end < 0:
        raise complaint("Can't find end of the entity starting", source, at)
    inside = source[at + len(fence) : end]
    start = done.length
    fields = {}
    if fence == "```":
        first, line_break, rest = inside.partition("\n")
        if line_break and first and not any(map(str.isspace, first)):
            fields, inside = {"language": first}, rest
        elif line_break and not first:
            inside = rest
    done.add(inside)
    done.mark(_KINDS[fence], start, **fields)
    return end + len(fence)


def _link(source: str, at: int, done: Marking) -> int:
    end = source.find("]", at)
    if end < 0:
        raise complaint("Can't find end of the entity starting", source, at)
    start = done.length
    done.add(source[at + 1 : end])
    if source[end + 1 : end + 2] != "(":
        return end + 1
    closing = source.find(")", end)
    if closing < 0:
        raise complaint("Can't find end of the entity starting", source, at)
    address = source[end + 2 : closing]
    if looks_like_address(address):
        done.mark("text_link", start, url=address)
    return closing + 1
