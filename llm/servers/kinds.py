"""What is known of a model server: its kind, its state, its models."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ServerKind(StrEnum):
    """The kinds of server that are told apart; `generic` is any other that speaks OpenAI's interface."""

    OLLAMA = "ollama"
    VLLM = "vllm"
    LMSTUDIO = "lmstudio"
    TEXTGEN = "textgen"
    LLAMACPP = "llamacpp"
    KOBOLDCPP = "koboldcpp"
    LOCALAI = "localai"
    SGLANG = "sglang"
    TGI = "tgi"
    OPENAI = "openai"
    OPENROUTER = "openrouter"
    GENERIC = "generic"
    DEMO = "demo"


class ServerState(StrEnum):
    """Whether a server can be asked. `unknown`: nobody has looked (clouds are never probed), or it can't be told."""

    UP = "up"
    LOADING = "loading"
    NEEDS_KEY = "needs_key"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


LOADS_ON_DEMAND = frozenset({ServerKind.OLLAMA, ServerKind.LMSTUDIO, ServerKind.LOCALAI})
"""These load a model inside the request that asks for it (servers.md 1.7, 3.1, 5.5, 7)."""


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that a server lists.

    `context` is the length that really holds, in tokens; `loaded` whether it is in memory; None: the server does not
    tell. `chat` is False for what can't be asked in a chat, such as embedding models. `digest` changes when another
    file is served under the same name: a hash, or the size where the server tells no hash. `remote` models are only
    passed on by this server and run in somebody's cloud. `template` is the text of its chat template; `system_role`,
    `vision`, `thinking` and `tools` are whether it takes a system message, sees images, reasons, and calls functions.
    `slots` is how many requests its server does at the same time.
    """

    name: str
    context: int | None = None
    loaded: bool | None = None
    chat: bool = True
    remote: bool = False
    template: str | None = field(default=None, repr=False)
    system_role: bool | None = None
    vision: bool | None = None
    thinking: bool | None = None
    tools: bool | None = None
    slots: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server and what it says; `api_base` is the root of its OpenAI-compatible interface, without user or key.

    `version` is that of its program, empty where it does not tell.
    """

    kind: ServerKind
    api_base: str
    models: tuple[FoundModel, ...] = ()
    state: ServerState = ServerState.UP
    version: str = ""

    def model(self, name: str) -> FoundModel | None:
        """The model of this name, or None. In Ollama `x` means `x:latest` (servers.md 1.2)."""
        exact = next((model for model in self.models if model.name == name), None)
        if exact is not None or self.kind is not ServerKind.OLLAMA or ":" in name:
            return exact
        return next((model for model in self.models if model.name == f"{name}:latest"), None)
