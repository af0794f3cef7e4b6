"""Cuts a long text into messages at the edges of its blocks, with its formatting carried over."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice

from bot.delivery.formatted import MESSAGE_LIMIT, Formatted, Mark, proper

MOST_MARKS = 100
"""How many entities of one message Telegram looks at."""

# A cut that leaves less than this part of a message is taken only when there is no better one further on.
_WELL_FILLED = 0.5
_BLOCK_FILLED = 0.25

_SENTENCE_ENDS = (". ", "! ", "? ", "。", "！", "？", "…")


def split(formatted: Formatted, limit: int = MESSAGE_LIMIT, most_marks: int = MOST_MARKS) -> tuple[Formatted, ...]:
    """Cut into pieces of at most `limit` UTF-16 units (at least 2) and `most_marks` marks.

    A piece ends, in order of preference, before a block of code that would fit whole into the next one, at an empty
    line, a line's end, a sentence's end, a space; never inside a surrogate pair. White space at a cut is dropped, but
    not the indentation of code. A mark that is cut goes on in the next piece, code with its language. A text of white
    space has no pieces.
    """
    return tuple(_Cutter(formatted, limit, most_marks).pieces())


class _Cutter:
    """Holds the tables that turn characters into UTF-16 units and back."""

    def __init__(self, formatted: Formatted, limit: int, most_marks: int) -> None:
        self._text = formatted.text
        self._marks = formatted.marks
        self._passed = 0
        self._limit = limit
        self._most_marks = most_marks
        self._offsets = list(accumulate((1 + (char > "\uffff") for char in self._text), initial=0))

    def pieces(self) -> list[Formatted]:
        done: list[Formatted] = []
        start = 0
        while start < len(self._text):
            end = self._furthest(start)
            cut = len(self._text) if end == len(self._text) else self._cut(start, end)
            piece = self._piece(start, cut)
            if piece.text:
                done.append(piece)
            start = self._behind_space(cut)
            while self._passed < len(self._marks) and self._marks[self._passed].end <= self._offsets[cut]:
                self._passed += 1
        return done

    def _furthest(self, start: int) -> int:
        """The last index at which a piece from `start` is still within both limits."""
        first = self._offsets[start]
        end = bisect_right(self._offsets, first + self._limit) - 1
        touching = list(self._touching(first, self._offsets[end]))
        if len(touching) > self._most_marks:
            end = min(end, bisect_left(self._offsets, touching[self._most_marks].start))
        return max(end, start + 1)

    def _cut(self, start: int, end: int) -> int:
        block = self._code_at(end)
        if block is not None and block.length <= self._limit:
            before = bisect_left(self._offsets, block.start)
            if before - start >= (end - start) * _BLOCK_FILLED:
                return before
        filled = start + max(1, int((end - start) * _WELL_FILLED))
        return self._best_edge(filled, end) or self._best_edge(start + 1, end) or end

    def _best_edge(self, first: int, end: int) -> int | None:
        """The last good edge between two indexes: behind an empty line, a line, a sentence, a word."""
        for edge in ("\n\n", "\n"):
            found = self._text.rfind(edge, first, end + 1)
            if found > 0:
                return found
        sentence = max(self._text.rfind(edge, first, end) + len(edge) for edge in _SENTENCE_ENDS)
        if sentence > first:
            return sentence
        space = self._text.rfind(" ", first, end + 1)
        return space if space > 0 else None

    def _code_at(self, index: int) -> Mark | None:
        """The block of code that an index lies inside of."""
        unit = self._offsets[index]
        return next((mark for mark in self._touching(unit, unit + 1) if mark.kind == "pre" and mark.start < unit), None)

    def _touching(self, first: int, last: int) -> Iterator[Mark]:
        """The marks on the units from `first` to `last`; `first` is at or behind the start of the piece in work."""
        for mark in islice(self._marks, self._passed, None):
            if mark.start >= last:
                break
            if mark.end > first:
                yield mark

    def _piece(self, start: int, cut: int) -> Formatted:
        body = self._text[start:cut].lstrip("\n").rstrip()
        start += len(self._text[start:cut]) - len(self._text[start:cut].lstrip("\n"))
        first, last = self._offsets[start], self._offsets[start + len(body)]
        inside = (part for mark in self._touching(first, last) if (part := mark.within(first, last)) is not None)
        return Formatted(body, tuple(proper(part.moved(-first) for part in inside)[: self._most_marks]))

    def _behind_space(self, cut: int) -> int:
        if self._code_at(cut) is not None:
            return cut + 1 if self._text[cut] == "\n" else cut
        while cut < len(self._text) and self._text[cut].isspace():
            cut += 1
        return cut
