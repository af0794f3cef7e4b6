"""One request and its reply: what an exchange makes of reasoning, JSON lines and the server's own times."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from llm.clock import SystemClock
from llm.config import Timeouts
from llm.errors import AnswerInterrupted, FailureKind
from llm.http import HttpClient
from llm.servers.exchange import Asked, Exchange
from llm.servers.redaction import Redaction
from llm.types import ServerTimings, StreamEvent, TextDelta, TextRetracted, ThinkingDelta, Usage
from llm.wire.ollama import read_ollama_chunk
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import DONE, Sse, chunk, text_chunk, usage_chunk

MakeExchange = Callable[..., Exchange]


@pytest.fixture
def make(http: HttpClient) -> MakeExchange:
    def make_exchange(**how: object) -> Exchange:
        clock = SystemClock()
        asked = Asked("m", "here", Redaction())
        return Exchange(asked, http, clock=clock, timeouts=Timeouts(), started=clock.monotonic(), **how)  # type: ignore[arg-type]

    return make_exchange


async def heard(exchange: Exchange, http: HttpClient, url: str) -> list[StreamEvent]:
    """All events of the reply to a request."""
    events: list[StreamEvent] = []
    try:
        await exchange.open(http.build_request("POST", url + "/chat/completions", json={"stream": True}))
        while (more := await exchange.read()) is not None:
            events += more
    finally:
        await exchange.close()
    return events


async def test_reasoning_without_an_opening_tag_is_taken_back_and_told(
    make: MakeExchange, http: HttpClient, server: ModelServer
):
    server.script(Sse((text_chunk("hm"), text_chunk("</think>hi"), chunk(finish="stop"), DONE)))
    exchange = make()
    events = await heard(exchange, http, server.url)
    assert events == [TextDelta("hm"), TextRetracted(), ThinkingDelta("hm"), TextDelta("hi")]
    assert (exchange.result().text, exchange.result().thinking) == ("hi", "hm")
    assert exchange.opening_was_missing is True


async def test_reasoning_that_is_known_to_lack_its_opening_tag_is_no_text(
    make: MakeExchange, http: HttpClient, server: ModelServer
):
    server.script(Sse((text_chunk("hm"), text_chunk("</think>hi"), chunk(finish="stop"), DONE)))
    events = await heard(make(opening_missing=True), http, server.url)
    assert events == [ThinkingDelta(""), ThinkingDelta("hm"), TextDelta("hi")]


async def test_what_was_held_is_given_before_the_answer_is_judged(
    make: MakeExchange, http: HttpClient, server: ModelServer
):
    """An answer that ends with `[DONE]` alone is whole when it has text: also text that looked like a tag."""
    server.script(Sse((text_chunk("<thi"), DONE)))
    exchange = make()
    assert await heard(exchange, http, server.url) == [TextDelta("<thi")]
    assert exchange.result().text == "<thi"


async def test_what_was_held_is_a_part_of_an_answer_that_is_cut(
    make: MakeExchange, http: HttpClient, server: ModelServer
):
    server.script(Sse((text_chunk("see <thi"),)))
    with pytest.raises(AnswerInterrupted) as cut:
        await heard(make(), http, server.url)
    assert (cut.value.partial, cut.value.failure.kind) == ("see <thi", FailureKind.TRANSPORT)


async def test_json_lines_are_read_with_the_times_of_the_server(
    make: MakeExchange, http: HttpClient, server: ModelServer
):
    lines = [
        {"model": "m", "message": {"content": "", "thinking": "hm"}, "done": False},
        {"model": "m", "message": {"content": "hi"}, "done": False},
        {"model": "m", "done": True, "done_reason": "stop", "eval_count": 2, "eval_duration": 500_000_000},
    ]
    server.script(Sse(tuple(json.dumps(line) + "\n" for line in lines), content_type="application/x-ndjson"))
    exchange = make(lines=True, read=read_ollama_chunk)
    assert await heard(exchange, http, server.url) == [ThinkingDelta("hm"), TextDelta("hi")]
    assert exchange.result().usage == Usage(0, 2)
    assert exchange.result().timings == ServerTimings(decode_seconds=0.5)


async def test_the_times_of_events_are_in_the_result(make: MakeExchange, http: HttpClient, server: ModelServer):
    counted = {**usage_chunk(5, 1), "timings": {"prompt_n": 5, "prompt_ms": 20.0, "predicted_ms": 10.0}}
    server.script(Sse((text_chunk("hi"), chunk(finish="stop"), counted, DONE)))
    exchange = make()
    await heard(exchange, http, server.url)
    assert exchange.result().timings == ServerTimings(prefill_seconds=0.02, prefill_tokens=5, decode_seconds=0.01)
