"""Chunks in all the dialects of servers.md 13.3."""

from __future__ import annotations

from typing import Any

import pytest

from llm.types import TextDelta, ThinkingDelta, ToolCallDelta, Usage
from llm.wire.chunks import Chunk, parse_json, read_chunk
from tests.fakes.replies import chunk, text_chunk, usage_chunk


def test_a_piece_of_text_is_a_text_delta():
    assert read_chunk(text_chunk("hi")) == Chunk((TextDelta("hi"),), model="fake")


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_is_thinking_under_either_name(field: str):
    assert read_chunk(chunk({field: "hm"})).deltas == (ThinkingDelta("hm"),)


def test_the_same_reasoning_under_both_names_is_one_piece():
    assert read_chunk(chunk({"reasoning": "hm", "reasoning_content": "hm"})).deltas == (ThinkingDelta("hm"),)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"delta": None, "finish_reason": None}], "usage": None},
        {"choices": [{"delta": {"role": "assistant", "content": None}}]},
        {"choices": [{"delta": {"content": "", "reasoning": None, "tool_calls": None}}], "error": None},
        {"choices": [{"delta": {"content": 5, "tool_calls": [7]}, "finish_reason": ""}], "usage": "none"},
        [],
        7,
        None,
    ],
)
def test_what_is_missing_or_null_counts_as_absent(value: object):
    assert read_chunk(value) == Chunk()


def test_the_usage_chunk_has_no_choices():
    assert read_chunk(usage_chunk(5, 3)).usage == Usage(5, 3)


def test_cached_tokens_are_counted():
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 4}}
    assert read_chunk({"choices": [], "usage": usage}).usage == Usage(9, 1, 4)


def test_usage_of_zeros_in_every_chunk_tells_nothing():
    assert read_chunk({**text_chunk("a"), "usage": {"prompt_tokens": 0, "completion_tokens": 0}}).usage is None


def test_a_whole_answer_reads_like_one_chunk():
    message = {"role": "assistant", "content": "hi", "reasoning_content": "hm"}
    value = {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}
    assert read_chunk(value) == Chunk((ThinkingDelta("hm"), TextDelta("hi")), finish="stop", model="m")


def test_content_in_parts_is_joined():
    assert read_chunk(chunk({"content": [{"type": "text", "text": "a"}, {"text": "b"}, 3]})).deltas == (
        TextDelta("ab"),
    )


def test_pieces_of_tool_calls_keep_their_place():
    calls: list[dict[str, Any]] = [
        {"index": 1, "id": "c1", "function": {"name": "f", "arguments": '{"a"'}},
        {"function": {"arguments": {"b": 1}}},
    ]
    assert read_chunk(chunk({"tool_calls": calls})).deltas == (
        ToolCallDelta(1, "c1", "f", '{"a"'),
        ToolCallDelta(1, None, None, '{"b":1}'),
    )


@pytest.mark.parametrize(
    "value",
    [
        {"error": {"message": "boom"}},
        {"error": "boom"},
        {"object": "error", "message": "boom"},
        {"error": {"message": "boom"}, "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]},
    ],
)
def test_an_error_at_the_top_is_an_error(value: dict[str, Any]):
    assert read_chunk(value).error == value


def test_an_error_inside_the_choice_is_an_error():
    inside = read_chunk({"choices": [{"error": {"message": "boom"}, "delta": {}}]}).error
    assert isinstance(inside, dict)
    assert inside["error"] == {"message": "boom"}
    assert read_chunk({"choices": [{"delta": {}, "finish_reason": "error"}]}).error is not None


@pytest.mark.parametrize("value", [{"message": "boom"}, "boom"])
def test_whatever_comes_in_an_event_named_error_is_one(value: object):
    assert read_chunk(value, event="error").error == value


def test_a_refusal_is_noticed():
    assert read_chunk(chunk({"refusal": "I can't."})).refused


@pytest.mark.parametrize(
    ("written", "value"),
    [('{"a":"\\ud83d"}', {"a": "\ufffd"}), ('{"a":"\\ud83d\\ude42"}', {"a": "🙂"}), ('{"a": "x\ny"}', {"a": "x\ny"})],
)
def test_json_that_is_not_quite_json_is_read(written: str, value: object):
    assert parse_json(written) == value
    assert parse_json(written.encode()) == value


def test_what_is_no_json_is_a_value_error():
    with pytest.raises(ValueError, match="Expecting"):
        parse_json("<html>")
