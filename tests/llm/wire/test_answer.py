"""Answers put together from chunks, and when they are whole."""

from __future__ import annotations

import pytest

from llm.types import FinishReason, StreamEvent, TextDelta, ThinkingDelta, ToolCall, ToolCallDelta, Usage
from llm.wire.answer import Answer, Fault
from llm.wire.chunks import Chunk

TEXT = Chunk((TextDelta("hi"),), model="m")
THINKING = Chunk((ThinkingDelta("hm"),))
CALL = Chunk(
    (ToolCallDelta(0, "c1", "f", '{"a"'), ToolCallDelta(0, None, None, ":1}"), ToolCallDelta(1, "c2", "g", ""))
)


def answer_of(*chunks: Chunk) -> tuple[Answer, list[StreamEvent]]:
    answer = Answer()
    return answer, [event for chunk in chunks for event in answer.add(chunk)]


def end(word: str) -> Chunk:
    return Chunk(finish=word)


def test_pieces_are_joined():
    answer, events = answer_of(THINKING, TEXT, Chunk((TextDelta(" you"),)), CALL, end("stop"), Chunk(usage=Usage(1, 2)))
    assert (answer.text, answer.thinking, answer.model, answer.usage) == ("hi you", "hm", "m", Usage(1, 2))
    assert answer.tool_calls == (ToolCall("c1", "f", '{"a":1}'), ToolCall("c2", "g", ""))
    assert len(events) == 6


def test_blank_text_is_held_back_until_something_visible_follows():
    answer, events = answer_of(Chunk((TextDelta("\n"),)), Chunk((TextDelta("\n"),)), TEXT, Chunk((TextDelta("\n"),)))
    assert events == [TextDelta("\n\nhi"), TextDelta("\n")]
    assert answer.text == "\n\nhi\n"


def test_nothing_is_added_after_the_end():
    answer, events = answer_of(TEXT, end("stop"), Chunk((TextDelta("more"),)), end("length"))
    assert (answer.text, answer.reason, len(events)) == ("hi", FinishReason.STOP, 1)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("eos", FinishReason.STOP),
        ("COMPLETE", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("tool_calls", FinishReason.TOOL_CALLS),
        ("function_call", FinishReason.TOOL_CALLS),
        ("content_filter", FinishReason.CONTENT_FILTER),
    ],
)
def test_every_word_for_the_end_is_understood(word: str, reason: FinishReason):
    answer, _ = answer_of(TEXT, end(word))
    assert (answer.reason, answer.fault(done=False)) == (reason, None)


@pytest.mark.parametrize(
    ("chunks", "done", "fault"),
    [
        ([TEXT], False, Fault.STREAM_CUT),
        ([TEXT], True, None),
        ([], False, Fault.STREAM_CUT),
        ([], True, Fault.EMPTY_ANSWER),
        ([THINKING], True, Fault.EMPTY_ANSWER),
        ([CALL], True, Fault.STREAM_CUT),
        ([CALL, end("tool_calls")], False, None),
        ([end("stop")], True, Fault.EMPTY_ANSWER),
        ([Chunk((TextDelta(" \n"),)), end("stop")], True, Fault.EMPTY_ANSWER),
        ([THINKING, end("stop")], True, Fault.EMPTY_ANSWER),
        ([THINKING, end("length")], True, Fault.THINKING_SPENT_LIMIT),
        ([end("length")], True, Fault.EMPTY_ANSWER),
        ([end("content_filter")], True, Fault.CONTENT_FILTER),
        ([Chunk(refused=True), end("stop")], True, Fault.CONTENT_FILTER),
        ([TEXT, end("abort")], True, Fault.ABORTED),
        ([end("insufficient_system_resource")], True, Fault.OVERLOADED),
    ],
)
def test_what_an_ended_answer_lacks(chunks: list[Chunk], done: bool, fault: Fault | None):
    answer, _ = answer_of(*chunks)
    assert answer.fault(done=done) is fault


def test_an_answer_has_a_limit():
    answer, _ = answer_of(*[Chunk((TextDelta("x" * 500_000),))] * 4)
    assert not answer.too_long
    answer.add(TEXT)
    assert answer.too_long
