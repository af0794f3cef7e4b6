"""A configured server: used whether it is there or not, and never replaced by another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import SecretStr

from llm.config import ModelConfig
from llm.errors import AttemptFailed, FailureKind
from llm.routing.serving_model import ModelSource
from llm.servers.kinds import ServerKind, ServerState
from llm.types import ChatRequest, Message, ModelCapabilities, Role
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Text
from tests.llm.routing.conftest import Make, reason

ASK = ChatRequest((Message(Role.USER, "Hello"),))

# A base address and a model


async def test_a_configured_model_is_in_use_before_anybody_has_looked(server: ModelServer, primary: Make) -> None:
    model = primary(wanted_base=server.base, wanted_model="llama3.2:3b", key=SecretStr("sekret"))
    current = model.current()
    assert (current.config.name, current.config.api_base) == ("llama3.2:3b", server.base)
    assert (current.source, current.state) == (ModelSource.CONFIGURED, ServerState.UNKNOWN)
    assert current.config.local is True
    assert model.needs_refresh


async def test_a_look_fills_in_the_kind_and_the_context_for_the_client(server: ModelServer, primary: Make) -> None:
    servers.ollama(server, context=9000)
    model = primary(wanted_base=server.base, wanted_model="llama3.2:3b")
    assert model.client().served.kind is ServerKind.GENERIC
    await model.refresh()
    current = model.current()
    assert (current.kind, current.context, current.state) == (ServerKind.OLLAMA, 9000, ServerState.UP)
    assert (model.client().served.kind, model.client().served.context) == (ServerKind.OLLAMA, 9000)
    (row,) = model.candidates()
    assert (row.model, row.context, row.chosen, row.note) == ("llama3.2:3b", 9000, True, "")
    assert not model.needs_refresh


async def test_an_unreachable_configured_server_is_used_all_the_same_and_found_back(
    server: ModelServer, other: ModelServer, primary: Make
) -> None:
    servers.vllm(other)
    await server.refuse()
    model = primary(wanted_base=server.base, wanted_model="Qwen/Qwen2.5-7B-Instruct")
    await model.refresh()
    current = model.current()
    assert (current.source, current.state) == (ModelSource.CONFIGURED, ServerState.UNREACHABLE)
    assert other.requests == [], "nothing else is looked for"
    with pytest.raises(AttemptFailed) as failed:
        await model.client().chat(ASK)
    assert failed.value.failure.kind is FailureKind.TRANSPORT
    assert model.needs_refresh

    await server.listen()
    servers.vllm(server, context=777)
    await model.refresh()
    assert (model.current().kind, model.current().context) == (ServerKind.VLLM, 777)
    assert (await model.client().chat(ASK)).text == "Hello there!"


async def test_what_a_server_said_is_remembered_while_it_is_away(server: ModelServer, primary: Make) -> None:
    servers.vllm(server, "m", context=777)
    model = primary(wanted_base=server.base, wanted_model="m")
    await model.refresh()
    await server.refuse()
    await model.refresh()
    current = model.current()
    assert (current.kind, current.context, current.state) == (ServerKind.VLLM, 777, ServerState.UNREACHABLE)
    (row,) = model.candidates()
    assert row.note == "does not answer; usually started with: vllm serve m"


@pytest.mark.parametrize(
    ("port", "command"), [(11434, "ollama serve"), (1234, "lms server start"), (8080, "llama-server -m MODEL.gguf")]
)
async def test_the_note_of_an_unreachable_server_tells_how_to_start_it(primary: Make, port: int, command: str) -> None:
    model = primary(wanted_base=f"http://no-such-host.invalid:{port}/v1", wanted_model="m")
    await model.refresh()
    assert model.candidates()[0].note == f"does not answer; usually started with: {command}"


async def test_the_configured_context_goes_before_the_one_that_the_server_tells(
    server: ModelServer, primary: Make
) -> None:
    servers.vllm(server, "m", context=777)
    config = ModelConfig(name="m", api_base=server.base, capabilities=ModelCapabilities(max_context=500))
    model = primary(configured=config)
    await model.refresh()
    assert model.current().context == 500


async def test_an_ollama_model_that_is_not_loaded_has_the_context_of_its_file(
    server: ModelServer, primary: Make
) -> None:
    servers.ollama(server, context=5555, loaded=False)
    model = primary(wanted_base=server.base, wanted_model="llama3.2:3b")
    await model.refresh()
    assert model.current().context == 5555


async def test_a_server_with_one_model_answers_with_it_whatever_it_is_called(
    server: ModelServer, primary: Make
) -> None:
    servers.llama_server(server, context=512)
    model = primary(wanted_base=server.base, wanted_model="my-model")
    await model.refresh()
    assert (model.current().config.name, model.current().context) == ("my-model", 512)
    assert model.candidates()[0].note == "does not list my-model; it has tiny-chat"


async def test_the_key_is_sent_to_the_configured_server(server: ModelServer, primary: Make) -> None:
    server.not_found = Json({"error": "Unauthorized"}, status=401)
    model = primary(wanted_base=server.base, wanted_model="m", key=SecretStr("sekret"))
    await model.refresh()
    assert model.current().state is ServerState.NEEDS_KEY
    assert {request.headers.get("authorization") for request in server.requests} == {"Bearer sekret"}
    assert "sekret" not in repr(model.current()) + repr(model.candidates())


async def test_a_password_in_the_address_stays_out_of_the_table(server: ModelServer, primary: Make) -> None:
    servers.generic(server)
    model = primary(wanted_base=server.base.replace("http://", "http://user:pass@"), wanted_model="some-model")
    await model.refresh()
    assert "pass" not in repr(model.candidates())
    assert model.candidates()[0].server == f"127.0.0.1:{server.port}"


async def test_a_cloud_is_in_use_without_being_asked(primary: Make) -> None:
    model = primary(wanted_base="https://api.openai.com/v1", wanted_model="gpt-5", key=SecretStr("k"))
    await model.refresh()
    current = model.current()
    assert (current.kind, current.state) == (ServerKind.OPENAI, ServerState.UNKNOWN)
    assert current.config.local is False
    assert not model.needs_refresh


async def test_an_address_that_is_none_is_told_and_stops_nothing(primary: Make) -> None:
    model = primary(wanted_base="http://bad host/v1", wanted_model="m")
    await model.refresh()
    assert model.current().config.name == "m"
    assert "must look like" in model.candidates()[0].note
    nameless = primary(wanted_base="http://bad host/v1")
    await nameless.refresh()
    assert reason(nameless) == "bad_address"


# A base address only


async def test_the_first_suitable_model_of_a_configured_server_is_used(server: ModelServer, primary: Make) -> None:
    servers.ollama(server, "nomic-embed-text:latest", "qwen3:8b", loaded=False)
    model = primary(wanted_base=server.base, key=SecretStr("k"))
    assert reason(model) == "not_looked_yet"
    await model.refresh()
    config = model.current().config
    assert config.name == "qwen3:8b"
    assert config.api_key is not None
    assert model.current().source is ModelSource.CONFIGURED


async def test_the_model_in_use_stays_until_the_server_has_it_no_more(server: ModelServer, primary: Make) -> None:
    servers.ollama(server, "a", "b")
    model = primary(wanted_base=server.base)
    await model.refresh()
    servers.ollama(server, "b", "a")
    await model.refresh()
    assert model.current().config.name == "a"
    servers.ollama(server, "b")
    await model.refresh()
    assert model.current().config.name == "b"


async def test_without_a_name_an_unreachable_server_is_no_model_until_it_is_back(
    server: ModelServer, primary: Make
) -> None:
    await server.refuse()
    model = primary(wanted_base=server.base)
    await model.refresh()
    assert reason(model) == "server_unreachable"
    assert model.needs_refresh
    await server.listen()
    servers.lm_studio(server)
    await model.refresh()
    assert model.current().config.name == "qwen2.5-7b-instruct"
    await server.refuse()
    await model.refresh()
    assert model.current().state is ServerState.UNREACHABLE, "its model is known by now"


@pytest.mark.parametrize(
    ("preset", "why"),
    [
        (servers.ollama_empty, "no_chat_model"),
        (lambda server: servers.textgen(server, None), "no_chat_model"),
        (servers.llama_server_loading, "server_loading"),
        (lambda server: setattr(server, "not_found", Text("", status=401)), "server_needs_key"),
        (lambda server: setattr(server, "not_found", Text("Welcome")), "not_a_model_server"),
    ],
)
async def test_why_a_configured_server_gives_no_model_is_told(
    server: ModelServer, primary: Make, preset: Callable[[ModelServer], None], why: str
) -> None:
    preset(server)
    model = primary(wanted_base=server.base)
    await model.refresh()
    assert reason(model) == why
    (row,) = model.candidates()
    assert (row.chosen, bool(row.note)) == (False, True)


async def test_a_cloud_needs_a_models_name(primary: Make) -> None:
    model = primary(wanted_base="https://openrouter.ai/api/v1", key=SecretStr("k"))
    await model.refresh()
    assert reason(model) == "model_not_named"
