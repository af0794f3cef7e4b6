"""Each kind of server is recognised by what it says; impostors and strangers are not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.http import HttpClient
from llm.servers.hosts import is_local
from llm.servers.identify import identify, with_details
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeLimits, ProbeReply
from llm.servers.profiles.ollama import DEFAULT_CONTEXT
from llm.servers.profiles.registry import PROFILES
from llm.wire.address import read_address
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Reset, Text

QUICK = ProbeLimits(connect=0.3, read=0.2, total=0.4)


async def known(server: ModelServer, http: HttpClient, **options: object) -> FoundServer:
    """What is found out, without the marks of versions and files, which have a test of their own."""
    found = await identify(server.base, http, **options)  # type: ignore[arg-type]
    assert found is not None
    return unmarked(found)


def unmarked(found: FoundServer) -> FoundServer:
    return replace(found, version="", models=tuple(replace(model, digest="", tools=None) for model in found.models))


@pytest.mark.parametrize(
    ("preset", "kind", "model"),
    [
        (servers.ollama, ServerKind.OLLAMA, FoundModel("llama3.2:3b", 4096, loaded=True)),
        (servers.vllm, ServerKind.VLLM, FoundModel("Qwen/Qwen2.5-7B-Instruct", 32768, loaded=True)),
        (servers.lm_studio, ServerKind.LMSTUDIO, FoundModel("qwen2.5-7b-instruct", 4096, loaded=True, vision=False)),
        (servers.textgen, ServerKind.TEXTGEN, FoundModel("tiny-chat.gguf", None, loaded=True)),
        (
            servers.llama_server,
            ServerKind.LLAMACPP,
            FoundModel(
                "tiny-chat", 512, loaded=True, template="{{ messages }}", system_role=True, vision=False, slots=2
            ),
        ),
        (servers.koboldcpp, ServerKind.KOBOLDCPP, FoundModel("koboldcpp/tiny-chat", 8192, loaded=True, vision=False)),
        (servers.localai, ServerKind.LOCALAI, FoundModel("llama-3.2-1b-instruct")),
        (servers.sglang, ServerKind.SGLANG, FoundModel("qwen/qwen2.5-0.5b-instruct", 32768, loaded=True)),
        (servers.tgi, ServerKind.TGI, FoundModel("HuggingFaceH4/zephyr-7b-beta", 4096, loaded=True)),
        (servers.generic, ServerKind.GENERIC, FoundModel("some-model")),
    ],
)
async def test_each_kind_is_recognised_with_its_model_and_the_context_that_holds(
    server: ModelServer, http: HttpClient, preset: Callable[[ModelServer], None], kind: ServerKind, model: FoundModel
) -> None:
    preset(server)
    for likely in (None, kind):
        found = await identify(server.base, http, likely=likely)
        assert found is not None
        assert unmarked(found) == FoundServer(kind, server.base, (model,), ServerState.UP)


@pytest.mark.parametrize(
    ("preset", "version", "digest", "tools"),
    [
        (servers.ollama, "0.33.0", "0" * 64, None),
        (servers.vllm, "0.17.0", "Qwen/Qwen2.5-7B-Instruct", None),
        (servers.lm_studio, "", "4683073536 Q4_K_M gguf", True),
        (servers.llama_server, "b1-0c1e570", "1435040", False),
        (servers.koboldcpp, "1.112", "koboldcpp", None),
        (servers.sglang, "", "qwen/qwen2.5-0.5b-instruct", None),
        (servers.tgi, "3.3.6", "", None),
        (servers.textgen, "", "", None),
    ],
)
async def test_what_tells_one_version_and_one_file_from_another_is_read_where_the_server_tells_it(
    server: ModelServer,
    http: HttpClient,
    preset: Callable[[ModelServer], None],
    version: str,
    digest: str,
    tools: bool | None,
) -> None:
    preset(server)
    found = await identify(server.base, http)
    assert found is not None
    [model] = found.models
    assert (found.version, model.digest, model.tools) == (version, digest, tools)


@pytest.mark.parametrize("written", ["{url}", "{url}/", "{url}/v1", "{url}/v1/", "{bare}", "{url}/v1/chat/completions"])
async def test_the_address_may_be_written_in_any_usual_way(server: ModelServer, http: HttpClient, written: str) -> None:
    servers.ollama(server)
    base = written.format(url=server.url, bare=server.url.removeprefix("http://"))
    found = await identify(base, http)
    assert found is not None
    assert (found.kind, found.api_base) == (ServerKind.OLLAMA, server.base)


@pytest.mark.parametrize("preset", [servers.localai, servers.sglang, servers.koboldcpp, servers.llama_server])
async def test_who_plays_ollama_is_not_taken_for_it_even_where_ollama_was_before(
    server: ModelServer, http: HttpClient, preset: Callable[[ModelServer], None]
) -> None:
    preset(server)
    assert (await known(server, http, likely=ServerKind.OLLAMA)).kind is not ServerKind.OLLAMA


async def test_what_it_was_last_time_is_asked_first_and_saves_questions(server: ModelServer, http: HttpClient) -> None:
    servers.ollama(server)
    await known(server, http)
    first = len(server.requests)
    await known(server, http, likely=ServerKind.OLLAMA)
    assert len(server.requests) - first == 4 < first


async def test_no_page_is_asked_for_twice(server: ModelServer, http: HttpClient) -> None:
    servers.generic(server)
    await known(server, http)
    paths = [request.path for request in server.requests]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    "answer",
    [
        Json({"error": "Unexpected endpoint or method. (GET /x)"}),
        Json({"status": "ok"}),
        Json([]),
        Json({"models": [], "data": "x"}),
        Json({"data": []}),
        Json({"data": [{"id": 7}]}),
        Json({"models": [{"name": "a"}], "result": "ok"}),
        Text("<html><body>Welcome</body></html>", content_type="text/html"),
        Text("Ollama is running"),
        Text("", status=404),
        Text("", status=204),
        Json({"data": [{"id": "x"}]}, status=404),
        Text("", status=302, headers={"Location": "https://example.com/v1/models"}),
    ],
)
async def test_something_that_answers_but_says_nothing_of_models_is_no_model_server(
    server: ModelServer, http: HttpClient, answer: Reply
) -> None:
    server.not_found = answer
    assert await identify(server.base, http) is None


async def test_lm_studios_200_for_unknown_paths_passes_for_nothing_else(server: ModelServer, http: HttpClient) -> None:
    servers.lm_studio(server)
    server.get.clear()
    assert await identify(server.base, http) is None


async def test_lm_studio_before_0_4_and_before_0_3_6(server: ModelServer, http: HttpClient) -> None:
    servers.lm_studio(server, "a", "b", context=6000, api_v1=False)
    models = (FoundModel("a", 6000, loaded=True, vision=False), FoundModel("b", loaded=False, vision=False))
    assert await known(server, http) == FoundServer(ServerKind.LMSTUDIO, server.base, models)
    del server.get["/api/v0/models"]
    oldest = await known(server, http)
    assert (oldest.kind, oldest.models) == (ServerKind.LMSTUDIO, (FoundModel("a"), FoundModel("b")))


async def test_a_loaded_lm_studio_model_is_asked_by_the_name_of_its_instance(
    server: ModelServer, http: HttpClient
) -> None:
    servers.lm_studio(server)
    instance = {"id": "my-name", "config": {"context_length": 9000}}
    embedder = {"key": "vectors", "type": "embedding", "loaded_instances": []}
    server.get["/api/v1/models"] = Json(
        {"models": [{"key": "qwen", "type": "llm", "loaded_instances": [instance]}, embedder]}
    )
    assert (await known(server, http)).models == (
        FoundModel("my-name", 9000, loaded=True),
        FoundModel("qwen", loaded=False),
        FoundModel("vectors", loaded=False, chat=False),
    )


async def test_a_vllm_adapter_has_the_context_of_its_base(server: ModelServer, http: HttpClient) -> None:
    servers.vllm(server, "base", "adapter", context=2048)
    assert [model.context for model in (await known(server, http)).models] == [2048, 2048]


async def test_text_generation_webui_without_a_model_has_none(server: ModelServer, http: HttpClient) -> None:
    servers.textgen(server, None)
    assert await known(server, http) == FoundServer(ServerKind.TEXTGEN, server.base)


async def test_koboldcpp_without_a_model_has_none(server: ModelServer, http: HttpClient) -> None:
    servers.koboldcpp(server, "koboldcpp/inactive")
    assert await known(server, http) == FoundServer(ServerKind.KOBOLDCPP, server.base)


async def test_ollama_without_a_model_has_none(server: ModelServer, http: HttpClient) -> None:
    servers.ollama_empty(server)
    assert await known(server, http) == FoundServer(ServerKind.OLLAMA, server.base)


async def test_a_llama_server_that_reads_its_model_is_loading_even_behind_a_proxy(
    server: ModelServer, http: HttpClient
) -> None:
    servers.llama_server_loading(server)
    loading = FoundServer(ServerKind.LLAMACPP, server.base, (), ServerState.LOADING)
    assert await known(server, http) == loading
    server.headers = {"Server": "nginx"}
    assert await known(server, http) == loading


async def test_a_router_tells_the_context_of_loaded_models_and_is_not_made_to_load_others(
    server: ModelServer, http: HttpClient
) -> None:
    servers.llama_server_router(server)
    models = (
        FoundModel("tiny-chat", 1024, loaded=True, vision=False, slots=4),
        FoundModel("tiny-random", loaded=False),
    )
    assert (await known(server, http)).models == models
    assert "/props?model=tiny-random" not in [request.path for request in server.requests]


async def test_an_ollama_model_that_is_not_loaded_tells_its_own_context_and_stays_unloaded(
    server: ModelServer, http: HttpClient
) -> None:
    servers.ollama(server, context=12345, loaded=False)
    found = await known(server, http)
    assert found.models == (FoundModel("llama3.2:3b", loaded=False),)
    assert server.chats == []
    found = await with_details(found, "llama3.2:3b", http)
    (model,) = found.models
    assert (model.context, model.loaded, model.vision, model.thinking) == (12345, False, False, False)
    assert model.template == "{{ .Prompt }}"
    assert [request.path for request in server.chats] == ["/api/show"]


@pytest.mark.parametrize(
    ("shown", "context"),
    [
        ({"parameters": 'stop "x"'}, DEFAULT_CONTEXT),
        ({"model_info": {"general.architecture": "llama", "llama.context_length": 131072}}, DEFAULT_CONTEXT),
        ({"model_info": {"general.architecture": "gpt2", "gpt2.context_length": 1024}}, 1024),
        ({"parameters": "num_ctx   2048", "model_info": {"general.architecture": "a", "a.context_length": 9}}, 2048),
    ],
)
async def test_what_ollama_does_not_tell_gets_a_context_that_we_ask_for(
    server: ModelServer, http: HttpClient, shown: dict[str, object], context: int
) -> None:
    servers.ollama(server, loaded=False)
    found = await known(server, http)
    server.post["/api/show"] = Json(shown)
    (model,) = (await with_details(found, "llama3.2:3b", http)).models
    assert model.context == context


@pytest.mark.parametrize("reply", [Json({}), Text("", status=500), Reset()])
async def test_the_context_stays_unknown_when_ollama_says_nothing(
    server: ModelServer, http: HttpClient, reply: Reply
) -> None:
    servers.ollama(server, loaded=False)
    found = await known(server, http)
    server.post["/api/show"] = reply
    assert await with_details(found, "llama3.2:3b", http) == found


async def test_embedding_models_and_models_in_a_cloud_are_marked(server: ModelServer, http: HttpClient) -> None:
    servers.ollama(server)
    tags = [
        {"name": "old-vectors", "details": {"family": "bert"}},
        {"name": "nomic-embed-text:latest"},
        {"name": "odd", "capabilities": ["embedding"]},
        {"name": "embed-talk", "capabilities": ["completion"]},
        {"name": "big-cloud", "remote_host": "https://ollama.com:443", "remote_model": "big"},
    ]
    server.get["/api/tags"] = Json({"models": tags})
    models = (await known(server, http)).models
    assert [(model.chat, model.remote) for model in models] == [
        (False, False),
        (False, False),
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("192.168.1.20", True),
        ("10.0.0.5", True),
        ("100.101.102.103", True),
        ("fe80::1%eth0", True),
        ("::ffff:192.168.0.1", True),
        ("ollama", True),
        ("host.docker.internal", True),
        ("nas.local", True),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("api.openai.com", False),
        ("example.com", False),
    ],
)
def test_local_is_this_machine_and_private_networks(host: str, local: bool) -> None:
    assert is_local(host) is local


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "data", "key", "name", "models", "object", "parent", "config", "loaded_instances", "details",
                 "capabilities", "max_model_len", "context_length", "state", "type", "parameters"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


class OddProbe(Probe):
    """Every page has the same odd body."""

    def __init__(self, body: object) -> None:
        self.address = read_address("http://host")
        self._reply = ProbeReply(200, "", body, says_loading=False)

    async def api(self, path: str) -> ProbeReply:
        return self._reply

    async def native(self, path: str) -> ProbeReply:
        return self._reply

    async def ask_native(self, path: str, question: object) -> ProbeReply:
        return self._reply


@given(JSON)
def test_no_page_however_odd_breaks_a_profile(value: object) -> None:
    async def ask_all() -> None:
        for profile in PROFILES:
            probe = OddProbe(value)
            found = await profile.recognise(probe)
            await profile.health(probe)
            told = FoundServer(profile.kind, "http://host/v1", (FoundModel("m"),))
            models = (*(found.models if found else ()), *(await profile.complete(told, "m", probe)).models)
            assert all(model.name and model.name.isprintable() for model in models)
            assert all(model.context is None or model.context > 0 for model in models)

    asyncio.run(ask_all())
