"""Chunks in all the dialects of servers.md 13.3."""

from __future__ import annotations

from typing import Any

import pytest

from llm.types import ServerTimings, TextDelta, ThinkingDelta, ToolCallDelta, Usage
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


@pytest.mark.parametrize("choice", [{"text": "hi"}, {"text": "hi", "delta": None}, {"text": "hi", "logprobs": None}])
def test_completions_have_their_text_in_the_choice(choice: dict[str, Any]):
    assert read_chunk({"choices": [choice]}) == Chunk((TextDelta("hi"),))


@pytest.mark.parametrize("text", ["", None, 5])
def test_a_completion_without_text_says_nothing(text: object):
    assert read_chunk({"choices": [{"text": text}]}) == Chunk()


def test_the_times_of_llama_server_are_seconds():
    timings = {"cache_n": 30, "prompt_n": 12, "prompt_ms": 250.0, "predicted_n": 5, "predicted_ms": 1500}
    told = read_chunk({**usage_chunk(42, 5), "timings": timings})
    assert told.timings == ServerTimings(prefill_seconds=0.25, prefill_tokens=12, decode_seconds=1.5)
    assert told.usage == Usage(42, 5, cached_tokens=30)


def test_what_the_counts_say_of_the_cache_goes_before_the_times():
    usage = {"prompt_tokens": 42, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 7}}
    assert read_chunk({"choices": [], "usage": usage, "timings": {"cache_n": 30}}).usage == Usage(42, 5, 7)


@pytest.mark.parametrize("timings", [None, {}, "fast", [1]])
def test_no_times_are_none(timings: object):
    assert read_chunk({**text_chunk("a"), "timings": timings}).timings is None


@pytest.mark.parametrize("wrong", [None, -1, "5", True])
def test_times_that_are_none_are_not_told(wrong: object):
    assert read_chunk({"timings": {"prompt_ms": wrong, "predicted_ms": wrong}}).timings == ServerTimings()


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


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        (Chunk(), True),
        (Chunk(usage=Usage(1, 1), model="m"), True),
        (Chunk((TextDelta("a"),)), False),
        (Chunk(finish="stop"), False),
        (Chunk(refused=True), False),
        (Chunk(error={}), False),
    ],
)
def test_a_chunk_is_silent_that_says_nothing_of_an_answer(said: Chunk, silent: bool):
    assert said.is_silent is silent


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
