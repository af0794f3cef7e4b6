"""The servers of this machine are found by what they say, all at once, and one is chosen sensibly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from llm.http import HttpClient
from llm.servers.discover import LOCAL_LIMITS, choose, discover, start_hint
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Text


@pytest.fixture
async def several() -> AsyncIterator[list[ModelServer]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(ModelServer()) for _ in range(4)]


async def test_servers_are_found_whatever_their_port_in_the_order_of_the_ports(
    several: list[ModelServer], http: HttpClient
) -> None:
    vllm, studio, ollama, closed = several
    servers.vllm(vllm)
    servers.lm_studio(studio)
    servers.ollama(ollama)
    await closed.refuse()
    found = await discover(http, ports=[server.port for server in several])
    assert [server.kind for server in found] == [ServerKind.VLLM, ServerKind.LMSTUDIO, ServerKind.OLLAMA]
    assert [server.api_base for server in found] == [vllm.base, studio.base, ollama.base]


async def test_nothing_listening_means_nothing_found(several: list[ModelServer], http: HttpClient) -> None:
    for server in several:
        await server.refuse()
    assert await discover(http, ports=[server.port for server in several]) == ()


async def test_other_services_are_not_taken_for_model_servers(several: list[ModelServer], http: HttpClient) -> None:
    airplay, website, guarded, broken = several
    airplay.headers["Server"] = "AirTunes/770.8.1"
    airplay.not_found = Text("", status=403)
    website.not_found = Text("<html></html>", content_type="text/html")
    guarded.not_found = Json({"detail": "Not authenticated"}, status=401)
    broken.not_found = Text("loading", status=503)
    assert await discover(http, ports=[server.port for server in several]) == ()


async def test_a_found_server_that_loads_or_needs_a_key_is_told_of(
    several: list[ModelServer], http: HttpClient
) -> None:
    loading, guarded = several[:2]
    servers.llama_server_loading(loading)
    servers.koboldcpp(guarded)
    guarded.get["/v1/models"] = guarded.get["/api/v1/models"] = Json({"detail": {}}, status=401)
    found = await discover(http, ports=[loading.port, guarded.port])
    assert [server.state for server in found] == [ServerState.LOADING, ServerState.NEEDS_KEY]


async def test_silent_ports_are_waited_for_at_the_same_time_and_do_not_hide_the_others(
    several: list[ModelServer], http: HttpClient
) -> None:
    *silent, ollama = several
    for server in silent:
        server.not_found = Hang()
    servers.ollama(ollama)
    began = asyncio.get_running_loop().time()
    found = await discover(http, ports=[server.port for server in several])
    spent = asyncio.get_running_loop().time() - began
    assert [server.kind for server in found] == [ServerKind.OLLAMA]
    assert spent < 2 * LOCAL_LIMITS.read, "one after another they would take three times the limit"


async def test_no_key_goes_to_a_discovered_server(server: ModelServer, http: HttpClient) -> None:
    servers.generic(server)
    await discover(http, ports=[server.port])
    assert server.requests
    assert not any("authorization" in request.headers for request in server.requests)


def at(
    number: int,
    *models: FoundModel,
    kind: ServerKind = ServerKind.OLLAMA,
    state: ServerState = ServerState.UP,
) -> FoundServer:
    return FoundServer(kind, f"http://127.0.0.1:{number}/v1", models, state)


def chosen(*found: FoundServer, wanted: str | None = None) -> tuple[str, str] | None:
    choice = choose(found, wanted)
    return None if choice is None else (choice[0].api_base.rpartition(":")[2], choice[1].name)


def test_a_model_in_memory_is_preferred_then_one_that_may_be_then_one_to_load() -> None:
    cold, unknown, warm = FoundModel("cold", loaded=False), FoundModel("unknown"), FoundModel("warm", loaded=True)
    assert chosen(at(1, cold), at(2, unknown), at(3, cold, warm)) == ("3/v1", "warm")
    assert chosen(at(1, cold), at(2, unknown)) == ("2/v1", "unknown")
    assert chosen(at(1, cold), at(2, cold)) == ("1/v1", "cold")


def test_what_cannot_chat_or_is_in_a_cloud_is_chosen_only_by_name() -> None:
    vectors, cloud = FoundModel("vectors", loaded=True, chat=False), FoundModel("cloud", remote=True)
    assert chosen(at(1, vectors, cloud)) is None
    assert chosen(at(1, vectors, cloud), wanted="cloud") == ("1/v1", "cloud")
    assert chosen(at(1, vectors, cloud, FoundModel("talk", loaded=False))) == ("1/v1", "talk")


def test_a_wanted_model_is_found_wherever_it_is() -> None:
    other = at(1, FoundModel("other", loaded=True))
    assert chosen(other, at(2, FoundModel("mine", loaded=False)), wanted="mine") == ("2/v1", "mine")
    assert chosen(other, wanted="mine") is None


def test_a_name_without_tag_means_the_latest_in_ollama_only() -> None:
    latest = FoundModel("qwen3:latest")
    assert chosen(at(1, latest), wanted="qwen3") == ("1/v1", "qwen3:latest")
    assert chosen(at(1, latest, FoundModel("qwen3")), wanted="qwen3") == ("1/v1", "qwen3")
    assert chosen(at(1, latest, kind=ServerKind.VLLM), wanted="qwen3") is None
    assert chosen(at(1, latest), wanted="qwen3:8b") is None


def test_only_a_server_that_is_up_is_chosen() -> None:
    model = FoundModel("m", loaded=True)
    assert chosen(*(at(1, model, state=state) for state in ServerState if state is not ServerState.UP)) is None


@pytest.mark.parametrize(
    ("of", "command"),
    [
        ("http://127.0.0.1:11434/v1", "ollama serve"),
        ("127.0.0.1:1234", "lms server start"),
        ("http://127.0.0.1:8000", "vllm serve MODEL"),
        ("http://127.0.0.1:5000/v1", "python server.py --api"),
        ("http://127.0.0.1:8080/v1", "llama-server -m MODEL.gguf"),
        ("http://127.0.0.1:5001/v1", "koboldcpp --model MODEL.gguf"),
        (ServerKind.OLLAMA, "ollama serve"),
        (ServerKind.GENERIC, ""),
        ("http://example.com/v1", ""),
    ],
)
def test_the_hint_is_the_command_that_usually_starts_the_server(of: ServerKind | str, command: str) -> None:
    assert start_hint(of) == command


def test_the_hint_names_the_model_so_that_it_can_be_pasted() -> None:
    assert start_hint(ServerKind.VLLM, "Qwen/Qwen3-8B") == "vllm serve Qwen/Qwen3-8B"
    assert start_hint(ServerKind.VLLM, "a; rm -rf b") == "vllm serve 'a; rm -rf b'"
