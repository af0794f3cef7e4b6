"""Tells reasoning that stands inside the text of an answer apart from the answer, by its tags (servers.md 12.3)."""

from __future__ import annotations

import re
from enum import Enum, auto

from llm.types import TextDelta, TextRetracted, ThinkingDelta
from llm.wire.code_spans import CodeSpans

SplitPiece = TextDelta | ThinkingDelta | TextRetracted

_PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "<|channel>thought": "<channel|>",
    "<|START_THINKING|>": "<|END_THINKING|>",
}
# The closing tags of models whose prompt may end with the opening one.
_UNOPENED = ("</think>", "[/THINK]", "</seed:think>", "<|END_THINKING|>")
_RESPONSE = ("<|START_RESPONSE|>", "<|END_RESPONSE|>")
# gpt-oss writes messages, each with a header that names its channel: only `final` is meant for a person.
_CHANNEL, _START, _MESSAGE = "<|channel|>", "<|start|>", "<|message|>"
_HEADERS = (_CHANNEL, _START)
_ENDS = ("<|end|>", "<|return|>", "<|call|>")
_VISIBLE_CHANNELS = frozenset({"", "final"})
_LONGEST_HEADER = 200


class _Tags:
    """A set of tags that a text is searched for; none of them begins with another."""

    def __init__(self, *tags: str) -> None:
        self._any = re.compile("|".join(map(re.escape, tags)))
        self._beginnings = frozenset(tag[:length] for tag in tags for length in range(1, len(tag)))
        self._longest = max(map(len, tags))

    def find(self, text: str) -> re.Match[str] | None:
        """The first whole tag in a text."""
        return self._any.search(text)

    def lead(self, text: str) -> str:
        """The tag that a text begins with, or nothing."""
        found = self._any.match(text)
        return found[0] if found else ""

    def may_become(self, text: str) -> bool:
        """Whether a text is the beginning of a tag and no more."""
        return text in self._beginnings

    def open_end(self, text: str) -> int:
        """Where in a text without whole tags one begins that its end leaves open; the length of the text if none."""
        end = len(text)
        for place in range(max(0, end - self._longest + 1), end):
            if text[place] in "<[" and text[place:] in self._beginnings:
                return place
        return end


class _Dialect(Enum):
    """Whose marks the text was seen to have: they are dropped from it from then on."""

    PLAIN = auto()
    CHANNELS = auto()
    RESPONSE = auto()


class _Mode(Enum):
    """Where in the text we are."""

    START = auto()
    """Nothing visible has come yet."""
    TEXT = auto()
    THINKING = auto()
    """Inside a block that opened where one is to be expected."""
    HEADER = auto()
    """Inside the header of a gpt-oss message."""
    MENTION = auto()
    """After an opening tag in the middle of the answer: it counts only when its closing tag follows."""
    UNOPENED = auto()
    """In what is reasoning if a closing tag follows, and the answer if none does."""


_CLOSING = {opening: _Tags(closing) for opening, closing in _PAIRS.items()} | {_CHANNEL: _Tags(_ENDS[0])}
_CHANNEL_CLOSING = _Tags(*_ENDS, *_HEADERS)
_UNOPENED_TAGS = _Tags(*_UNOPENED)
_START_TAGS = {
    _Dialect.PLAIN: _Tags(*_PAIRS, *_HEADERS, _RESPONSE[0]),
    _Dialect.CHANNELS: _Tags(*_PAIRS, *_HEADERS, *_ENDS),
    _Dialect.RESPONSE: _Tags(*_PAIRS, *_RESPONSE),
}
_NOTHING_OPENED_TAGS = _Tags(*_PAIRS, _CHANNEL, *_UNOPENED)
_TEXT_TAGS = {
    _Dialect.PLAIN: _Tags(*_PAIRS, _CHANNEL),
    _Dialect.CHANNELS: _Tags(*_PAIRS, *_HEADERS, *_ENDS),
    _Dialect.RESPONSE: _Tags(*_PAIRS, *_RESPONSE),
}


class ThinkingSplitter:
    """Splits the text of one answer, fed in pieces of any size, into what a person sees and the reasoning.

    An opening tag counts at once where nothing visible has come before it. In the middle of the answer it counts
    outside code only, and only when its closing tag follows: until then the text is held back. A closing tag without
    an opening one takes all text so far back. With `opening_missing`, known of the model, such text is held instead,
    and an empty ThinkingDelta shows for each piece of it that the model is at work.
    """

    def __init__(self, *, opening_missing: bool = False) -> None:
        self._opening_missing = opening_missing
        self._was_missing: bool | None = None
        self._mode = _Mode.START
        self._dialect = _Dialect.PLAIN
        self._plain = False
        self._after_tag = False
        self._opened = False
        self._thought = False
        self._opening = ""
        self._closing = _UNOPENED_TAGS
        self._held = ""
        self._kept: list[str] = []
        self._given: list[str] = []
        self._scanned = 0
        self._code = CodeSpans()

    @property
    def opening_was_missing(self) -> bool | None:
        """Whether reasoning came without its opening tag; None as long as no tag has told."""
        return self._was_missing

    def feed(self, text: str) -> list[SplitPiece]:
        """Take the next piece of the text and give what is decided by it."""
        if self._plain and "<" not in text and "[" not in text:
            self._given.append(text)
            return [TextDelta(text)]
        return self._advance(text)

    def server_splits(self) -> list[SplitPiece]:
        """Hold nothing any more for want of an opening tag, since the server parses; gives what was held so."""
        self._opening_missing = False
        if self._mode is not _Mode.UNOPENED:
            return []
        self._mode = _Mode.TEXT
        held, self._held = "".join(self._kept) + self._held, ""
        self._kept.clear()
        return self._advance(held)

    def finish(self) -> list[SplitPiece]:
        """Give what was held when the answer ended: a tag that was not ended, or not closed, was text."""
        out: list[SplitPiece] = []
        match self._mode:
            case _Mode.START | _Mode.TEXT:
                self._show(self._held.lstrip() if self._after_tag else self._held, out)
            case _Mode.THINKING:
                self._think(self._held, out)
            case _Mode.HEADER if self._dialect is not _Dialect.CHANNELS:
                self._show(self._opening + self._held, out)
            case _Mode.MENTION | _Mode.UNOPENED:
                self._show("".join(self._kept) + self._held, out)
        self._kept.clear()
        self._held = ""
        self._mode = _Mode.TEXT
        return out

    def _advance(self, text: str) -> list[SplitPiece]:
        out: list[SplitPiece] = []
        self._held += text
        while self._step(out):
            pass
        self._plain = self._mode is _Mode.TEXT and not self._held and not self._after_tag
        return out

    def _step(self, out: list[SplitPiece]) -> bool:
        """Read what is held as far as one mode goes; gives whether another may go on with the rest."""
        match self._mode:
            case _Mode.START:
                return self._read_start()
            case _Mode.TEXT:
                return self._read_text(out)
            case _Mode.THINKING:
                return self._read_thinking(out)
            case _Mode.HEADER:
                return self._read_header(out)
            case _Mode.MENTION | _Mode.UNOPENED:
                return self._read_undecided(out)

    def _read_start(self) -> bool:
        body = self._held.lstrip()
        if self._after_tag:
            self._held = body
        tags = _START_TAGS[self._dialect]
        if tag := tags.lead(body):
            self._held = body[len(tag) :]
            self._meet(tag)
            return True
        if not body or tags.may_become(body):
            return False
        self._after_tag = False
        self._mode = _Mode.UNOPENED if self._opening_missing and not self._opened else _Mode.TEXT
        return True

    def _read_text(self, out: list[SplitPiece]) -> bool:
        if self._after_tag:
            self._held = self._held.lstrip()
            if not self._held:
                return False
            self._after_tag = False
        tags = _TEXT_TAGS[self._dialect] if self._opened else _NOTHING_OPENED_TAGS
        found = tags.find(self._held)
        if found is None:
            self._show(self._take(tags.open_end(self._held)), out)
            return False
        seen = bool(self._given)
        before, tag = self._take(found.start()), found[0]
        self._held = self._held[len(tag) :]
        if self._ends_in_code(before):
            self._given.append(tag)
            out.append(TextDelta(before + tag))
        elif tag in _UNOPENED:
            self._retract(out, seen=seen)
        else:
            if before:
                out.append(TextDelta(before))
            self._meet(tag)
        return True

    def _read_thinking(self, out: list[SplitPiece]) -> bool:
        found = self._closing.find(self._held)
        if found is None:
            self._think(self._take(self._closing.open_end(self._held)), out)
            return False
        self._think(self._take(found.start()), out)
        self._held = self._held[len(found[0]) :]
        if found[0] in _HEADERS:
            self._meet(found[0])
        else:
            self._leave()
        return True

    def _read_header(self, out: list[SplitPiece]) -> bool:
        end = self._held.find(_MESSAGE)
        if end < 0 and len(self._held) < _LONGEST_HEADER + len(_MESSAGE):
            return False
        if not 0 <= end <= _LONGEST_HEADER:
            self._mode = _Mode.TEXT
            self._show(self._opening, out)
            return True
        header = self._opening + self._take(end)
        self._held = self._held[len(_MESSAGE) :]
        self._dialect = _Dialect.CHANNELS
        if _channel(header) in _VISIBLE_CHANNELS:
            self._opened = True
            self._leave()
        else:
            self._open(_CHANNEL_CLOSING)
        return True

    def _read_undecided(self, out: list[SplitPiece]) -> bool:
        found = self._closing.find(self._held)
        if found is None:
            self._kept.append(self._take(self._closing.open_end(self._held)))
            if self._mode is _Mode.UNOPENED:
                out.append(ThinkingDelta(""))
            return False
        reasoning = "".join(self._kept) + self._take(found.start())
        self._kept.clear()
        self._held = self._held[len(found[0]) :]
        self._thought = False
        if self._mode is _Mode.UNOPENED:
            self._was_missing = True
            self._think(reasoning, out)
        else:
            self._count_opening()
            self._give_block(reasoning, out)
        self._leave()
        return True

    def _give_block(self, block: str, out: list[SplitPiece]) -> None:
        """Give a block from the middle of the answer; it begins with its opening tag."""
        if self._opening != _CHANNEL:
            self._think(block[len(self._opening) :], out)
            return
        self._dialect = _Dialect.CHANNELS
        header, _, body = block.partition(_MESSAGE)
        if _channel(header) in _VISIBLE_CHANNELS:
            self._show(body, out)
        else:
            self._think(body, out)

    def _meet(self, tag: str) -> None:
        """Enter what a tag opens."""
        self._opening = tag
        if tag in _HEADERS and (self._mode is not _Mode.TEXT or self._dialect is _Dialect.CHANNELS):
            self._mode = _Mode.HEADER
        elif tag in _ENDS or tag in _RESPONSE:
            self._dialect = _Dialect.RESPONSE if tag in _RESPONSE else self._dialect
            self._leave()
        elif self._mode is _Mode.TEXT:
            self._closing = _CLOSING[tag]
            self._kept.append(tag)
            self._mode = _Mode.MENTION
        else:
            self._open(_CLOSING[tag])

    def _open(self, closing: _Tags) -> None:
        self._count_opening()
        self._closing = closing
        self._thought = False
        self._mode = _Mode.THINKING

    def _count_opening(self) -> None:
        self._opened = True
        if self._was_missing is None:
            self._was_missing = False
        if self._opening == "<|START_THINKING|>":
            self._dialect = _Dialect.RESPONSE

    def _leave(self) -> None:
        """Go on after the end of a block: what follows is the beginning, as long as nothing visible has come."""
        self._opened = True
        self._after_tag = True
        self._mode = _Mode.TEXT if self._given else _Mode.START

    def _retract(self, out: list[SplitPiece], *, seen: bool) -> None:
        reasoning = "".join(self._given)
        self._given.clear()
        self._scanned = 0
        self._code = CodeSpans()
        if seen:
            out.append(TextRetracted())
        self._was_missing = True
        self._thought = False
        self._think(reasoning, out)
        self._leave()

    def _ends_in_code(self, text: str) -> bool:
        """Add text to what was given, and say whether its end stands in code; reads only what was not read before."""
        if text:
            self._given.append(text)
        self._code.feed("".join(self._given[self._scanned :]))
        self._scanned = len(self._given)
        return self._code.inside

    def _take(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        return taken

    def _show(self, text: str, out: list[SplitPiece]) -> None:
        if text:
            self._given.append(text)
            out.append(TextDelta(text))

    def _think(self, text: str, out: list[SplitPiece]) -> None:
        if not self._thought:
            text = text.lstrip()
        if text:
            self._thought = True
            out.append(ThinkingDelta(text))


def _channel(header: str) -> str:
    """The channel that the header of a gpt-oss message names: `<|start|>assistant<|channel|>final` names `final`."""
    words = header.rpartition(_CHANNEL)[2].split() if _CHANNEL in header else []
    return words[0].partition("<")[0] if words else ""
