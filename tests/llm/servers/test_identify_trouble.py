"""Servers that refuse us, hang, say what they like, or are not there at all: told apart, and never waited for."""

from __future__ import annotations

import asyncio

import pytest

from llm.http import HttpClient
from llm.servers.hosts import cloud_kind
from llm.servers.identify import identify
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import MAX_BYTES, ProbeLimits
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Raw, Reply, Request, Reset, Text
from tests.llm.servers.test_identify import QUICK, known


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_refuses_us_needs_a_key(server: ModelServer, http: HttpClient, status: int) -> None:
    server.not_found = Json({"error": "Unauthorized"}, status=status)
    assert await known(server, http) == FoundServer(ServerKind.GENERIC, server.base, (), ServerState.NEEDS_KEY)


async def test_a_server_that_needs_a_key_may_still_say_what_it_is(server: ModelServer, http: HttpClient) -> None:
    refused = Json({"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}, status=401)
    server.not_found = refused
    server.headers["Server"] = "llama.cpp"
    assert await known(server, http) == FoundServer(ServerKind.LLAMACPP, server.base, (), ServerState.NEEDS_KEY)

    server.headers.clear()
    message = "An LM Studio API token is required to use this server."
    server.not_found = Json({"error": {"code": "invalid_api_key", "message": message}}, status=401)
    assert (await known(server, http)).kind is ServerKind.LMSTUDIO

    servers.koboldcpp(server)
    server.get["/v1/models"] = server.get["/api/v1/models"] = refused
    assert await known(server, http) == FoundServer(ServerKind.KOBOLDCPP, server.base, (), ServerState.NEEDS_KEY)


async def test_the_key_is_sent_with_each_question_and_opens_the_server(server: ModelServer, http: HttpClient) -> None:
    def guarded(request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer sekret":
            return Json({"error": "Unauthorized"}, status=401)
        return Json({"object": "list", "data": [{"id": "m", "owned_by": "vllm", "max_model_len": 99}]})

    server.get["/v1/models"] = guarded
    assert (await known(server, http)).state is ServerState.NEEDS_KEY
    assert (await known(server, http, key="sekret")).models == (FoundModel("m", 99, loaded=True),)
    assert "authorization" not in server.requests[0].headers


async def test_user_and_password_of_the_address_are_used_and_not_given_on(
    server: ModelServer, http: HttpClient
) -> None:
    servers.generic(server)
    found = await identify(server.url.replace("http://", "http://user:pass@"), http)
    assert found is not None
    assert "pass" not in repr(found)
    assert {request.headers["authorization"] for request in server.requests} == {"Basic dXNlcjpwYXNz"}


async def test_a_refused_connection_is_unreachable(server: ModelServer, http: HttpClient) -> None:
    await server.refuse()
    assert await known(server, http) == FoundServer(ServerKind.GENERIC, server.base, (), ServerState.UNREACHABLE)


@pytest.mark.parametrize("base", ["http://no-such-host.invalid/v1", "http://127.0.0.1:1/v1"])
async def test_a_name_that_does_not_resolve_is_unreachable(http: HttpClient, base: str) -> None:
    found = await identify(base, http, limits=QUICK)
    assert found is not None
    assert found.state is ServerState.UNREACHABLE


@pytest.mark.parametrize(
    "answer",
    [
        Hang(),
        Hang(after_headers=True),
        Reset(),
        Raw((b"SSH-2.0-OpenSSH_9.2\r\n",)),
        Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"")),
    ],
)
async def test_what_never_answers_or_speaks_no_http_is_unreachable_after_one_question(
    server: ModelServer, http: HttpClient, answer: Reply
) -> None:
    server.not_found = answer
    found = await known(server, http, limits=QUICK)
    assert found.state is ServerState.UNREACHABLE
    assert {request.path for request in server.requests} == {"/api/v1/models"}


async def test_all_questions_together_are_limited_though_each_comes_in_time(
    server: ModelServer, http: HttpClient
) -> None:
    server.not_found = Json({}, delay=0.15)
    found = await known(server, http, limits=ProbeLimits(connect=0.3, read=1.0, total=0.4))
    assert found.state is ServerState.UNREACHABLE
    assert len(server.requests) <= 3


async def test_a_proxy_in_front_of_a_dead_server_is_not_a_model_server(server: ModelServer, http: HttpClient) -> None:
    server.not_found = Text("<html>502 Bad Gateway</html>", status=502, content_type="text/html")
    assert (await known(server, http)).state is ServerState.UNREACHABLE
    server.not_found = Json({"error": {"message": "the model is loading"}}, status=503)
    assert await known(server, http) == FoundServer(ServerKind.GENERIC, server.base, (), ServerState.LOADING)


async def test_an_endless_reply_is_not_read_to_its_end(server: ModelServer, http: HttpClient) -> None:
    lump = b" " * (MAX_BYTES // 4)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n"
    server.not_found = Raw((head, *((lump, 0.001) * 6)))
    assert await identify(server.base, http) is None
    await server.wait_disconnect()


async def test_known_clouds_are_told_by_their_name_and_never_asked(http: HttpClient) -> None:
    found = await identify("https://openrouter.ai/api/v1", http, "key", limits=ProbeLimits(0.001, 0.001, 0.001))
    base = "https://openrouter.ai/api/v1"
    assert found == FoundServer(ServerKind.OPENROUTER, base, state=ServerState.UNKNOWN)
    assert cloud_kind("eu.api.openai.com") is ServerKind.OPENAI
    assert cloud_kind("API.GROQ.com.") is ServerKind.GENERIC
    assert cloud_kind("myopenrouter.ai") is None


async def test_a_cancelled_question_ends_at_once(server: ModelServer, http: HttpClient) -> None:
    server.not_found = Hang()
    task = asyncio.create_task(identify(server.base, http))
    await server.wait_requests()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.wait_disconnect()
