"""What a model thinks before it answers: timed, shown while it comes, and folded away above the answer."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.delivery.formatted import Formatted, Mark, sendable, utf16_units
from bot.delivery.markup import render_partial
from llm.clock import Clock

# So much of the thoughts stands in a frame, and so much of that is kept when it is full.
_LIVE = 700
_LIVE_KEPT = 250
# Of longer thoughts the beginning and the end are kept with the answer, in UTF-16 units about.
_KEPT_AT_EACH_END = 900
_LEFT_OUT = " […] "

_BLANK_LINES = re.compile(r"\n\s*\n+")
_SPACES = re.compile(r"\s")
# What may stand inside a quote of a message.
_INLINE = frozenset({"bold", "italic", "underline", "strikethrough", "code"})


@dataclass(frozen=True, slots=True)
class Thoughts:
    """Thoughts as they stand above an answer: a line that says how long they took, and the text."""

    title: str
    text: str = field(repr=False)


class Thinking:
    """The thinking of one answer, as far as it has come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: list[str] = []
        self._recent = ""
        self._passed = False
        self._seconds = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """How long the model has thought."""
        running = 0.0 if self._since is None else self._clock.monotonic() - self._since
        return self._seconds + running

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts).strip()

    @property
    def recent(self) -> str:
        """The last of it, as much as a frame shows."""
        return f"…{self._recent}" if self._passed else self._recent

    def grow(self, delta: str) -> None:
        """The model is thinking, and its thoughts have grown by so much."""
        if self._since is None:
            self._since = self._clock.monotonic()
        if not delta:
            return
        self._parts.append(delta)
        self._recent = (self._recent + delta).lstrip() if not self._recent else self._recent + delta
        if len(self._recent) > _LIVE:
            self._recent, self._passed = _from_word(self._recent[-_LIVE_KEPT:]), True

    def pause(self) -> None:
        """The model has begun to answer."""
        self._seconds, self._since = self.seconds, None


def live(status: str, recent: str) -> Formatted:
    """A frame of thinking: the line that says so, and below it the last thoughts as a quote."""
    line, thoughts = sendable(status).strip(), _inline(recent)
    if not thoughts.text:
        return Formatted(line)
    quote = Formatted(thoughts.text, (Mark("blockquote", 0, thoughts.units), *thoughts.marks))
    return Formatted(line).followed_by(quote, "\n") if line else quote


def folded(thoughts: Thoughts) -> Formatted:
    """Thoughts as an expandable quote."""
    whole = Formatted(thoughts.title).followed_by(_inline(_shortened(_compact(thoughts.text))), "\n")
    title = Mark("bold", 0, utf16_units(thoughts.title))
    return Formatted(whole.text, (Mark("expandable_blockquote", 0, whole.units), title, *whole.marks))


def folded_html(thoughts: Thoughts) -> str:
    """The same as a block of HTML, which a rich message may have among its Markdown."""
    body = _inline(_shortened(_compact(thoughts.text)))
    text = html.escape(_compact(body.text), quote=False).replace("\n", "<br>")
    return f"<blockquote expandable><b>{html.escape(thoughts.title, quote=False)}</b><br>{text}</blockquote>"


def _inline(text: str) -> Formatted:
    """Thoughts with the formatting that may stand inside a quote."""
    body = render_partial(_compact(text))
    return Formatted(body.text, tuple(mark for mark in body.marks if mark.kind in _INLINE))


def _compact(text: str) -> str:
    return _BLANK_LINES.sub("\n", sendable(text).strip())


def _shortened(text: str) -> str:
    if len(text) <= 2 * _KEPT_AT_EACH_END + len(_LEFT_OUT):
        return text
    beginning = text[:_KEPT_AT_EACH_END]
    edge = max(beginning.rfind(" "), beginning.rfind("\n"))
    beginning = beginning[:edge] if edge > _KEPT_AT_EACH_END // 2 else beginning
    return f"{beginning}{_LEFT_OUT}{_from_word(text[-_KEPT_AT_EACH_END:])}"


def _from_word(text: str) -> str:
    """The text from the first whole word on; as it is when it is one long word."""
    found = _SPACES.search(text, 0, len(text) // 2)
    return text[found.end() :] if found else text
