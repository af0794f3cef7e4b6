"""Answers put together from chunks, and when they are whole."""

from __future__ import annotations

import pytest

from llm.types import (
    FinishReason,
    ServerTimings,
    StreamEvent,
    TextDelta,
    TextRetracted,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
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


def said(*texts: str) -> list[Chunk]:
    return [Chunk((TextDelta(text),)) for text in texts]


def ended(*chunks: Chunk, opening_missing: bool = False) -> tuple[Answer, list[StreamEvent]]:
    """An answer after the end of its stream, and all its events."""
    answer = Answer(opening_missing=opening_missing)
    events = [event for chunk in chunks for event in answer.add(chunk)]
    return answer, events + answer.close()


def test_reasoning_inside_the_text_is_thinking():
    answer, events = ended(*said("<thi", "nk>hm</think>\n", "\nhi"), end("stop"))
    assert events == [ThinkingDelta("hm"), TextDelta("hi")]
    assert (answer.text, answer.thinking, answer.fault(done=True)) == ("hi", "hm", None)


def test_reasoning_without_an_opening_tag_is_taken_back():
    answer, events = ended(*said("hm", "</think>hi"), end("stop"))
    assert events == [TextDelta("hm"), TextRetracted(), ThinkingDelta("hm"), TextDelta("hi")]
    assert (answer.text, answer.thinking, answer.opening_was_missing) == ("hi", "hm", True)


def test_an_answer_that_was_taken_back_begins_anew():
    answer, _ = ended(*said("hm", "</think>"), end("stop"))
    assert (answer.text, answer.fault(done=True)) == ("", Fault.EMPTY_ANSWER)
    _, events = ended(*said("hm", "</think> \n", "hi"))
    assert events[-1] == TextDelta("hi")


def test_blank_text_that_nobody_has_seen_is_not_taken_back():
    assert ended(*said(" \n", "</think>hi"))[1] == [TextDelta("hi")]


def test_what_is_held_comes_with_the_end_of_the_answer_and_once():
    answer = Answer()
    assert answer.add(said("a <think>")[0]) == [TextDelta("a ")]
    assert answer.add(end("stop")) == [TextDelta("<think>")]
    assert answer.close() == []
    assert answer.text == "a <think>"


def test_what_is_held_comes_when_the_stream_is_cut():
    answer, events = ended(*said("a <thi"))
    assert events == [TextDelta("a "), TextDelta("<thi")]
    assert (answer.text, answer.fault(done=False)) == ("a <thi", Fault.STREAM_CUT)


@pytest.mark.parametrize(
    ("text", "word", "fault"),
    [
        ("<think>hm", "length", Fault.THINKING_SPENT_LIMIT),
        ("<think>hm", "stop", Fault.EMPTY_ANSWER),
        ("<think>hm</think>\n", "length", Fault.THINKING_SPENT_LIMIT),
        ("<think>\n\n</think>", "length", Fault.EMPTY_ANSWER),
        ("hm</think>\n\n", "length", Fault.THINKING_SPENT_LIMIT),
        ("<think>hm</think>hi", "length", None),
    ],
)
def test_reasoning_inside_the_text_is_no_answer(text: str, word: str, fault: Fault | None):
    for chunks in (said(text), said(*text)):
        answer, _ = ended(*chunks, end(word))
        assert answer.fault(done=True) is fault


def test_a_known_lack_of_the_opening_tag_holds_the_reasoning():
    answer, events = ended(*said("one", " two", "</think>", "hi"), end("stop"), opening_missing=True)
    working = ThinkingDelta("")
    assert events == [working, working, ThinkingDelta("one two"), TextDelta("hi")]
    assert (answer.text, answer.thinking, answer.opening_was_missing) == ("hi", "one two", True)


def test_nothing_is_held_where_the_server_parses():
    answer, events = ended(THINKING, *said("hi"), opening_missing=True)
    assert events == [ThinkingDelta("hm"), TextDelta("hi")]
    assert answer.opening_was_missing is False
    assert ended(*said("hi"), THINKING, opening_missing=True)[1] == [
        ThinkingDelta(""),
        TextDelta("hi"),
        ThinkingDelta("hm"),
    ]


@pytest.mark.parametrize(
    ("chunks", "opening_missing", "missing"),
    [
        ([TEXT, end("stop")], False, None),
        ([TEXT, end("stop")], True, False),
        ([TEXT, end("length")], True, None),
        ([TEXT], True, None),
        ([THINKING, TEXT, end("stop")], False, False),
        (said("<think>hm</think>hi"), True, False),
        (said("hm</think>hi"), False, True),
    ],
)
def test_an_answer_tells_whether_the_opening_tag_was_missing(
    chunks: list[Chunk], opening_missing: bool, missing: bool | None
):
    assert ended(*chunks, opening_missing=opening_missing)[0].opening_was_missing is missing


def test_the_last_times_are_kept():
    first, last = ServerTimings(prefill_seconds=1.0), ServerTimings(prefill_seconds=1.0, decode_seconds=2.0)
    answer, _ = answer_of(Chunk(timings=first), TEXT, end("stop"), Chunk(timings=last), Chunk())
    assert answer.timings == last


def test_whole_calls_with_the_same_number_are_several_calls():
    calls = [Chunk((ToolCallDelta(0, None, name, '{"a":1}'),)) for name in ("f", "g", "h")]
    answer, events = answer_of(*calls)
    assert [call.name for call in answer.tool_calls] == ["f", "g", "h"]
    assert [event.index for event in events if isinstance(event, ToolCallDelta)] == [0, 1, 2]


def test_a_name_said_in_each_piece_is_one_call():
    answer, _ = answer_of(*(Chunk((ToolCallDelta(0, None, "f", piece),)) for piece in ('{"a"', ":1}")))
    assert answer.tool_calls == (ToolCall("", "f", '{"a":1}'),)
