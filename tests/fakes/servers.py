"""Makes a fake model server look like each known kind of server (servers.md 0 to 9; engines.md for what was seen)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request, Text

CREATED = 1750000000


def _listing(*entries: Mapping[str, object]) -> Json:
    return Json({"object": "list", "data": list(entries)})


def _detail_not_found(_request: Request) -> Reply:
    return Json({"detail": "Not Found"}, status=404)


def ollama(
    server: ModelServer,
    *models: str,
    context: int = 4096,
    loaded: bool = True,
    version: str = "0.33.0",
    capabilities: Sequence[str] = ("completion", "tools"),
    build: int = 0,
) -> None:
    """Ollama: native API beside /v1; `models` are what is installed, the first one is loaded (servers.md 1).

    `capabilities` are those that it tells of its models, `build` which edition of their files it has.
    """
    names = models or ("llama3.2:3b",)
    details = {
        "parent_model": "",
        "format": "gguf",
        "family": "llama",
        "families": ["llama"],
        "parameter_size": "3.2B",
        "quantization_level": "Q4_K_M",
    }
    tags = [
        {
            "name": name,
            "model": name,
            "modified_at": "2026-08-01T10:00:00.000000000Z",
            "size": 2019393189,
            "digest": f"{build:032x}{number:032x}",
            "details": details,
        }
        for number, name in enumerate(names)
    ]
    running = [{**tags[0], "expires_at": "2026-08-01T10:05:00Z", "size_vram": 0, "context_length": context}]
    server.not_found = Text("404 page not found", status=404, content_type="text/plain")
    server.get |= {
        "/": Text("Ollama is running"),
        "/api/version": Json({"version": version}),
        "/api/tags": Json({"models": tags}),
        "/api/ps": Json({"models": running if loaded else []}),
        "/v1/models": _listing(
            *({"id": name, "object": "model", "created": CREATED, "owned_by": "library"} for name in names)
        ),
    }
    server.post["/api/show"] = Json(
        {
            "modelfile": f"FROM {names[0]}",
            "parameters": f'num_ctx                        {context}\nstop                           "<|eot_id|>"',
            "template": "{{ .Prompt }}",
            "details": details,
            "model_info": {
                "general.architecture": "llama",
                "llama.context_length": 131072,
                "llama.embedding_length": 3072,
            },
            "capabilities": list(capabilities),
            "modified_at": "2026-08-01T10:00:00.000000000Z",
        }
    )


def ollama_empty(server: ModelServer) -> None:
    """Ollama without a model: `data` is null, not an empty list (servers.md 1.2)."""
    ollama(server, loaded=False)
    server.get["/v1/models"] = Json({"object": "list", "data": None})
    server.get["/api/tags"] = Json({"models": []})


def vllm(server: ModelServer, *models: str, context: int = 32768) -> None:
    """vLLM: the first model is the base, others are LoRA adapters on it (servers.md 2.1)."""
    base, *adapters = models or ("Qwen/Qwen2.5-7B-Instruct",)
    card = {"object": "model", "created": CREATED, "owned_by": "vllm", "permission": []}
    cards = [{"id": base, **card, "root": base, "parent": None, "max_model_len": context}]
    cards += [
        {"id": name, **card, "root": f"/adapters/{name}", "parent": base, "max_model_len": None} for name in adapters
    ]
    server.headers["server"] = "uvicorn"
    server.not_found = _detail_not_found
    server.get |= {
        "/v1/models": _listing(*cards),
        "/version": Json({"version": "0.17.0"}),
        "/health": Text(""),
        "/ping": Text(""),
        "/metrics": Text("vllm:num_requests_running 0.0\nvllm:num_requests_waiting 0.0\n"),
    }


def lm_studio(
    server: ModelServer,
    *models: str,
    context: int = 4096,
    loaded: bool = True,
    api_v1: bool = True,
    vision: bool = False,
) -> None:
    """LM Studio: an unknown path answers 200; `api_v1=False` is a version before 0.4 (servers.md 3.1)."""
    names = models or ("qwen2.5-7b-instruct",)

    def unexpected(request: Request) -> Reply:
        return Json({"error": f"Unexpected endpoint or method. ({request.method} {request.path})"})

    server.headers["X-Powered-By"] = "Express"
    server.not_found = unexpected
    server.get["/v1/models"] = _listing(
        *({"id": name, "object": "model", "owned_by": "organization_owner"} for name in names)
    )
    server.get["/api/v0/models"] = _listing(
        *(_lm_studio_v0(name, context if loaded and name == names[0] else None) for name in names)
    )
    if api_v1:
        cards = [_lm_studio_v1(name, context if loaded and name == names[0] else None, vision) for name in names]
        server.get["/api/v1/models"] = Json({"models": cards})


def _lm_studio_v0(name: str, context: int | None) -> dict[str, object]:
    card: dict[str, object] = {
        "id": name,
        "object": "model",
        "type": "llm",
        "publisher": "lmstudio-community",
        "arch": "qwen2",
        "compatibility_type": "gguf",
        "quantization": "Q4_K_M",
        "state": "not-loaded" if context is None else "loaded",
        "max_context_length": 32768,
    }
    return card if context is None else {**card, "loaded_context_length": context, "capabilities": ["tool_use"]}


def _lm_studio_v1(name: str, context: int | None, vision: bool) -> dict[str, object]:
    config = {"context_length": context, "eval_batch_size": 512, "parallel": 4, "flash_attention": True}
    return {
        "type": "llm",
        "publisher": "lmstudio-community",
        "key": name,
        "display_name": name,
        "architecture": "qwen2",
        "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
        "size_bytes": 4683073536,
        "params_string": "7B",
        "loaded_instances": [] if context is None else [{"id": name, "config": config}],
        "max_context_length": 32768,
        "format": "gguf",
        "capabilities": {"vision": vision, "trained_for_tool_use": True},
    }


def textgen(server: ModelServer, model: str | None = "tiny-chat.gguf") -> None:
    """text-generation-webui; `model=None` when none is loaded: then its name is the word None (engines.md 3)."""
    card = {"id": model, "object": "model", "created": 0, "owned_by": "user"}
    server.headers["server"] = "uvicorn"
    server.not_found = _detail_not_found
    loader = "llama.cpp" if model else None
    info: dict[str, object] = {"model_name": model or "None", "lora_names": [], "loader": loader}
    server.get |= {
        "/v1/models": _listing(*([card] if model else [])),
        "/v1/internal/model/info": Json(info),
        "/v1/internal/model/list": Json({"model_names": ["tiny-chat.gguf"]}),
        "/v1/internal/health": Json({"status": "ok"}),
    }


def llama_server(
    server: ModelServer,
    model: str = "tiny-chat",
    *,
    context: int = 512,
    slots: int = 2,
    vision: bool = False,
    system_role: bool = True,
    tools: bool = False,
) -> None:
    """llama-server with one model, as observed (engines.md 1b); what its template can do, and whether it sees."""
    props = {
        "default_generation_settings": {"params": {}, "n_ctx": context},
        "total_slots": slots,
        "model_alias": model,
        "model_ftype": "F16",
        "model_path": f"/models/{model}.gguf",
        "modalities": {"vision": vision, "video": False, "audio": False},
        "chat_template": "{{ messages }}",
        "chat_template_caps": {"supports_system_role": system_role, "supports_tools": tools},
        "bos_token": "<s>",
        "eos_token": "</s>",
        "build_info": "b1-0c1e570",
        "is_sleeping": False,
    }
    meta = {"vocab_type": 2, "n_vocab": 1024, "n_ctx": context, "n_ctx_train": 2048, "n_embd": 160, "n_params": 1435040}
    listing = {
        "models": [{"name": model, "model": model, "capabilities": ["completion"]}],
        "object": "list",
        "data": [
            {
                "id": model,
                "aliases": [model],
                "tags": [],
                "object": "model",
                "created": CREATED,
                "owned_by": "llamacpp",
                "meta": meta,
            }
        ],
    }
    server.headers["Server"] = "llama.cpp"
    server.not_found = _llama_error("File Not Found", "not_found_error", 404)
    server.get |= {
        "/health": Json({"status": "ok"}),
        "/v1/health": Json({"status": "ok"}),
        "/models": Json(listing),
        "/v1/models": Json(listing),
        "/props": Json(props),
        "/slots": Json(
            [{"id": n, "n_ctx": context, "speculative": False, "is_processing": False} for n in range(slots)]
        ),
        "/metrics": _llama_error(
            "This server does not support metrics endpoint. Start it with `--metrics`", "not_supported_error", 501
        ),
    }


def llama_server_router(server: ModelServer, *models: str) -> None:
    """llama-server started without a model: lists every file with its state (servers.md 5.5, engines.md 1b)."""
    llama_server(server)
    names = models or ("tiny-chat", "tiny-random")
    cards = [
        {
            "id": name,
            "object": "model",
            "created": CREATED,
            "owned_by": "llamacpp",
            "status": {"value": "unloaded" if number else "loaded"},
        }
        for number, name in enumerate(names)
    ]
    server.get |= {
        "/models": _listing(*cards),
        "/v1/models": _listing(*cards),
        "/props": Json({"role": "router", "default_generation_settings": {"n_ctx": 0}, "build_info": "b1-0c1e570"}),
    }
    for name in names:
        props = {"default_generation_settings": {"n_ctx": 1024}, "model_alias": name, "build_info": "b1-0c1e570"}
        server.get[f"/props?model={name}"] = Json({**props, "total_slots": 4, "modalities": {"vision": False}})


def llama_server_loading(server: ModelServer) -> None:
    """llama-server while it reads its model: 503 everywhere (servers.md 5.1)."""
    llama_server(server)
    loading = _llama_error("Loading model", "unavailable_error", 503)
    server.not_found = loading
    server.get = dict.fromkeys(server.get, loading)
    server.otherwise(loading)


def _llama_error(message: str, type_: str, status: int) -> Json:
    body = {"error": {"message": message, "type": type_, "code": status}}
    return Json(body, status=status)


def koboldcpp(
    server: ModelServer, model: str = "koboldcpp/tiny-chat", *, context: int = 8192, vision: bool = False
) -> None:
    """KoboldCpp: paths are matched by their ending, so /api/v1/models is the OpenAI list too (servers.md 6)."""
    listing = _listing(
        {
            "id": model,
            "object": "model",
            "created": CREATED,
            "owned_by": "koboldcpp",
            "permission": [],
            "root": "koboldcpp",
        }
    )
    version = {
        "result": "KoboldCpp",
        "version": "1.112",
        "protected": False,
        "txt2img": False,
        "vision": vision,
        "transcribe": False,
    }
    server.get |= {
        "/v1/models": listing,
        "/api/v1/models": listing,
        "/api/extra/version": Json(version),
        "/api/v1/model": Json({"result": model}),
        "/api/extra/true_max_context_length": Json({"value": context}),
        "/api/v1/config/max_context_length": Json({"value": context}),
        "/api/v1/config/max_length": Json({"value": 512}),
        "/api/extra/perf": Json({"queue": 0, "idle": 1, "last_token_count": 0}),
        "/api/tags": Json({"models": [{"name": "koboldcpp", "model": "koboldcpp:latest"}]}),
        "/api/version": Json({"version": "0.7.0"}),
    }


def localai(server: ModelServer, *models: str) -> None:
    """LocalAI: emulates Ollama, even in the words on `/` (servers.md 1.1, 7)."""
    names = models or ("llama-3.2-1b-instruct",)
    cards = [{"id": name, "capabilities": ["chat"], "input_modalities": ["text"]} for name in names]
    server.get |= {
        "/": Text("Ollama is running"),
        "/v1/models": _listing(*({"id": name, "object": "model"} for name in names)),
        "/v1/models/capabilities": Json({"object": "list", "data": cards}),
        "/version": Json({"version": "v4.9.0"}),
        "/healthz": Text("OK"),
        "/readyz": Text("OK"),
        "/api/version": Json({"version": "0.9.0"}),
        "/api/ps": Json({"models": []}),
        "/api/tags": Json({"models": [{"name": name, "model": name} for name in names]}),
    }


def sglang(server: ModelServer, model: str = "qwen/qwen2.5-0.5b-instruct", *, context: int = 32768) -> None:
    """SGLang: has Ollama's /api/tags as well, with a digest of its own (servers.md 8)."""
    card = {
        "id": model,
        "object": "model",
        "created": CREATED,
        "owned_by": "sglang",
        "root": model,
        "parent": None,
        "max_model_len": context,
    }
    info = {"model_path": model, "tokenizer_path": model, "is_generation": True}
    tag = {"name": model, "model": model, "digest": "sha256:sglang0000", "details": {"format": "sglang"}}
    server.headers["server"] = "uvicorn"
    server.get |= {
        "/v1/models": _listing(card),
        "/get_model_info": Json(info),
        "/model_info": Json(info),
        "/get_server_info": Json({"context_length": context, "max_total_num_tokens": 100000}),
        "/health": Text(""),
        "/api/tags": Json({"models": [tag]}),
        "/api/version": Json({"version": "0.12.0"}),
    }


def tgi(server: ModelServer, model: str = "HuggingFaceH4/zephyr-7b-beta", *, context: int = 4096) -> None:
    """TGI: `owned_by` is the model's id (servers.md 9)."""
    card = {"id": model, "object": "model", "created": CREATED, "owned_by": model}
    info = {
        "model_id": model,
        "max_concurrent_requests": 128,
        "max_input_tokens": context - 1,
        "max_total_tokens": context,
        "router": "text-generation-router",
        "version": "3.3.6",
    }
    server.headers["x-compute-type"] = "cpu"
    server.not_found = Text("", status=404)
    server.get |= {"/v1/models": _listing(card), "/info": Json(info), "/health": Text("")}


def generic(server: ModelServer, *models: str) -> None:
    """Some OpenAI-compatible server that says no more than its models."""
    names = models or ("some-model",)
    cards = [{"id": name, "object": "model", "created": CREATED, "owned_by": "somebody"} for name in names]
    server.get["/v1/models"] = _listing(*cards)
