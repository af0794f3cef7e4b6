"""Looks for model servers on this machine, chooses one, and tells how one is usually started."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit

from llm.http import HttpClient
from llm.servers.identify import identify
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import ProbeLimits
from llm.wire.address import read_address

DEFAULT_PORTS = (11434, 1234, 8000, 5000, 8080, 5001, 30000, 3000)
"""Where Ollama, LM Studio, vLLM, text-generation-webui, llama-server, KoboldCpp, SGLang and TGI usually listen."""

LOCAL_LIMITS = ProbeLimits(connect=0.5, read=1.5, total=2.0)

_KIND_OF_PORT = {
    11434: ServerKind.OLLAMA,
    1234: ServerKind.LMSTUDIO,
    8000: ServerKind.VLLM,
    5000: ServerKind.TEXTGEN,
    8080: ServerKind.LLAMACPP,
    5001: ServerKind.KOBOLDCPP,
    30000: ServerKind.SGLANG,
    3000: ServerKind.TGI,
}
_START = {
    ServerKind.OLLAMA: "ollama serve",
    ServerKind.LMSTUDIO: "lms server start",
    ServerKind.VLLM: "vllm serve {model}",
    ServerKind.TEXTGEN: "python server.py --api",
    ServerKind.LLAMACPP: "llama-server -m {file}",
    ServerKind.KOBOLDCPP: "koboldcpp --model {file}",
    ServerKind.SGLANG: "python -m sglang.launch_server --model-path {model}",
    ServerKind.TGI: "text-generation-launcher --model-id {model}",
    ServerKind.LOCALAI: "local-ai run",
}


async def discover(
    http: HttpClient, *, ports: Iterable[int] = DEFAULT_PORTS, host: str = "127.0.0.1"
) -> tuple[FoundServer, ...]:
    """Find the model servers of this machine, in the order of the ports; all ports are asked at once.

    Takes milliseconds where nothing listens and at most two seconds where something never answers. No key is sent.
    What refuses us without saying what it is (macOS has such a service on port 5000) is not taken for a model server.
    """
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(identify(f"http://{host}:{port}/v1", http, limits=LOCAL_LIMITS)) for port in ports]
    return tuple(server for task in asked if (server := task.result()) is not None and _says_what_it_is(server))


def _says_what_it_is(server: FoundServer) -> bool:
    if server.state is ServerState.UNREACHABLE:
        return False
    return server.state is ServerState.UP or server.kind is not ServerKind.GENERIC


def choose(found: Iterable[FoundServer], wanted_model: str | None = None) -> tuple[FoundServer, FoundModel] | None:
    """Choose the model to chat with, or None when there is none; the same servers give the same choice.

    A wanted model is taken wherever it is, loaded ones first. Without a wish the order is: models in memory, models of
    which that is not known, models that would have to be loaded; then the order of the servers and their lists. What
    can't chat, and what only passes the words on to a cloud, is never chosen without being named.
    """
    offers = [
        (server, model)
        for server in found
        if server.state is ServerState.UP
        for model in _eligible(server, wanted_model)
    ]
    return min(offers, key=lambda offer: _rank(offer[1]), default=None)  # the first of equals: min() is stable


def _eligible(server: FoundServer, wanted: str | None) -> tuple[FoundModel, ...]:
    if wanted is not None:
        model = server.model(wanted)
        return () if model is None else (model,)
    return tuple(model for model in server.models if model.chat and not model.remote)


def _rank(model: FoundModel) -> int:
    return {True: 0, None: 1, False: 2}[model.loaded]


def start_hint(kind_or_base: ServerKind | str, model: str | None = None) -> str:
    """The command that usually starts such a server, or the one at such an address by its port; empty: not known."""
    kind: ServerKind | None
    if isinstance(kind_or_base, ServerKind):
        kind = kind_or_base
    else:
        kind = _KIND_OF_PORT.get(urlsplit(read_address(kind_or_base).base).port or 0)
    name = shlex.quote(model) if model else "MODEL"
    return _START[kind].format(model=name, file="MODEL.gguf") if kind in _START else ""
