"""The part of a growing answer that fits into one frame, and its formatted text."""

from __future__ import annotations

from bot.delivery.base import Frame
from bot.delivery.formatted import Formatted, sendable, utf16_units
from bot.delivery.markup import open_fence, render_partial
from bot.delivery.rendering import Rendering
from bot.delivery.split import split
from bot.delivery.thinking import live

# Markdown of this length is short enough as a message even when a table becomes a list; the rest is for what comes.
_PAGE = 3000
# How much of a full page is at least shown again at the start of the next one.
_KEPT = 600
_CONTINUED = "…\n"
# Longer pages are rendered on a thread.
_RENDERED_HERE = 1000


class FramePages:
    """The pages of one answer. It remembers where the page in work begins, so that frames cost no more as it grows."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._passed = ""
        self._fence: str | None = None

    async def text(self, frame: Frame) -> Formatted:
        """What a frame shows: the last page of the answer, else status and thoughts. At most one message long."""
        if not frame.written:
            return live(frame.status, frame.thoughts)
        page = self.page(sendable(frame.markdown))
        return page_text(page) if len(page) <= _RENDERED_HERE else await self._rendering.run(page_text, page)

    def page(self, markdown: str) -> str:
        """The page that an answer is being written on. It stays while the answer grows, until it is full.

        A block of code that began on an earlier page is opened again.
        """
        if not markdown.startswith(self._passed):
            self._passed, self._fence = "", None
        start = len(self._passed)
        while utf16_units(markdown[start : start + _PAGE + 1]) > _PAGE:
            start = _line_start(markdown, start + _PAGE - 2 * _KEPT, start + _PAGE - _KEPT)
        if start > len(self._passed):
            self._fence = open_fence(_reopened(self._fence, markdown[len(self._passed) : start]))
            self._passed = markdown[:start]
        return markdown if start == 0 else f"{_CONTINUED}{_reopened(self._fence, markdown[start:])}"


def page_text(page: str) -> Formatted:
    """A page as it is shown while it is written."""
    pieces = split(render_partial(page))
    return pieces[-1] if pieces else Formatted("")


def _reopened(fence: str | None, markdown: str) -> str:
    return markdown if fence is None else f"{fence.strip()}\n{markdown}"


def _line_start(markdown: str, first: int, last: int) -> int:
    """The start of a paragraph, of a line, or of a word between two offsets."""
    for edge in ("\n\n", "\n", " "):
        found = markdown.find(edge, first, last)
        if found >= 0:
            return found + len(edge)
    return last
