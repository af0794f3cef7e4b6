"""Puts an answer together from its chunks and says whether it is whole."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import orjson

from llm.types import (
    FinishReason,
    ServerTimings,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from llm.wire.chunks import Chunk, Delta
from llm.wire.thinking import SplitPiece, ThinkingSplitter

MAX_ANSWER_CHARACTERS = 2_000_000
"""No model writes so much within any limit of time that is in use; a server that sends more is broken."""


class Fault(StrEnum):
    """Why an answer that has ended is not a whole one; the values are codes of `llm.errors.Failure`."""

    STREAM_CUT = "stream_cut"
    EMPTY_ANSWER = "empty_answer"
    THINKING_SPENT_LIMIT = "thinking_spent_limit"
    CONTENT_FILTER = "content_filter"
    ABORTED = "aborted"
    OVERLOADED = "overloaded"
    ANSWER_TOO_LONG = "answer_too_long"


# The words of OpenAI, and what others say for the same. A word that is not here ends an answer like `stop`.
_REASONS = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.CONTENT_FILTER,
    "safety": FinishReason.CONTENT_FILTER,
}
# vLLM and SGLang say `abort` when the engine drops the request; DeepSeek's cloud has a word for being overloaded.
_BREAKS = {
    "abort": Fault.ABORTED,
    "aborted": Fault.ABORTED,
    "cancelled": Fault.ABORTED,
    "insufficient_system_resource": Fault.OVERLOADED,
}


class Answer:
    """An answer in the making.

    `text` is what has come so far. Blank text is held back until something visible follows, so that whoever reads
    the events has seen text exactly when `text` is not empty. Reasoning inside the text is told apart from it; with
    `opening_missing` the model is known to leave out the tag that opens it.
    """

    def __init__(self, *, opening_missing: bool = False) -> None:
        self.usage: Usage | None = None
        self.timings: ServerTimings | None = None
        self.model: str | None = None
        self.finish: str | None = None
        self.begun = False
        self._opening_expected_missing = opening_missing
        self._splitter = ThinkingSplitter(opening_missing=opening_missing)
        self._server_splits = False
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._calls: dict[int, list[ToolCallDelta]] = {}
        self._blank = ""
        self._refused = False
        self._characters = 0

    @property
    def text(self) -> str:
        """The visible answer so far."""
        return "".join(self._text)

    @property
    def thinking(self) -> str:
        """The reasoning so far."""
        return "".join(self._thinking)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, put together."""
        return tuple(_join(pieces) for _, pieces in sorted(self._calls.items()))

    @property
    def reason(self) -> FinishReason:
        """Why the model ended its answer."""
        return _REASONS.get((self.finish or "").lower(), FinishReason.STOP)

    @property
    def opening_was_missing(self) -> bool | None:
        """Whether the model's reasoning came without its opening tag; None when the answer does not tell.

        What was held for want of that tag and ended of itself without a closing one was no reasoning.
        """
        missing = self._splitter.opening_was_missing
        if missing is not None:
            return missing
        ended = self.finish is not None and self.reason is not FinishReason.LENGTH
        return False if self._server_splits or (self._opening_expected_missing and ended) else None

    @property
    def too_long(self) -> bool:
        """Whether more has come than any model writes."""
        return self._characters > MAX_ANSWER_CHARACTERS

    def add(self, chunk: Chunk) -> list[StreamEvent]:
        """Take a chunk and give what is new in it; nothing is added after the end of the answer."""
        self.usage = chunk.usage or self.usage
        self.timings = chunk.timings or self.timings
        self.model = chunk.model or self.model
        self._refused = self._refused or chunk.refused
        events: list[StreamEvent] = []
        if self.finish is None:
            for delta in chunk.deltas:
                self._add_delta(delta, events)
            self.finish = chunk.finish
            if self.finish is not None:
                events += self.close()
        return events

    def close(self) -> list[StreamEvent]:
        """Give what was held back, since nothing more comes; has to be called before `fault()`.

        The end of the answer does the same, so that a second call gives nothing.
        """
        events: list[StreamEvent] = []
        for piece in self._splitter.finish():
            self._add_piece(piece, events)
        return events

    def fault(self, *, done: bool) -> Fault | None:
        """Say what the answer lacks now that the stream has ended; `done` is whether `[DONE]` came.

        With `[DONE]` but without a reason for the end an answer is whole only when it has text (servers.md 13.3).
        """
        if self.finish is None and not (done and self._text):
            return Fault.EMPTY_ANSWER if done and not self._calls else Fault.STREAM_CUT
        if broken := _BREAKS.get((self.finish or "").lower()):
            return broken
        if self._text or self._calls:
            return None
        if self._refused or self.reason is FinishReason.CONTENT_FILTER:
            return Fault.CONTENT_FILTER
        if self._thinking and self.reason is FinishReason.LENGTH:
            return Fault.THINKING_SPENT_LIMIT
        return Fault.EMPTY_ANSWER

    def _add_delta(self, delta: Delta, events: list[StreamEvent]) -> None:
        self.begun = True
        if isinstance(delta, TextDelta):
            self._characters += len(delta.text)
            for piece in self._splitter.feed(delta.text):
                self._add_piece(piece, events)
        elif isinstance(delta, ThinkingDelta):
            self._characters += len(delta.text)
            if not self._server_splits:
                self._server_splits = True
                for piece in self._splitter.server_splits():
                    self._add_piece(piece, events)
            self._add_piece(delta, events)
        else:
            self._characters += len(delta.arguments)
            delta = self._placed(delta)
            self._calls.setdefault(delta.index, []).append(delta)
            events.append(delta)

    def _add_piece(self, piece: SplitPiece, events: list[StreamEvent]) -> None:
        if isinstance(piece, TextDelta):
            if self._text:
                self._text.append(piece.text)
                events.append(piece)
            else:
                self._begin_text(piece.text, events)
        elif isinstance(piece, ThinkingDelta):
            if piece.text:
                self._thinking.append(piece.text)
            events.append(piece)
        else:
            # The reasoning that it was comes next, as such.
            self._blank = ""
            if self._text:
                self._text.clear()
                events.append(piece)

    def _begin_text(self, text: str, events: list[StreamEvent]) -> None:
        text = self._blank + text
        self._blank = "" if text.strip() else text
        if not self._blank:
            self._text.append(text)
            events.append(TextDelta(text))

    def _placed(self, delta: ToolCallDelta) -> ToolCallDelta:
        """The delta with an index of its own where it begins another call under the index of a whole one.

        Ollama sends each call whole in a chunk of its own, and older versions number them in each chunk anew.
        """
        pieces = self._calls.get(delta.index)
        if not pieces or not delta.name or not _is_json("".join(piece.arguments for piece in pieces)):
            return delta
        return replace(delta, index=max(self._calls) + 1)


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _join(pieces: list[ToolCallDelta]) -> ToolCall:
    return ToolCall(
        id=next((piece.id for piece in pieces if piece.id), ""),
        name=next((piece.name for piece in pieces if piece.name), ""),
        arguments="".join(piece.arguments for piece in pieces),
    )
