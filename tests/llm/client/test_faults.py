"""Every way in which an answer fails, over real sockets."""
# ruff: noqa: E501 - the tables hold one reply a line

from __future__ import annotations

import asyncio

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.errors import AnswerInterrupted, AttemptFailed, FailureKind, Phase
from llm.http import make_client
from llm.types import ChatRequest, Message, Role
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import (
    DONE,
    Hang,
    Json,
    Raw,
    Reply,
    Reset,
    Sse,
    Step,
    Stream,
    Text,
    chunk,
    error,
    event,
    text_chunk,
)
from tests.llm.client.conftest import MakeClient
from tests.llm.client.talk import HELLO, failed

K = FailureKind

NOTHING_CAME: dict[str, tuple[Reply, FailureKind, str | None]] = {
    "503": (error("queue is full", status=503), K.OVERLOAD, None),
    "quota": (error("x", status=429, code="insufficient_quota"), K.QUOTA, "insufficient_quota"),
    "html": (Text("<h1>502 Bad Gateway</h1>", status=502, content_type="text/html"), K.SERVER_ERROR, None),
    "empty 500": (Text("", status=500), K.SERVER_ERROR, None),
    "redirect": (Text("", status=302, headers={"Location": "http://127.0.0.1:1/"}), K.MODEL_MISSING, "redirected"),
    "error in 200": (Json({"error": {"code": 429, "message": "x"}}), K.RATE_LIMIT, None),
    "unknown path in 200": (Json({"error": "Unexpected endpoint or method. (POST /v1)"}), K.MODEL_MISSING, "endpoint_missing"),
    "error object in a stream": (Sse(({"error": {"message": "boom", "code": 500}},)), K.SERVER_ERROR, None),
    "error string in a stream": (Sse(({"error": "server busy"}, DONE)), K.OVERLOAD, None),
    "flat error in a stream": (Sse(({"object": "error", "message": "boom", "code": 400}, DONE)), K.BAD_REQUEST, None),
    "named error event": (Sse(("event: error\n", {"error": {"message": "does not fit in context length"}})), K.CONTEXT_OVERFLOW, None),
    "error as reason": (Sse((chunk(finish="error", more={"error": {"code": 502, "message": "x"}}),)), K.SERVER_ERROR, None),
    "only the reason says error": (Sse((chunk(finish="error"),)), K.SERVER_ERROR, None),
    "empty stream": (Sse(()), K.TRANSPORT, "stream_cut"),
    "empty body": (Text(""), K.TRANSPORT, "stream_cut"),
    "role and end": (Sse((chunk({"role": "assistant"}),)), K.TRANSPORT, "stream_cut"),
    "done alone": (Sse((DONE,)), K.INVALID_OUTPUT, "empty_answer"),
    "stop alone": (Sse((chunk(finish="stop"), DONE)), K.INVALID_OUTPUT, "empty_answer"),
    "blank text": (Sse((text_chunk(" \n"), chunk(finish="stop"), DONE)), K.INVALID_OUTPUT, "empty_answer"),
    "thinking to the limit": (Stream("", tokens=(), thinking=["hm"], finish_reason="length"), K.INVALID_OUTPUT, "thinking_spent_limit"),
    "filtered": (Sse((chunk(finish="content_filter"), DONE)), K.CONTENT_FILTER, "content_filter"),
    "thinking and end": (Stream("", tokens=(), thinking=["hm"], finish_reason=None, done=False), K.TRANSPORT, "stream_cut"),
    "page in 200": (Text("<html>Welcome</html>", content_type="text/html"), K.INVALID_OUTPUT, "unreadable"),
    "half of a json": (Text('{"choices": [{"mess', content_type="application/json"), K.TRANSPORT, "stream_cut"),
    "reset": (Reset(), K.TRANSPORT, "reset"),
    "closed": (Raw((Step.CLOSE,)), K.TRANSPORT, "reset"),
    "half of the headers": (Raw((b"HTTP/1.1 200 OK\r\nContent-", Step.CLOSE)), K.TRANSPORT, "reset"),
    "no http": (Raw((b"SSH-2.0-OpenSSH_9.2\r\n\r\n",)), K.TRANSPORT, "not_http"),
    "reset after the headers": (Sse((0.001, Step.RESET)), K.TRANSPORT, None),
    "bad compression": (Raw((b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",)), K.TRANSPORT, "not_http"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING_CAME)
async def test_a_failure_with_nothing_visible_is_a_failed_attempt(client: LLMClient, server: ModelServer, name: str):
    reply, kind, code = NOTHING_CAME[name]
    server.script(reply)
    failure = await failed(client)
    assert type(failure) is AttemptFailed
    assert failure.failure.kind is kind
    assert code is None or failure.failure.code == code
    assert (failure.model, failure.server) == ("m", client.server)


HI = (text_chunk("hi"), text_chunk(" you"))
SOME_CAME: dict[str, tuple[Reply, FailureKind, str | None]] = {
    "closed": (Sse((*HI, Step.CLOSE)), K.TRANSPORT, "stream_cut"),
    "reset": (Sse((*HI, 0.01, Step.RESET)), K.TRANSPORT, None),
    "end without reason": (Sse(HI), K.TRANSPORT, "stream_cut"),
    "end without reason or length": (Sse(HI, chunked=False), K.TRANSPORT, "stream_cut"),
    "half of an event": (Sse((*HI, 'data: {"choices": [{"delta": {"cont'), chunked=False), K.TRANSPORT, "stream_cut"),
    "swallowed error of ollama": (Sse((*HI, text_chunk(""))), K.TRANSPORT, "stream_cut"),
    "error event": (Sse((*HI, {"error": {"message": "Context size has been exceeded."}})), K.CONTEXT_OVERFLOW, None),
    "error as reason": (Sse((*HI, chunk(finish="error", more={"error": {"code": 502, "message": "x"}}), DONE)), K.SERVER_ERROR, None),
    "aborted": (Sse((*HI, chunk(finish="abort"), DONE)), K.SERVER_ERROR, "aborted"),
    "a broken chunk": (Sse((*HI, 'data: {"choices": [{"delta"\n\n', *HI, chunk(finish="stop"), DONE)), K.INVALID_OUTPUT, "unreadable"),
    "an event without end": (Sse((*HI, "data: " + "x" * 5_000_000)), K.INVALID_OUTPUT, "event_too_long"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOME_CAME)
async def test_a_failure_after_visible_text_carries_the_part(client: LLMClient, server: ModelServer, name: str):
    reply, kind, code = SOME_CAME[name]
    server.script(reply)
    failure = await failed(client)
    assert isinstance(failure, AnswerInterrupted)
    assert failure.partial == "hi you"
    assert (failure.failure.kind, failure.failure.phase) == (kind, Phase.STREAMING)
    assert code is None or failure.failure.code == code


async def test_text_and_error_in_one_packet_are_both_delivered(client: LLMClient, server: ModelServer):
    both = event(text_chunk("hi")) + event({"error": "boom"})
    server.script(Sse((both,)))
    failure = await failed(client)
    assert isinstance(failure, AnswerInterrupted)
    assert failure.partial == "hi"


async def test_an_error_carries_status_body_phase_time_and_wait(client: LLMClient, server: ModelServer):
    body = {"error": {"message": "slow down", "type": "tokens", "code": "rate_limit_exceeded"}}
    server.script(Json(body, status=429, headers={"Retry-After": "7"}, delay=0.02))
    failure = (await failed(client)).failure
    assert (failure.status, failure.body, failure.phase) == (429, body, Phase.FIRST_TOKEN)
    assert (failure.code, failure.retry_after_seconds, failure.detail) == ("rate_limit_exceeded", 7, "slow down")
    assert 0.02 <= failure.elapsed_seconds < 1


async def test_no_more_of_an_error_body_is_read_than_is_needed(client: LLMClient, server: ModelServer):
    server.script(Text("x" * 3_000_000, status=500))
    failure = (await failed(client)).failure
    assert isinstance(failure.body, str)
    assert len(failure.body) == 64 * 1024
    assert len(failure.detail) == 300


async def test_an_error_whose_body_never_ends_is_told_all_the_same(
    client: LLMClient, server: ModelServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("llm.servers.exchange.ERROR_BODY_SECONDS", 0.05)
    server.script(Raw((b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nqueue is full", Step.HANG)))
    failure = (await failed(client)).failure
    assert (failure.kind, failure.detail) == (K.OVERLOAD, "queue is full")


async def test_a_detail_never_repeats_the_message_or_the_key(make: MakeClient, server: ModelServer):
    text = "Nobody may know that I keep the gold under the mill"
    client = make(api_key="sesame-open-1234")
    server.script(error(f"can't parse {text}", status=400), error("key sesame-open-1234 is bad", status=401))
    request = ChatRequest((Message(Role.USER, text),))
    for kind in (K.BAD_REQUEST, K.AUTH):
        failure = await failed(client, request)
        assert failure.failure.kind is kind
        assert "gold" not in f"{failure} {failure.failure}"
        assert "sesame" not in f"{failure} {failure.failure}"


async def test_a_refused_connection_is_told_at_once_and_the_server_is_found_again(
    client: LLMClient, server: ModelServer
):
    await server.refuse()
    failure = (await failed(client)).failure
    assert (failure.kind, failure.phase, failure.code) == (K.TRANSPORT, Phase.CONNECT, "refused")
    await server.listen()
    assert (await client.chat(HELLO)).text == "Hello there!"


async def test_an_idle_connection_that_the_server_has_closed_is_not_used_again(client: LLMClient, server: ModelServer):
    await client.chat(HELLO)
    await server.refuse()
    await server.listen()
    await asyncio.sleep(0.01)
    assert (await client.chat(HELLO)).text == "Hello there!"


@pytest.mark.parametrize(
    ("api_base", "code"),
    [
        ("http://no-such-host.invalid", "dns"),
        ("http://a..b", "bad_address"),
        ("ftp://host", "bad_address"),
        ("http://", "bad_address"),
        ("http://host:port", "bad_address"),
        ("http://host:99999", "bad_address"),
    ],
)
async def test_a_server_that_is_not_to_be_found(make: MakeClient, api_base: str, code: str):
    failure = (await failed(make(api_base=api_base))).failure
    assert (failure.kind, failure.phase, failure.code) == (K.TRANSPORT, Phase.CONNECT, code)


async def test_localhost_with_two_addresses_is_refused_like_any_other(make: MakeClient):
    failure = (await failed(make(api_base="http://localhost:9"))).failure
    assert (failure.phase, failure.code) == (Phase.CONNECT, "refused")


async def test_tls_spoken_to_a_server_without_it_is_a_tls_fault(make: MakeClient):
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        failure = (await failed(make(api_base=f"https://127.0.0.1:{port}"))).failure
    assert (failure.kind, failure.phase, failure.code) == (K.TRANSPORT, Phase.CONNECT, "tls")


async def test_a_certificate_that_nobody_vouches_for_is_a_tls_fault(tls_server: ModelServer):
    async with make_client() as http:
        config = ModelConfig.model_validate({"name": "m", "api_base": tls_server.url})
        client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts())
        failure = (await failed(client)).failure
    assert (failure.kind, failure.phase, failure.code) == (K.TRANSPORT, Phase.CONNECT, "tls")
    assert tls_server.requests == []


async def test_cancelling_reaches_a_server_behind_tls_too(make: MakeClient, tls_server: ModelServer):
    tls_server.script(Hang())
    task = asyncio.create_task(make(api_base=tls_server.url).chat(HELLO))
    await tls_server.wait_requests()
    moment = asyncio.get_running_loop().time()
    task.cancel()
    assert (await tls_server.wait_disconnect()).at - moment < 0.1


@pytest.mark.parametrize("key", ["ключ", "a\nb", "a\x00b"])
async def test_a_key_that_no_header_can_carry_is_an_auth_failure(make: MakeClient, server: ModelServer, key: str):
    failure = (await failed(make(api_key=key))).failure
    assert (failure.kind, failure.code) == (K.AUTH, "bad_key")
    assert server.requests == []


async def test_an_early_refusal_of_a_body_that_is_still_being_sent(make: MakeClient):
    """The server answers 413 and reads no further: the client must neither wait for it nor hold the connection."""
    gone = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await asyncio.sleep(0.2)
        gone.set()
        writer.transport.abort()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0, limit=1000)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        request = ChatRequest((Message(Role.USER, "x" * 20_000_000),))
        failure = (await failed(make(api_base=f"http://127.0.0.1:{port}"), request)).failure
        assert (failure.kind, failure.status, failure.detail) == (K.BAD_REQUEST, 413, "big")
        assert not gone.is_set()
        await gone.wait()


async def test_nothing_is_sent_twice(client: LLMClient, server: ModelServer):
    server.script(Reset(), Hang())
    await failed(client)
    assert len(server.chats) == 1
