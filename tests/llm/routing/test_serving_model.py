"""Nothing or little is configured: what is found on this machine, or the demo; and how that changes with time."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from llm.config import ModelConfig
from llm.demo import DEMO_BASE, DEMO_MODEL
from llm.errors import AttemptFailed
from llm.routing.serving_model import RECHECK_SECONDS, ModelSource
from llm.servers.kinds import ServerKind, ServerState
from llm.types import ChatRequest, Message, Role
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json
from tests.llm.routing.conftest import HandClock, Make, reason

ASK = ChatRequest((Message(Role.USER, "Hello"),))

# A model's name, or a key, only


async def test_a_wanted_model_is_looked_for_on_this_machine_without_the_key(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.vllm(server)
    servers.ollama(other, "qwen3:latest")
    model = primary(wanted_model="qwen3", key=SecretStr("sekret"))
    await model.refresh()
    current = model.current()
    assert (current.config.name, current.config.api_base) == ("qwen3:latest", other.base)
    assert (current.source, current.config.api_key) == (ModelSource.FOUND, None)
    assert not any("authorization" in request.headers for request in server.requests + other.requests)
    assert [row.chosen for row in model.candidates()] == [False, True]


async def test_a_wanted_model_that_nobody_has_is_never_replaced_by_another_or_by_the_demo(
    server: ModelServer, primary: Make
) -> None:
    servers.vllm(server)
    model = primary(wanted_model="qwen3")
    await model.refresh()
    assert reason(model) == "model_not_found"
    assert "does not list qwen3" in model.candidates()[0].note
    servers.vllm(server, "qwen3")
    await model.refresh()
    assert model.current().config.name == "qwen3"


async def test_a_key_alone_keeps_the_demo_away_too(server: ModelServer, primary: Make) -> None:
    model = primary(key=SecretStr("sekret"))
    await model.refresh()
    assert reason(model) == "no_server_found"
    servers.generic(server)
    await model.refresh()
    assert model.current().source is ModelSource.FOUND


# Nothing


async def test_with_nothing_configured_the_best_server_of_this_machine_is_used(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.ollama(server, "cold", loaded=False)
    servers.llama_server(other, "warm")
    model = primary(wanted_base="", wanted_model="", key=SecretStr(""))
    await model.refresh()
    current = model.current()
    assert (current.config.name, current.source, current.config.local) == ("warm", ModelSource.FOUND, True)
    assert [(row.kind, row.model, row.chosen) for row in model.candidates()] == [
        (ServerKind.OLLAMA, "cold", False),
        (ServerKind.LLAMACPP, "warm", True),
    ]


async def test_with_nothing_there_the_demo_answers_until_a_server_appears(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    await server.refuse()
    await other.refuse()
    model = primary()
    assert reason(model) == "not_looked_yet"
    await model.refresh()
    current = model.current()
    assert (current.config.api_base, current.config.name, current.source) == (DEMO_BASE, DEMO_MODEL, ModelSource.DEMO)
    assert "demo" in (await model.client().chat(ASK)).text
    assert [(row.kind, row.chosen) for row in model.candidates()] == [(ServerKind.DEMO, True)]
    assert model.needs_refresh

    await other.listen()
    servers.vllm(other)
    await model.refresh()
    assert (model.current().source, model.current().config.api_base) == (ModelSource.FOUND, other.base)
    assert (await model.client().chat(ASK)).text == "Hello there!"


async def test_a_server_without_a_usable_model_leaves_the_demo_and_says_what_is_missing(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.ollama_empty(server)
    servers.llama_server_loading(other)
    model = primary()
    await model.refresh()
    assert model.current().source is ModelSource.DEMO
    assert [row.note for row in model.candidates()[:2]] == [
        "has no model to chat with; get one with: ollama pull qwen3:8b",
        "is still loading its model",
    ]


async def test_a_found_model_stays_though_another_becomes_better(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.ollama(server, "mine")
    servers.vllm(other)
    model = primary()
    await model.refresh()
    servers.ollama(server, "mine", loaded=False)
    await model.refresh()
    assert model.current().config.name == "mine"


async def test_a_found_server_that_goes_away_is_kept_until_another_is_there_and_never_becomes_the_demo(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.ollama(server, "mine", context=6000)
    await other.refuse()
    model = primary()
    await model.refresh()
    await server.refuse()
    await model.refresh()
    current = model.current()
    assert (current.config.name, current.context, current.state) == ("mine", 6000, ServerState.UNREACHABLE)
    (row,) = model.candidates()
    assert (row.chosen, row.note) == (True, "does not answer; usually started with: ollama serve")
    with pytest.raises(AttemptFailed):
        await model.client().chat(ASK)
    assert model.needs_refresh

    await other.listen()
    servers.vllm(other, "theirs")
    await model.refresh()
    assert model.current().config.name == "theirs"


async def test_a_model_in_a_cloud_behind_ollama_is_used_only_by_name_and_not_called_local(
    server: ModelServer, primary: Make
) -> None:
    servers.ollama(server)
    server.get["/api/tags"] = Json({"models": [{"name": "big-cloud", "remote_host": "https://ollama.com"}]})
    unasked = primary()
    await unasked.refresh()
    assert unasked.current().source is ModelSource.DEMO
    asked = primary(wanted_model="big-cloud")
    await asked.refresh()
    assert asked.current().config.local is False


# Looking


async def test_looks_at_the_same_time_are_one(server: ModelServer, primary: Make) -> None:
    servers.vllm(server, "m")
    model = primary(wanted_base=server.base, wanted_model="m")
    await model.refresh()
    once = len(server.requests)
    await asyncio.gather(*(model.refresh() for _ in range(5)))
    assert len(server.requests) == once + 2, "what it was is asked first: its list and its version"


async def test_a_cancelled_look_leaves_everything_as_it_was_and_the_next_one_works(
    server: ModelServer, primary: Make
) -> None:
    server.get["/v1/models"] = Json({}, delay=5)
    model = primary(wanted_base=server.base, wanted_model="m")
    before = model.current()
    task = asyncio.create_task(model.refresh())
    await server.wait_requests()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.current() == before
    servers.vllm(server, "m")
    await model.refresh()
    assert model.current().state is ServerState.UP


async def test_nothing_is_looked_at_while_all_is_well_until_it_fails_or_some_time_has_passed(
    server: ModelServer, primary: Make, clock: HandClock
) -> None:
    servers.vllm(server, "m")
    model = primary(wanted_base=server.base, wanted_model="m")
    await model.refresh()
    assert not model.needs_refresh
    model.doubt()
    assert model.needs_refresh
    await model.refresh()
    assert not model.needs_refresh
    clock.seconds += RECHECK_SECONDS
    assert model.needs_refresh


@pytest.mark.parametrize("local", [None, True])
async def test_a_model_that_ollama_only_passes_on_to_its_cloud_is_not_at_home_unless_that_is_said(
    server: ModelServer, primary: Make, local: bool | None
) -> None:
    servers.ollama(server)
    card = {"name": "big", "remote_host": "https://ollama.com:443", "remote_model": "big"}
    server.get["/api/tags"] = Json({"models": [card]})
    model = primary(configured=ModelConfig(name="big", api_base=server.base, local=local))
    await model.refresh()
    assert model.local is (local is True)
    assert model.client().served.local is (local is True)
    again = primary(configured=ModelConfig(name="big", api_base=server.base, local=local, max_tokens=5))
    again.follow(model)
    assert again.local is (local is True), "before it is looked at anew"


def test_a_model_whose_name_says_that_it_is_in_a_cloud_is_not_at_home_before_it_is_looked_at(primary: Make) -> None:
    base = "http://127.0.0.1:11434"
    names = {"gpt-oss:120b-cloud": False, "glm-4.6:cloud": False, "cloudy:7b": True}
    for name, local in names.items():
        assert primary(configured=ModelConfig(name=name, api_base=base)).local is local
    assert primary(configured=ModelConfig(name="my-cloud", api_base=base, local=True)).local


async def test_the_client_changes_only_with_the_model(server: ModelServer, primary: Make) -> None:
    servers.ollama(server, "a")
    model = primary(wanted_base=server.base)
    await model.refresh()
    client = model.client()
    await model.refresh()
    assert model.client() is client
    servers.ollama(server, "b")
    await model.refresh()
    assert model.client().config.name == "b"


async def test_ollama_is_always_asked_for_the_context_that_it_had_first(server: ModelServer, primary: Make) -> None:
    """Another one would make it load the model anew (servers.md 1.3)."""
    servers.ollama(server, "a", context=4096)
    model = primary(wanted_base=server.base)
    await model.refresh()
    servers.ollama(server, "a", context=2048)
    await model.refresh()
    assert model.current().context == 4096
    assert model.client().served.context == 4096


async def test_what_answers_have_taught_outlives_a_change_of_the_server(server: ModelServer, primary: Make) -> None:
    servers.vllm(server, "a", context=4096)
    model = primary(wanted_base=server.base)
    await model.refresh()
    before = model.client()
    servers.vllm(server, "a", context=2048)
    await model.refresh()
    assert model.client() is not before
    assert model.client().served.context == 2048
    assert model.client().learned is before.learned
