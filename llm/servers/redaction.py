"""Makes what a server says about an error safe to log."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llm.types import ChatRequest

MAX_DETAIL_CHARACTERS = 300
_FRAGMENT = 20
_BLOCK = _FRAGMENT // 2
_SHORT_TEXT = 8
WITHHELD = "(withheld: it repeats a message)"

_KEY_LIKE = re.compile(r"\b(?:(?:sk|pk|hf|gsk|xai|key)[-_]|Bearer )[\w*.-]{6,}", re.IGNORECASE)


class Redaction:
    """Knows what must not be in a log: the texts of one request and the key that it was sent with.

    A detail is withheld when it has 20 characters in a row, or a whole shorter message, in common with a text of the
    request; keys are blotted out.
    """

    def __init__(self, texts: Iterable[str] = (), *, api_key: str = "") -> None:
        self._texts = tuple(texts)
        self._api_key = api_key

    @classmethod
    def of(cls, request: ChatRequest, *, api_key: str = "") -> Redaction:
        """What must not be logged about this request."""
        return cls((message.text for message in request.messages), api_key=api_key)

    def detail(self, text: str) -> str:
        """The text in one line of at most 300 characters, safe to log."""
        line = " ".join(text.split())
        if self._api_key:
            line = line.replace(self._api_key, "***")
        line = _KEY_LIKE.sub("***", line)[:MAX_DETAIL_CHARACTERS]
        return WITHHELD if self._repeats(_plain(line)) else line

    def code(self, words: Iterable[str]) -> str | None:
        """The first of a server's machine words that is not the key."""
        return next((word for word in words if not self._api_key or self._api_key.casefold() not in word), None)

    def _repeats(self, line: str) -> bool:
        return any(_shares_fragment(line, plain) for text in self._texts if (plain := _plain(text)))


def _plain(text: str) -> str:
    """Text as it is compared: case, white space and the escapes of quoted text do not count."""
    return " ".join(re.sub(r"\\[nrt\"'\\]", " ", text).replace('"', " ").casefold().split())


def _shares_fragment(line: str, text: str) -> bool:
    if len(text) < _FRAGMENT:
        return len(text) >= _SHORT_TEXT and text in line
    # Any 20 characters in common hold one whole block of ten that begins at a multiple of ten: few searches find it.
    return any(
        _grows(line, start, text)
        for start in range(0, len(line) - _BLOCK + 1, _BLOCK)
        if line[start : start + _BLOCK] in text
    )


def _grows(line: str, start: int, text: str) -> bool:
    """Whether some 20 characters of the line around the block at `start` are in the text."""
    first = max(0, start - _BLOCK)
    last = min(start, len(line) - _FRAGMENT)
    return any(line[begin : begin + _FRAGMENT] in text for begin in range(first, last + 1))
