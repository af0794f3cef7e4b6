"""Text with its formatting, measured as Telegram measures: in UTF-16 code units."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from aiogram.types import MessageEntity

MESSAGE_LIMIT = 4096
"""The longest text of a message, in UTF-16 units."""

CODE_KINDS = frozenset({"code", "pre"})
QUOTE_KINDS = frozenset({"blockquote", "expandable_blockquote"})

# A lone half of a surrogate pair cannot be sent as UTF-8; the other control characters are refused or dropped.
_UNSENDABLE = re.compile("[\ud800-\udfff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Mark:
    """One entity: a kind of formatting over `length` UTF-16 units from `start` on."""

    kind: str
    start: int
    length: int
    url: str | None = None
    language: str | None = None

    @property
    def end(self) -> int:
        """The first unit behind it."""
        return self.start + self.length

    def within(self, start: int, end: int) -> Mark | None:
        """The part of it between two offsets, with its offset kept; None when there is none."""
        first, last = max(self.start, start), min(self.end, end)
        if first == self.start and last == self.end:
            return self
        return Mark(self.kind, first, last - first, self.url, self.language) if first < last else None

    def moved(self, by: int) -> Mark:
        """The same mark so many units further on."""
        return Mark(self.kind, self.start + by, self.length, self.url, self.language) if by else self


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and the marks on it, in order of their starts."""

    text: str = field(repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)

    @property
    def units(self) -> int:
        """The length in UTF-16 units."""
        return utf16_units(self.text)

    @property
    def plain(self) -> Formatted:
        """The same text without formatting."""
        return Formatted(self.text)

    def entities(self) -> list[MessageEntity] | None:
        """The marks as the Bot API takes them; None when there are none."""
        return [
            MessageEntity(type=mark.kind, offset=mark.start, length=mark.length, url=mark.url, language=mark.language)
            for mark in self.marks
        ] or None

    def followed_by(self, other: Formatted, between: str) -> Formatted:
        """This text, what is put between, and the other text."""
        shift = self.units + utf16_units(between)
        return Formatted(
            self.text + between + other.text, self.marks + tuple(mark.moved(shift) for mark in other.marks)
        )


def utf16_units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def sendable(text: str) -> str:
    """The text without what no message can carry: line ends as `\\n`, no control characters, no halves of pairs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSENDABLE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)


def trimmed(text: str, marks: Iterable[Mark]) -> Formatted:
    """Take blank lines off the start and white space off the end, and put the marks right."""
    body = text.lstrip("\n")
    cut = len(text) - len(body)
    body = body.rstrip()
    end = utf16_units(body)
    kept = (clipped for mark in marks if (clipped := mark.moved(-cut).within(0, end)) is not None)
    return Formatted(body, tuple(proper(kept)))


def proper(marks: Iterable[Mark]) -> list[Mark]:
    """Make marks follow the rules of the Bot API: sorted, nested and never crossing, code and quotes not nested."""
    ordered = _outer_first(marks)
    done: list[Mark] = []
    around: list[Mark] = []
    for mark in _outer_first(_around_code(ordered, _apart(ordered))):
        while around and around[-1].end <= mark.start:
            around.pop()
        if around and around[-1].kind in CODE_KINDS:
            continue
        if mark.kind in QUOTE_KINDS and any(outer.kind in QUOTE_KINDS for outer in around):
            continue
        if any((mark.kind, mark.url) == (outer.kind, outer.url) for outer in around):
            continue
        inner = mark.within(mark.start, around[-1].end) if around else mark
        if inner is not None:
            around.append(inner)
            done.append(inner)
    return done


def _outer_first(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda mark: (mark.start, -mark.length, mark.kind not in QUOTE_KINDS, mark.kind))


def _apart(ordered: list[Mark]) -> list[Mark]:
    """The marks of code, without those that begin inside another."""
    code: list[Mark] = []
    for mark in ordered:
        if mark.kind in CODE_KINDS and (not code or mark.start >= code[-1].end):
            code.append(mark)
    return code


def _around_code(marks: list[Mark], code: list[Mark]) -> Iterator[Mark]:
    """Cut what is not a quote at the edges of code: code may be inside a quote and in nothing else."""
    yield from code
    ends = [block.end for block in code]
    for mark in marks:
        if mark.kind in CODE_KINDS:
            continue
        start = mark.start
        if mark.kind not in QUOTE_KINDS:
            for block in islice(code, bisect_right(ends, mark.start), None):
                if block.start >= mark.end:
                    break
                if (part := mark.within(start, block.start)) is not None:
                    yield part
                start = block.end
        if (part := mark.within(start, mark.end)) is not None:
            yield part
