"""Lines of Ollama's own interface (servers.md 1.5)."""

from __future__ import annotations

import pytest

from llm.types import ServerTimings, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from llm.wire.chunks import Chunk
from llm.wire.ollama import read_ollama_chunk

LAST = {
    "model": "qwen3",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": ""},
    "done": True,
    "done_reason": "length",
    "total_duration": 3_500_000_000,
    "load_duration": 2_000_000_000,
    "prompt_eval_count": 26,
    "prompt_eval_duration": 250_000_000,
    "eval_count": 298,
    "eval_duration": 1_000_000_000,
}


def said(**message: object) -> dict[str, object]:
    return {"model": "qwen3", "message": {"role": "assistant", **message}, "done": False}


def test_a_piece_of_a_chat_is_a_text_delta():
    assert read_ollama_chunk(said(content="hi")) == Chunk((TextDelta("hi"),), model="qwen3")


def test_thinking_comes_before_the_text():
    deltas = (ThinkingDelta("hm"), TextDelta("hi"))
    assert read_ollama_chunk(said(content="hi", thinking="hm")).deltas == deltas
    assert read_ollama_chunk({"response": "hi", "thinking": "hm", "done": False}).deltas == deltas


def test_a_call_has_its_arguments_as_an_object_and_its_number_beside_the_name():
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}, {"id": "c", "function": {"index": 4, "name": "g"}}]
    assert read_ollama_chunk(said(content="", tool_calls=calls)).deltas == (
        ToolCallDelta(0, None, "f", '{"a":1}'),
        ToolCallDelta(4, "c", "g", ""),
    )


def test_the_last_line_has_the_reason_the_counts_and_the_times():
    assert read_ollama_chunk(LAST) == Chunk(
        finish="length",
        usage=Usage(26, 298),
        timings=ServerTimings(load_seconds=2.0, prefill_seconds=0.25, decode_seconds=1.0),
        model="qwen3",
        last=True,
    )


@pytest.mark.parametrize("reason", ["stop", "length", "load", "unload"])
def test_the_reason_is_given_as_it_is(reason: str):
    assert read_ollama_chunk({"done": True, "done_reason": reason}).finish == reason


def test_an_end_without_a_reason_is_an_end():
    last = read_ollama_chunk({"done": True})
    assert (last.finish, last.last, last.usage, last.timings) == ("stop", True, None, ServerTimings())


@pytest.mark.parametrize("value", [{"error": "boom"}, {"error": "boom", "done": True}, {"error": {"message": "boom"}}])
def test_any_line_may_be_an_error(value: dict[str, object]):
    assert read_ollama_chunk(value) == Chunk(error=value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"done": False},
        {"done": "yes", "message": None, "response": 5, "thinking": None},
        {"message": {"content": None, "thinking": 1, "tool_calls": [3]}, "error": ""},
        {"message": {"tool_calls": {}}, "model": ""},
        [],
        None,
    ],
)
def test_what_is_missing_or_null_counts_as_absent(value: object):
    assert read_ollama_chunk(value) == Chunk()


@pytest.mark.parametrize("wrong", [None, -1, "5", True])
def test_counts_and_times_that_are_none_are_not_told(wrong: object):
    names = ("load_duration", "prompt_eval_duration", "eval_duration", "prompt_eval_count")
    last = read_ollama_chunk({"done": True, **dict.fromkeys(names, wrong)})
    assert last.timings == ServerTimings()
