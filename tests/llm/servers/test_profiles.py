"""What each kind of server is sent, field by field (servers.md 13.6), and the page that tells whether it works."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from llm.http import HttpClient
from llm.servers.identify import health, identify
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.servers.profiles.base import Asking, WireRequest
from llm.servers.profiles.registry import PROFILES, profile_of
from llm.types import ImagePart, JsonMode, Message, Role, TextPart
from llm.wire.address import read_address
from llm.wire.ollama import read_ollama_chunk
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Text

HELLO = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "hello"))
PLAIN = Asking("m", HELLO)
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
EVERYTHING = Asking(
    "m",
    HELLO,
    max_tokens=50,
    temperature=0.5,
    stop=("a", "b", "c", "d", "e"),
    seed=7,
    json_mode=JsonMode.SCHEMA,
    json_schema=SCHEMA,
    thinking=False,
    context=2048,
    keep_alive="1h",
)
ADDRESS = read_address("http://host:1/v1")
CLOUDS = (ServerKind.OPENAI, ServerKind.OPENROUTER, ServerKind.GENERIC)
OPENAIS_OWN = {
    "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "stop",
    "seed", "response_format", "reasoning_effort",
}  # fmt: skip


def wire(kind: ServerKind, asking: Asking = PLAIN) -> WireRequest:
    return profile_of(kind).request(asking, ADDRESS)


def body(kind: ServerKind, asking: Asking = PLAIN) -> dict[str, Any]:
    return wire(kind, asking).body


def test_every_kind_has_a_profile_and_only_one():
    assert sorted(profile.kind for profile in PROFILES) == sorted(ServerKind)


def test_what_nobody_asked_for_is_not_sent():
    assert body(ServerKind.GENERIC) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize("kind", [kind for kind in ServerKind if kind is not ServerKind.OLLAMA])
def test_what_is_asked_for_is_sent_where_openais_fields_are_spoken(kind: ServerKind):
    sent = body(kind, EVERYTHING)
    assert (sent["max_tokens"], sent["temperature"], sent["seed"]) == (50, 0.5, 7)
    assert wire(kind, EVERYTHING).url == "http://host:1/v1/chat/completions"


@pytest.mark.parametrize("kind", CLOUDS)
def test_the_cloud_gets_no_field_that_it_does_not_know(kind: ServerKind):
    known = OPENAIS_OWN | ({"plugins", "provider", "reasoning"} if kind is ServerKind.OPENROUTER else set())
    assert set(body(kind, EVERYTHING)) <= known
    assert set(body(kind, replace(EVERYTHING, model="gpt-5-mini"))) <= known


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (ServerKind.OPENAI, 4), (ServerKind.TGI, 4), (ServerKind.GENERIC, 4), (ServerKind.OPENROUTER, 4),
        (ServerKind.VLLM, 5), (ServerKind.LLAMACPP, 5), (ServerKind.LMSTUDIO, 5), (ServerKind.TEXTGEN, 5),
    ],
)  # fmt: skip
def test_stop_strings_are_cut_to_what_the_server_takes(kind: ServerKind, count: int):
    assert body(kind, EVERYTHING)["stop"] == ["a", "b", "c", "d", "e"][:count]


def test_ollama_is_asked_by_its_native_interface():
    sent = wire(ServerKind.OLLAMA, EVERYTHING)
    assert (sent.url, sent.lines, sent.read) == ("http://host:1/api/chat", True, read_ollama_chunk)
    assert sent.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "think": False,
        "stream": True,
        "format": SCHEMA,
        "keep_alive": "1h",
        "options": {
            "num_ctx": 2048, "num_predict": 50, "temperature": 0.5, "seed": 7, "stop": ["a", "b", "c", "d", "e"],
        },
    }  # fmt: skip


def test_ollama_keeps_the_model_for_half_an_hour_unless_told_otherwise():
    assert body(ServerKind.OLLAMA)["keep_alive"] == "30m"
    assert body(ServerKind.OLLAMA, replace(PLAIN, keep_alive="-1"))["keep_alive"] == -1


def test_ollama_gets_images_beside_the_text():
    message = Message(Role.USER, (TextPart("What is it?"), ImagePart(b"\x89PNG", "image/png")))
    (sent,) = body(ServerKind.OLLAMA, Asking("m", (message,)))["messages"]
    assert sent == {"role": "user", "content": "What is it?", "images": [base64.b64encode(b"\x89PNG").decode()]}


def test_ollama_leaves_a_text_of_ours_as_it_is():
    sent = wire(ServerKind.OLLAMA, replace(PLAIN, prompt="USER: hello\nASSISTANT:", stop=("</s>",)))
    assert sent.url == "http://host:1/api/generate"
    assert (sent.body["prompt"], sent.body["raw"]) == ("USER: hello\nASSISTANT:", True)
    assert "messages" not in sent.body


@pytest.mark.parametrize("kind", [ServerKind.VLLM, ServerKind.SGLANG, ServerKind.LLAMACPP, ServerKind.GENERIC])
def test_a_text_of_ours_goes_to_completions_with_a_limit(kind: ServerKind):
    """vLLM and SGLang write 16 tokens where none is given (servers.md 2.2, 8)."""
    sent = wire(kind, replace(PLAIN, prompt="USER: hello\nASSISTANT:"))
    assert sent.url == "http://host:1/v1/completions"
    assert sent.body["prompt"] == "USER: hello\nASSISTANT:"
    assert sent.body["max_tokens"] == 1024
    assert "messages" not in sent.body


@pytest.mark.parametrize(
    ("kind", "mode", "fields"),
    [
        (ServerKind.VLLM, JsonMode.OBJECT, {"response_format": {"type": "json_object"}}),
        (
            ServerKind.VLLM,
            JsonMode.SCHEMA,
            {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}},
        ),
        (
            ServerKind.OPENAI,
            JsonMode.SCHEMA,
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
                }
            },
        ),
        (ServerKind.TGI, JsonMode.SCHEMA, {"response_format": {"type": "json_object", "value": SCHEMA}}),
        (ServerKind.GENERIC, JsonMode.PROMPT, {}),
        (ServerKind.TEXTGEN, JsonMode.PROMPT, {}),
    ],
)
def test_each_server_is_held_to_json_in_its_own_way(kind: ServerKind, mode: JsonMode, fields: dict[str, object]):
    sent = body(kind, replace(PLAIN, json_mode=mode, json_schema=SCHEMA))
    assert {name: sent[name] for name in sent if name in {"response_format", "grammar", "grammar_string"}} == fields


def test_lm_studio_gets_the_schema_of_any_object_where_others_get_json_object():
    sent = body(ServerKind.LMSTUDIO, replace(PLAIN, json_mode=JsonMode.OBJECT))
    schema = {"name": "answer", "schema": {"type": "object"}}
    assert sent["response_format"] == {"type": "json_schema", "json_schema": schema}


@pytest.mark.parametrize(("kind", "name"), [(ServerKind.TEXTGEN, "grammar_string"), (ServerKind.KOBOLDCPP, "grammar")])
def test_who_knows_no_schema_gets_a_grammar(kind: ServerKind, name: str):
    sent = body(kind, replace(PLAIN, json_mode=JsonMode.GRAMMAR, json_schema=SCHEMA))
    assert "root ::=" in sent[name]
    assert "response_format" not in sent


@pytest.mark.parametrize("kind", [ServerKind.KOBOLDCPP, ServerKind.TGI, ServerKind.TEXTGEN])
def test_who_would_write_little_without_a_limit_always_gets_one(kind: ServerKind):
    assert body(kind)["max_tokens"] == 1024


@pytest.mark.parametrize("model", ["o1", "o3", "o4-mini", "gpt-5", "gpt-5-mini"])
def test_openais_models_that_reason_get_the_newer_limit_and_no_temperature(model: str):
    sent = body(ServerKind.OPENAI, replace(EVERYTHING, model=model))
    assert sent["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & set(sent)
    assert ("stop" in sent) is (model not in {"o3", "o4-mini"})


@pytest.mark.parametrize("model", ["gpt-4", "gpt-3.5-turbo", "gpt-4o"])
def test_openais_other_models_get_the_older_limit(model: str):
    sent = body(ServerKind.OPENAI, replace(EVERYTHING, model=model))
    assert (sent["max_tokens"], sent["temperature"]) == (50, 0.5)
    assert not {"max_completion_tokens", "reasoning_effort"} & set(sent)


@pytest.mark.parametrize(
    ("model", "context"),
    [
        ("gpt-4", 8_192), ("gpt-4-0613", 8_192), ("gpt-3.5-turbo", 16_385), ("gpt-4o-mini", 128_000),
        ("gpt-4.1-nano", 1_047_576), ("gpt-5-mini", 272_000), ("o3-mini", 200_000), ("something-else", None),
    ],
)  # fmt: skip
def test_openais_contexts_are_known_by_name(model: str, context: int | None):
    assert profile_of(ServerKind.OPENAI).context_of(model) == context
    assert profile_of(ServerKind.OPENROUTER).context_of(f"openai/{model}") == context
    assert profile_of(ServerKind.VLLM).context_of(model) is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ServerKind.VLLM, {"chat_template_kwargs": {"enable_thinking": False}}),
        (ServerKind.SGLANG, {"chat_template_kwargs": {"enable_thinking": False}}),
        (ServerKind.LLAMACPP, {"chat_template_kwargs": {"enable_thinking": False}}),
        (ServerKind.TEXTGEN, {"enable_thinking": False}),
        (ServerKind.OPENROUTER, {"reasoning": {"effort": "none"}}),
        (ServerKind.KOBOLDCPP, {}),
    ],
)
def test_reasoning_is_switched_off_in_each_servers_own_way(kind: ServerKind, fields: dict[str, object]):
    sent = body(kind, replace(PLAIN, thinking=False))
    assert {name: sent[name] for name in sent if name not in body(kind)} == fields


def test_text_generation_webui_is_told_the_context_that_was_configured():
    assert body(ServerKind.TEXTGEN, EVERYTHING)["truncation_length"] == 2048
    assert "truncation_length" not in body(ServerKind.TEXTGEN)


@pytest.mark.parametrize(
    ("written", "seconds"), [("1h", 3600), ("1h30m", 5400), ("90", 90), ("-1", None), ("0", None), (None, None)]
)
def test_lm_studio_is_told_in_seconds_how_long_to_keep_a_model(written: str | None, seconds: int | None):
    assert body(ServerKind.LMSTUDIO, replace(PLAIN, keep_alive=written)).get("ttl") == seconds


def test_openrouter_may_not_compress_behind_our_back_nor_drop_the_schema():
    sent = body(ServerKind.OPENROUTER, replace(PLAIN, json_mode=JsonMode.SCHEMA, json_schema=SCHEMA))
    assert sent["plugins"] == [{"id": "context-compression", "enabled": False}]
    assert sent["provider"] == {"require_parameters": True}


@pytest.mark.parametrize("kind", list(ServerKind))
def test_a_field_that_was_refused_is_not_sent_again(kind: ServerKind):
    refused = frozenset({"seed", "temperature", "stream_options", "keep_alive"})
    assert not wire(kind, replace(EVERYTHING, without=refused)).fields & refused


def test_a_server_that_refuses_max_tokens_gets_the_other_name():
    sent = body(ServerKind.GENERIC, replace(EVERYTHING, without=frozenset({"max_tokens"})))
    assert sent["max_completion_tokens"] == 50
    assert "max_tokens" not in sent


HEALTHY: list[tuple[Callable[[ModelServer], None], str]] = [
    (servers.ollama, "/api/version"),
    (servers.vllm, "/health"),
    (servers.lm_studio, "/api/v0/models"),
    (servers.textgen, "/v1/internal/health"),
    (servers.llama_server, "/health"),
    (servers.koboldcpp, "/api/extra/version"),
    (servers.localai, "/readyz"),
    (servers.sglang, "/health"),
    (servers.tgi, "/health"),
    (servers.generic, "/v1/models"),
]


@pytest.mark.parametrize(("play", "page"), HEALTHY)
async def test_health_is_one_free_page_of_its_own(
    server: ModelServer, http: HttpClient, play: Callable[[ModelServer], None], page: str
):
    play(server)
    found = await identify(server.base, http)
    assert found is not None
    server.requests.clear()
    assert await health(found, http) is ServerState.UP
    assert [(request.method, request.path) for request in server.requests] == [("GET", page)]
    server.get[page] = Json({"error": {"message": "Loading model", "type": "unavailable_error"}}, status=503)
    assert await health(found, http) is ServerState.LOADING
    server.get[page] = Text("", status=503)
    assert await health(found, http) is ServerState.UNREACHABLE
    server.get[page] = Text("", status=401)
    assert await health(found, http) is ServerState.NEEDS_KEY
    await server.refuse()
    assert await health(found, http) is ServerState.UNREACHABLE


async def test_lm_studios_200_for_anything_is_not_health(server: ModelServer, http: HttpClient):
    servers.lm_studio(server)
    del server.get["/api/v0/models"]
    assert await health(FoundServer(ServerKind.LMSTUDIO, server.base), http) is ServerState.UNREACHABLE


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ServerKind.VLLM, {"add_generation_prompt": False, "continue_final_message": True}),
        (ServerKind.LLAMACPP, {}),
    ],
)
def test_an_answer_is_continued_where_a_server_can(kind: ServerKind, fields: dict[str, object]):
    assert profile_of(kind).continues
    begun = replace(PLAIN, messages=(*HELLO, Message(Role.ASSISTANT, "Half")), continued=True)
    sent = body(kind, begun)
    assert sent["messages"][-1] == {"role": "assistant", "content": "Half"}
    assert {name: sent[name] for name in fields} == fields
    assert "continue_final_message" not in body(kind)


def test_nobody_else_is_asked_to():
    others = {profile.kind for profile in PROFILES if profile.continues}
    assert others == {ServerKind.VLLM, ServerKind.LLAMACPP}
