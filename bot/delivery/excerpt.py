"""The part of a growing answer that fits into one frame, and its formatted text."""

from __future__ import annotations

from bot.delivery.base import Frame
from bot.delivery.formatted import Formatted, sendable, utf16_units
from bot.delivery.markup import open_fence, render_partial
from bot.delivery.split import split

# Markdown of this length is short enough as a message even when a table becomes a list; the rest is for what comes.
_PAGE = 3000
# How much of a full page is at least shown again at the start of the next one.
_KEPT = 600
_CONTINUED = "…\n"


def frame_text(frame: Frame) -> Formatted:
    """What a frame shows: the last page of the answer, else the status. At most one message long."""
    if not frame.markdown.strip():
        return Formatted(sendable(frame.status).strip())
    pieces = split(render_partial(last_page(sendable(frame.markdown))))
    return pieces[-1] if pieces else Formatted("")


def last_page(markdown: str) -> str:
    """The page that an answer is being written on. It stays while the answer grows, until it is full.

    A block of code that began on an earlier page is opened again.
    """
    start = 0
    while utf16_units(markdown[start : start + _PAGE + 1]) > _PAGE:
        start = _line_start(markdown, start + _PAGE - 2 * _KEPT, start + _PAGE - _KEPT)
    if start == 0:
        return markdown
    fence = open_fence(markdown[:start])
    opening = f"{fence.strip()}\n" if fence is not None else ""
    return f"{_CONTINUED}{opening}{markdown[start:]}"


def _line_start(markdown: str, first: int, last: int) -> int:
    """The start of a paragraph, of a line, or of a word between two offsets."""
    for edge in ("\n\n", "\n", " "):
        found = markdown.find(edge, first, last)
        if found >= 0:
            return found + len(edge)
    return last
