"""Whoever stops listening closes the connection to the server at once."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing

import pytest

from llm.client import LLMClient
from llm.errors import AttemptFailed, FailureKind
from llm.http import HttpClient
from llm.types import ChatRequest, ImagePart, Message, Role, TextDelta
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Reply, Sse, Step, chunk, text_chunk
from tests.llm.client.conftest import MakeClient
from tests.llm.client.talk import HELLO

AT_ONCE_SECONDS = 0.1


async def cancelled(task: asyncio.Task[object]) -> float:
    """Cancel a task, wait for its end and give the moment before."""
    moment = asyncio.get_running_loop().time()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return moment


@pytest.mark.parametrize(
    "reply",
    [
        Hang(),
        Hang(after_headers=True),
        Sse((": ping\n\n", Step.HANG)),
        Sse((text_chunk("hi"), Step.HANG)),
        Sse((text_chunk("hi"), chunk(finish="stop"), Step.HANG)),
        Sse(("data: half", Step.HANG), chunked=False),
    ],
    ids=["before the headers", "after the headers", "comments", "in the answer", "after the end", "in an event"],
)
async def test_cancelling_reaches_the_server_at_once(client: LLMClient, server: ModelServer, reply: Reply):
    server.script(reply)
    task = asyncio.create_task(client.chat(HELLO))
    await server.wait_requests()
    await asyncio.sleep(0.02)
    moment = await cancelled(task)
    assert (await server.wait_disconnect()).at - moment < AT_ONCE_SECONDS
    assert server.open_connections == 0


async def test_cancelling_during_an_error_body_reaches_the_server_at_once(client: LLMClient, server: ModelServer):
    server.script(Sse((b"queue", Step.HANG), status=503))
    task = asyncio.create_task(client.chat(HELLO))
    await server.wait_requests()
    await asyncio.sleep(0.02)
    moment = await cancelled(task)
    assert (await server.wait_disconnect()).at - moment < AT_ONCE_SECONDS


@pytest.mark.parametrize("turns", range(12))
async def test_cancelling_at_any_turn_of_the_loop_leaves_no_connection_behind(
    client: LLMClient, server: ModelServer, turns: int
):
    server.reply("one two three four five", chunk_delay=0.001)
    task = asyncio.create_task(client.chat(HELLO))
    for _ in range(turns):
        await asyncio.sleep(0)
    await cancelled(task)
    await server.wait_empty()


async def test_cancelling_while_the_request_is_being_sent(make: MakeClient):
    connected, go_on, whole = asyncio.Event(), asyncio.Event(), asyncio.Event()
    received = 0

    async def read_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        connected.set()
        await go_on.wait()
        while data := await reader.read(1 << 20):
            received += len(data)
        whole.set()
        writer.close()

    listener = await asyncio.start_server(read_later, "127.0.0.1", 0)
    async with listener:
        client = make(api_base=f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        image = Message(Role.USER, (ImagePart(b"x" * 30_000_000, "image/png"),))
        task = asyncio.create_task(client.chat(ChatRequest((image,))))
        await connected.wait()
        await asyncio.sleep(0.02)
        await cancelled(task)
        go_on.set()
        async with asyncio.timeout(5):
            await whole.wait()
    assert received < 30_000_000


async def test_closing_the_stream_reaches_the_server_at_once(client: LLMClient, server: ModelServer):
    server.script(Sse((text_chunk("hi"), Step.HANG)))
    async with aclosing(client.stream(HELLO)) as events:
        assert await anext(events) == TextDelta("hi")
        moment = asyncio.get_running_loop().time()
    assert (await server.wait_disconnect()).at - moment < AT_ONCE_SECONDS


async def test_a_stream_that_was_left_by_break_is_closed_when_it_is_forgotten(client: LLMClient, server: ModelServer):
    server.script(Sse((text_chunk("hi"), Step.HANG)))
    async for _ in client.stream(HELLO):
        break
    gc.collect()
    await server.wait_disconnect(within=1)


async def test_a_stream_that_was_never_begun_asks_nobody(client: LLMClient, server: ModelServer):
    await client.stream(HELLO).aclose()
    assert server.requests == []


async def test_a_limit_of_the_caller_works_like_cancelling(client: LLMClient, server: ModelServer):
    server.script(Hang())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.chat(HELLO)
    await server.wait_disconnect()


async def test_after_many_cancelled_requests_the_client_works_as_before(client: LLMClient, server: ModelServer):
    server.script(*[Hang()] * 110)
    tasks = [asyncio.create_task(client.chat(HELLO)) for _ in range(110)]
    await server.wait_requests(110)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await server.wait_disconnect(110)
    assert (await client.chat(HELLO)).text == "Hello there!"


async def test_closing_the_http_client_ends_what_is_under_way(client: LLMClient, server: ModelServer, http: HttpClient):
    server.script(Hang())
    task = asyncio.create_task(client.chat(HELLO))
    await server.wait_requests()
    await http.aclose()
    await server.wait_disconnect(within=1)
    with pytest.raises(AttemptFailed) as caught:
        await task
    assert caught.value.failure.kind is FailureKind.TRANSPORT
