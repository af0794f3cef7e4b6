"""What the server gets from the client."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
import time

import pytest

from llm.client import LLMClient
from llm.types import ChatRequest, ImagePart, JsonOutput, Message, Role, TextPart
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request, Stream
from tests.llm.client.conftest import MakeClient
from tests.llm.client.talk import HELLO, failed, heard

REFUSED = Json({"error": {"message": "Unknown field: stream_options"}}, status=400)


async def test_a_request_goes_to_the_chat_address_with_all_that_was_asked(client: LLMClient, server: ModelServer):
    await client.chat(
        ChatRequest(HELLO.messages, max_tokens=5, temperature=0.0, stop=("x",), seed=1, json=JsonOutput())
    )
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 5,
        "temperature": 0.0,
        "stop": ["x"],
        "seed": 1,
        "response_format": {"type": "json_object"},
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
async def test_the_address_may_be_written_in_several_ways(make: MakeClient, server: ModelServer, path: str):
    client = make(api_base=server.url + path)
    await client.chat(HELLO)
    assert server.requests[0].path == "/v1/chat/completions"
    assert client.server == f"127.0.0.1:{server.port}"


async def test_a_path_of_its_own_is_kept(make: MakeClient, server: ModelServer):
    await make(api_base=f"{server.url}/api/v1").chat(HELLO)
    assert server.requests[0].path == "/api/v1/chat/completions"


async def test_a_key_goes_as_a_bearer_token(make: MakeClient, server: ModelServer):
    await make(api_key=" sk-1 ").chat(HELLO)
    assert server.requests[0].headers["authorization"] == "Bearer sk-1"


async def test_an_empty_key_is_none(make: MakeClient, server: ModelServer):
    await make(api_key="").chat(HELLO)
    assert "authorization" not in server.requests[0].headers


async def test_a_user_in_the_address_goes_as_basic_authentication_and_is_not_named(
    make: MakeClient, server: ModelServer
):
    client = make(api_base=f"http://ann:p%40ss@127.0.0.1:{server.port}")
    await client.chat(HELLO)
    expected = "Basic " + base64.b64encode(b"ann:p@ss").decode()
    assert server.requests[0].headers["authorization"] == expected
    assert client.server == f"127.0.0.1:{server.port}"


async def test_cookies_are_not_kept(client: LLMClient, server: ModelServer):
    server.headers["Set-Cookie"] = "who=me; Path=/"
    await client.chat(HELLO)
    await client.chat(HELLO)
    assert "cookie" not in server.requests[1].headers


async def test_a_key_is_never_sent_to_where_a_redirect_points(make: MakeClient, server: ModelServer):
    async with ModelServer() as other:
        server.script(Json({}, status=307, headers={"Location": f"{other.base}/chat/completions"}))
        await failed(make(api_key="sk-1"))
        assert other.requests == []


async def test_a_server_that_refuses_stream_options_is_asked_again_without_and_remembered(
    client: LLMClient, server: ModelServer
):
    def picky(request: Request) -> Reply:
        return REFUSED if "stream_options" in request.json else Stream("hi")

    server.otherwise(picky)
    assert (await client.chat(HELLO)).text == "hi"
    assert (await client.chat(HELLO)).usage is None
    assert ["stream_options" in request.json for request in server.requests] == [True, False, False]


async def test_a_server_that_refuses_for_ever_is_asked_twice(client: LLMClient, server: ModelServer):
    server.otherwise(REFUSED)
    await failed(client)
    assert len(server.requests) == 2


async def test_another_refusal_is_not_tried_again(client: LLMClient, server: ModelServer):
    server.script(Json({"error": {"message": "bad temperature"}}, status=400))
    await failed(client)
    assert len(server.requests) == 1


async def test_a_large_image_arrives_whole_and_does_not_hold_up_the_loop(client: LLMClient, server: ModelServer):
    data = bytes(range(256)) * 40_000
    request = ChatRequest((Message(Role.USER, (TextPart("What is it?"), ImagePart(data, "image/png"))),))
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    _, failure = await heard(client, request)
    watching.cancel()
    assert failure is None
    assert base64.b64encode(data) in server.requests[0].body
    assert longest < 0.2, "the fake server's own reading is in this figure too"


def test_the_library_loads_without_the_http_transport():
    code = "import sys, llm, llm.client; print([name for name in sys.modules if name.startswith('aiohttp')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
