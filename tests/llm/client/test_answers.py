"""Whole answers, in every form that servers give them."""

from __future__ import annotations

import asyncio
import json

import pytest

from llm.client import LLMClient
from llm.types import (
    ChatRequest,
    Finished,
    FinishReason,
    Message,
    Role,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UsageReport,
)
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import DONE, Json, Raw, Sse, SsePart, Step, Stream, chunk, event, text_chunk, usage_chunk
from tests.llm.client.conftest import MakeClient
from tests.llm.client.talk import HELLO, failed, heard


async def test_an_answer_comes_piece_by_piece_and_then_whole(client: LLMClient, server: ModelServer):
    server.reply("Hello there!", thinking=["hm"], model="really-this")
    events, failure = await heard(client)
    assert failure is None
    assert events[:-1] == [
        ThinkingDelta("hm"),
        TextDelta("Hello"),
        TextDelta(" there!"),
        UsageReport(Usage(7, 2)),
    ]
    last = events[-1]
    assert isinstance(last, Finished)
    result = last.result
    assert (result.text, result.thinking, result.model) == ("Hello there!", "hm", "really-this")
    assert (result.finish_reason, result.usage) == (FinishReason.STOP, Usage(7, 2))


async def test_chat_gives_the_whole_answer_with_its_times(client: LLMClient, server: ModelServer):
    server.reply("one two", first_delay=0.03, chunk_delay=0.03)
    result = await client.chat(HELLO)
    assert result.text == "one two"
    assert result.ttft_seconds is not None
    assert 0.03 <= result.ttft_seconds < result.elapsed_seconds < 1


async def test_reasoning_counts_as_the_first_token(client: LLMClient, server: ModelServer):
    server.script(Sse((chunk({"reasoning": "hm"}), 0.05, text_chunk("a"), chunk(finish="stop"), DONE)))
    result = await client.chat(HELLO)
    assert result.ttft_seconds is not None
    assert result.ttft_seconds + 0.04 < result.elapsed_seconds


async def test_a_role_alone_is_no_first_token(client: LLMClient, server: ModelServer):
    server.script(Sse((chunk({"role": "assistant", "content": ""}), 0.05, text_chunk("a"), chunk(finish="stop"), DONE)))
    assert ((await client.chat(HELLO)).ttft_seconds or 0) >= 0.05


@pytest.mark.parametrize("piece_bytes", [1, 7])
async def test_bytes_may_be_split_anywhere(client: LLMClient, server: ModelServer, piece_bytes: int):
    text = "привет 🙂"
    server.script(Sse((text_chunk(text), chunk(finish="stop"), DONE), piece_bytes=piece_bytes))
    assert (await client.chat(HELLO)).text == text


KOBOLD = Sse((text_chunk("hi"), chunk(finish="length"), "data: [DONE]"), chunked=False)
OPENROUTER = Sse(
    (
        ": OPENROUTER PROCESSING\n\n",
        text_chunk("hi"),
        ": OPENROUTER PROCESSING\n\n",
        chunk(finish="stop"),
        usage_chunk(5, 1),
        DONE,
    )
)
CRLF = Sse((b"data:" + json.dumps(text_chunk("hi")).encode() + b"\r\n\r", b"\n", event(chunk(finish="stop"))))
NULLS = Sse(
    (
        chunk({"role": "assistant", "content": None}),
        {"choices": [{"delta": None}], "usage": None},
        {"choices": []},
        text_chunk("hi"),
        chunk(finish="stop", more={"usage": None}),
        DONE,
    )
)
MORE = Sse((text_chunk("hi"), chunk(finish="stop"), DONE, text_chunk("ignored"), {"error": "ignored"}))
NO_REASON = Sse((text_chunk("hi"), DONE))
NO_DONE = Sse((text_chunk("hi"), chunk(finish="stop")))
MULTI_LINE = Sse(('data: {"choices": [{"delta":\ndata: {"content": "hi"}, "finish_reason": "stop"}]}\n\n',))
BROKEN_TAIL = Sse((text_chunk("hi"), chunk(finish="stop"), "data: {broken\n\n", {"error": "late"}, Step.RESET))
PLAIN_JSON = Json({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
NOT_CALLED_A_STREAM = Sse((text_chunk("hi"), chunk(finish="stop"), DONE), content_type="text/plain")
LLAMA_SERVER_COMMENT = Sse((":\n\n", text_chunk("hi"), chunk(finish="stop"), DONE))


@pytest.mark.parametrize(
    "reply",
    [
        KOBOLD,
        OPENROUTER,
        CRLF,
        NULLS,
        MORE,
        NO_REASON,
        NO_DONE,
        MULTI_LINE,
        BROKEN_TAIL,
        PLAIN_JSON,
        NOT_CALLED_A_STREAM,
        LLAMA_SERVER_COMMENT,
    ],
    ids=[
        "koboldcpp",
        "openrouter",
        "crlf",
        "nulls",
        "data after done",
        "done without reason",
        "no done",
        "data of two lines",
        "faults after the end",
        "plain json",
        "wrong content type",
        "empty comment",
    ],
)
async def test_every_server_s_way_to_answer_is_understood(client: LLMClient, server: ModelServer, reply: Sse | Json):
    server.script(reply)
    assert (await client.chat(HELLO)).text == "hi"


async def test_the_reason_for_the_end_and_the_counts_of_a_plain_json_answer_are_read(
    client: LLMClient, server: ModelServer
):
    body = {
        "model": "x",
        "choices": [{"message": {"content": "hi", "reasoning_content": "hm"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1},
    }
    server.script(Json(body))
    result = await client.chat(HELLO)
    assert (result.finish_reason, result.usage, result.thinking) == (FinishReason.LENGTH, Usage(3, 1), "hm")


async def test_tool_calls_come_in_pieces_and_then_whole(client: LLMClient, server: ModelServer):
    def call(**fields: object) -> dict[str, object]:
        return chunk({"tool_calls": [fields]})

    server.script(
        Sse(
            (
                call(index=0, id="c1", function={"name": "now", "arguments": ""}),
                call(index=0, function={"arguments": "{}"}),
                chunk(finish="tool_calls"),
                DONE,
            )
        )
    )
    events, _ = await heard(client)
    assert events[0] == ToolCallDelta(0, "c1", "now", "")
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.result.tool_calls == (ToolCall("c1", "now", "{}"),)
    assert last.result.finish_reason is FinishReason.TOOL_CALLS


async def test_a_server_that_hangs_after_the_end_delays_the_answer_by_about_a_second(
    client: LLMClient, server: ModelServer
):
    pings: tuple[SsePart, ...] = (0.1, ": ping\n\n") * 30
    server.script(Sse((text_chunk("hi"), chunk(finish="stop"), *pings)))
    result = await client.chat(HELLO)
    assert result.text == "hi"
    assert 0.9 < result.elapsed_seconds < 1.3
    await server.wait_disconnect()


async def test_a_server_that_hangs_after_done_does_not_delay_the_answer(client: LLMClient, server: ModelServer):
    server.script(Sse((text_chunk("hi"), chunk(finish="stop"), DONE, Step.HANG)))
    assert (await client.chat(HELLO)).elapsed_seconds < 0.3


async def test_connections_are_used_again_where_a_new_one_is_dear(make: MakeClient, tls_server: ModelServer):
    client = make(api_base=tls_server.url)
    for _ in range(5):
        await client.chat(HELLO)
    assert tls_server.connections_made == 1


async def test_a_server_that_closes_after_each_answer_loses_no_request(client: LLMClient, server: ModelServer):
    """llama-server promises to keep its connections and closes them all the same after a stream."""
    body = (event(text_chunk("hi")) + event(chunk(finish="stop")) + DONE).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nKeep-Alive: timeout=5, max=100\r\n\r\n" % len(body)
    server.otherwise(Raw((head + body, 0.001, Step.CLOSE)))
    for _ in range(20):
        assert (await client.chat(HELLO)).text == "hi"


async def test_many_answers_at_once_do_not_wait_for_each_other(client: LLMClient, server: ModelServer):
    server.reply("hi", first_delay=0.2)
    results = await asyncio.gather(*(client.chat(HELLO) for _ in range(110)))
    assert max(result.elapsed_seconds for result in results) < 2
    assert server.connections_made == 110


async def test_a_failed_stream_does_not_harm_the_next(client: LLMClient, server: ModelServer):
    server.script(Stream(end=Step.CLOSE), Stream("fine"))
    await failed(client)
    assert (await client.chat(HELLO)).text == "fine"


async def test_an_answer_tells_how_much_of_the_context_its_prompt_took(client: LLMClient, server: ModelServer):
    said = [Message(role, f"{number} " + "word " * 150) for number in range(20) for role in (Role.USER, Role.ASSISTANT)]
    short = (await client.chat(ChatRequest((*said[:2], Message(Role.USER, "hello"))))).context_use
    assert short is not None
    assert (short.messages, short.left_out) == (3, 0)
    assert 300 < short.prompt_tokens < short.prompt_limit
    long = (await client.chat(ChatRequest((*said, Message(Role.USER, "hello"))))).context_use
    assert long is not None
    assert long.messages == 41
    sent = server.chats[-1].json["messages"]
    assert isinstance(sent, list)
    assert long.left_out == 41 - len(sent) > 0
    assert long.prompt_tokens <= long.prompt_limit
