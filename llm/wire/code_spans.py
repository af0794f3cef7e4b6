"""Follows a Markdown text and says whether it has come to stand inside code: a code block or a piece in backticks."""

from __future__ import annotations

import re

_SHORTEST_FENCE = 3
_PIECES = re.compile(r"\n|`+|~+|[^\n`~]+")
# A block of code may stand in a list or in a quotation.
_BEFORE_FENCE = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])?[\s>]*")


class CodeSpans:
    """Knows after each piece of text whether what follows is code.

    A piece must not end between two backticks, or two tildes, that stand side by side. What opens code and is not
    closed counts as code to the end of its paragraph (backticks) or of the text (a fence).
    """

    def __init__(self) -> None:
        self._fence = ""
        self._in_fence_line = False
        self._closing = False
        self._backticks = 0
        self._line_begins = True

    @property
    def inside(self) -> bool:
        """Whether the text has come to stand inside code."""
        return bool(self._fence or self._backticks)

    def feed(self, text: str) -> None:
        """Take the next piece of the text."""
        for piece in _PIECES.findall(text):
            if piece == "\n":
                self._end_line()
            elif piece[0] in "`~":
                self._take_run(piece)
            elif self._fence:
                self._take_code(piece)
            elif not _BEFORE_FENCE.fullmatch(piece):
                self._line_begins = False

    def _end_line(self) -> None:
        if self._closing:
            self._fence = ""
        if self._line_begins:
            self._backticks = 0
        self._closing = self._in_fence_line = False
        self._line_begins = True

    def _take_code(self, piece: str) -> None:
        if not piece.isspace():
            self._line_begins = self._closing = False

    def _take_run(self, run: str) -> None:
        begins, self._line_begins = self._line_begins, False
        if self._fence and not self._in_fence_line:
            self._closing = begins and run.startswith(self._fence)
        elif self._fence.startswith("`") and run[0] == "`":
            # The line of an opening fence has no backticks: these belong to a piece of code within the line.
            self._backticks = len(self._fence)
            self._fence, self._in_fence_line = "", False
            self._take_backticks(run)
        elif not self._fence and begins and len(run) >= _SHORTEST_FENCE:
            self._fence, self._in_fence_line = run, True
            self._backticks = 0
        elif not self._fence and run[0] == "`":
            self._take_backticks(run)

    def _take_backticks(self, run: str) -> None:
        if not self._backticks:
            self._backticks = len(run)
        elif self._backticks == len(run):
            self._backticks = 0
