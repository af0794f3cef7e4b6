"""The four limits of time: to be connected, to the first token, between two pieces, and in all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from llm.config import Timeouts
from llm.errors import AnswerInterrupted, AttemptFailed, FailureKind, Phase
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import DONE, Hang, Json, Raw, Reply, Sse, SsePart, Step, Stream, chunk, text_chunk
from tests.llm.client.conftest import MakeClient
from tests.llm.client.talk import HELLO, failed

K = FailureKind
PINGS: tuple[SsePart, ...] = (0.02, ": ping\n\n") * 20
ROLES: tuple[SsePart, ...] = (0.02, chunk({"role": "assistant", "content": ""})) * 20

SLOWER = 3


def _slower(parts: tuple[SsePart, ...]) -> tuple[SsePart, ...]:
    """The same with longer pauses, for a limit as much longer: a busy machine is late at times."""
    return tuple(part * SLOWER if isinstance(part, float) else part for part in parts)


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port that takes no more connections: one has to wait in vain for it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for one in waiting:
            one.close()


async def test_connecting_has_its_own_limit(make: MakeClient, full_port: int):
    client = make(Timeouts(connect=0.1), api_base=f"http://127.0.0.1:{full_port}")
    failure = (await failed(client)).failure
    assert (failure.kind, failure.phase) == (K.CONNECT_TIMEOUT, Phase.CONNECT)
    assert 0.1 <= failure.elapsed_seconds < 0.4


async def test_a_handshake_that_hangs_is_part_of_connecting(make: MakeClient, server: ModelServer):
    client = make(Timeouts(connect=0.1), api_base=f"https://127.0.0.1:{server.port}")
    failure = (await failed(client)).failure
    assert (failure.kind, failure.phase) == (K.CONNECT_TIMEOUT, Phase.CONNECT)
    assert failure.elapsed_seconds < 0.4


@pytest.mark.parametrize(
    "reply",
    [Hang(), Hang(after_headers=True), Sse(PINGS), Sse(ROLES), Stream(first_delay=5), Raw((b"HTTP/1.1 ", Step.HANG))],
    ids=["no headers", "headers", "comments", "roles", "slow", "half a status line"],
)
async def test_the_first_token_has_a_limit_that_nothing_else_holds_up(
    make: MakeClient, server: ModelServer, reply: Reply
):
    server.script(reply)
    failure = await failed(make(Timeouts(first_token=0.15, stall=0.05)))
    assert type(failure) is AttemptFailed
    assert (failure.failure.kind, failure.failure.phase) == (K.FIRST_TOKEN_TIMEOUT, Phase.FIRST_TOKEN)
    assert 0.15 <= failure.failure.elapsed_seconds < 0.4
    await server.wait_disconnect()


async def test_a_slow_start_within_the_limit_is_no_failure(make: MakeClient, server: ModelServer):
    server.script(Sse((*PINGS, text_chunk("hi"), chunk(finish="stop"), DONE), delay=0.1))
    assert (await make(Timeouts(connect=0.1, stall=0.1)).chat(HELLO)).text == "hi"


async def test_a_pause_in_the_answer_has_a_limit(make: MakeClient, server: ModelServer):
    server.script(Sse((text_chunk("hi"), Step.HANG)))
    failure = await failed(make(Timeouts(stall=0.1)))
    assert isinstance(failure, AnswerInterrupted)
    assert (failure.failure.kind, failure.failure.phase, failure.partial) == (K.STALL, Phase.STREAMING, "hi")
    assert 0.1 <= failure.failure.elapsed_seconds < 0.4
    await server.wait_disconnect()


async def test_a_pause_in_the_reasoning_is_a_stall_with_nothing_visible(make: MakeClient, server: ModelServer):
    server.script(Sse((chunk({"reasoning": "hm"}), Step.HANG)))
    failure = await failed(make(Timeouts(stall=0.05)))
    assert type(failure) is AttemptFailed
    assert (failure.failure.kind, failure.failure.phase) == (K.STALL, Phase.STREAMING)


@pytest.mark.parametrize("alive", [_slower(PINGS), _slower(ROLES)], ids=["comments", "empty chunks"])
async def test_signs_of_life_hold_up_the_limit_between_pieces(
    make: MakeClient, server: ModelServer, alive: tuple[SsePart, ...]
):
    server.script(Sse((text_chunk("hi"), *alive, text_chunk(" you"), chunk(finish="stop"), DONE)))
    assert (await make(Timeouts(stall=0.15 * SLOWER)).chat(HELLO)).text == "hi you"


async def test_a_whole_answer_that_is_written_slowly_is_no_missing_first_token(make: MakeClient, server: ModelServer):
    body = b'{"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    server.script(Raw((head + body[:5], 0.1, body[5:20], 0.1, body[20:])))
    assert (await make(Timeouts(first_token=0.15, stall=0.15)).chat(HELLO)).text == "hi"


async def test_everything_together_has_a_limit(make: MakeClient, server: ModelServer):
    endless: tuple[SsePart, ...] = (0.02, text_chunk("banana ")) * 100
    server.script(Sse(endless))
    failure = await failed(make(Timeouts(total=0.2)))
    assert isinstance(failure, AnswerInterrupted)
    assert (failure.failure.kind, failure.failure.code) == (K.STALL, "total_limit")
    assert failure.failure.elapsed_seconds < 0.4
    assert failure.partial.startswith("banana banana")


async def test_the_limit_of_all_holds_before_the_first_token_too(make: MakeClient, server: ModelServer):
    server.script(Hang())
    failure = (await failed(make(Timeouts(total=0.1)))).failure
    assert (failure.kind, failure.code) == (K.FIRST_TOKEN_TIMEOUT, "total_limit")


async def test_a_slow_reader_is_no_stalled_server(make: MakeClient, server: ModelServer):
    server.reply("one two three", chunk_delay=0.01)
    client = make(Timeouts(stall=0.05))
    events = []
    async for event in client.stream(HELLO):
        events.append(event)
        await asyncio.sleep(0.08)
    assert len(events) == 5


async def test_the_second_try_without_token_counts_has_no_time_of_its_own(make: MakeClient, server: ModelServer):
    refusal = Json({"detail": "stream_options is unknown"}, status=400, delay=0.1)
    server.script(refusal, Hang())
    failure = (await failed(make(Timeouts(first_token=0.2)))).failure
    assert failure.kind is K.FIRST_TOKEN_TIMEOUT
    assert failure.elapsed_seconds < 0.29
