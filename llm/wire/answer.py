"""Puts an answer together from its chunks and says whether it is whole."""

from __future__ import annotations

from enum import StrEnum

from llm.types import FinishReason, StreamEvent, TextDelta, ThinkingDelta, ToolCall, ToolCallDelta, Usage
from llm.wire.chunks import Chunk, Delta

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
    the events has seen text exactly when `text` is not empty.
    """

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.model: str | None = None
        self.finish: str | None = None
        self.begun = False
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
    def too_long(self) -> bool:
        """Whether more has come than any model writes."""
        return self._characters > MAX_ANSWER_CHARACTERS

    def add(self, chunk: Chunk) -> list[StreamEvent]:
        """Take a chunk and give what is new in it; nothing is added after the end of the answer."""
        self.usage = chunk.usage or self.usage
        self.model = chunk.model or self.model
        self._refused = self._refused or chunk.refused
        events: list[StreamEvent] = []
        if self.finish is None:
            events = [event for delta in chunk.deltas if (event := self._add_delta(delta)) is not None]
            self.finish = chunk.finish
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

    def _add_delta(self, delta: Delta) -> StreamEvent | None:
        self.begun = True
        match delta:
            case TextDelta(text):
                self._characters += len(text)
                return self._add_text(text)
            case ThinkingDelta(text):
                self._characters += len(text)
                self._thinking.append(text)
            case ToolCallDelta():
                self._characters += len(delta.arguments)
                self._calls.setdefault(delta.index, []).append(delta)
        return delta

    def _add_text(self, text: str) -> TextDelta | None:
        if not self._text:
            text = self._blank + text
            if not text.strip():
                self._blank = text
                return None
            self._blank = ""
        self._text.append(text)
        return TextDelta(text)


def _join(pieces: list[ToolCallDelta]) -> ToolCall:
    return ToolCall(
        id=next((piece.id for piece in pieces if piece.id), ""),
        name=next((piece.name for piece in pieces if piece.name), ""),
        arguments="".join(piece.arguments for piece in pieces),
    )
