"""A model's Markdown as a source: read by pyromark, and edited where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyromark

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands between two offsets, in bytes of UTF-8, is to be replaced."""

    start: int
    end: int
    text: str


def parsed(text: str) -> Iterator[tuple[object, int, int]]:
    """What pyromark finds in Markdown, each with its start and its end in bytes of UTF-8."""
    for payload, source in pyromark.events_with_range(text, options=_OPTIONS):
        yield payload, source["start"], source["end"]


def with_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits; one that begins inside another is passed over."""
    source = text.encode()
    parts: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start >= done:
            parts += (source[done : edit.start], edit.text.encode())
            done = edit.end
    return b"".join((*parts, source[done:])).decode()


def code_span(text: str) -> str:
    """Text as code within a line."""
    fence = _longer_than_runs(text, 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def block_of_code(text: str, prefix: str, language: str = "") -> str:
    """Text as a block of code, whose lines after the first begin with a prefix."""
    fence = _longer_than_runs(text, 3)
    return f"\n{prefix}".join((fence + language, *text.split("\n"), fence))


def _longer_than_runs(text: str, least: int) -> str:
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def line_prefix(source: bytes, start: int) -> str | None:
    """What the following lines of a block must begin with; None when text stands before it on its line."""
    before = source[source.rfind(b"\n", 0, start) + 1 : start].decode()
    if re.fullmatch(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)])[ ]+)?", before) is None:
        return None
    return re.sub(r"[^ >]", " ", before)
