"""The model that answers: its values, and how they are put together from what is configured and what a server says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from llm.config import ModelConfig
from llm.demo import DEMO_BASE, DEMO_MODEL
from llm.servers.hosts import host_of, is_local
from llm.servers.kinds import FoundServer, ServerKind, ServerState


class ModelSource(StrEnum):
    """How the model in use was chosen."""

    CONFIGURED = "configured"
    FOUND = "found"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """The model that answers. `context` is the length that holds, in tokens, None where nobody knows it.

    `state` is that of its server when it was last looked at; `unknown` before the first look, and for clouds.
    """

    config: ModelConfig
    kind: ServerKind
    context: int | None
    source: ModelSource
    state: ServerState


DEMO = ModelInUse(
    ModelConfig(name=DEMO_MODEL, api_base=DEMO_BASE, local=True),
    ServerKind.DEMO,
    context=None,
    source=ModelSource.DEMO,
    state=ServerState.UP,
)


def with_local(config: ModelConfig) -> ModelConfig:
    """Tell by the host whether a model is local, where the configuration leaves it open."""
    if config.local is not None:
        return config
    try:
        local = is_local(host_of(config.api_base))
    except ValueError:
        return config
    return config.model_copy(update={"local": local})


def unseen(config: ModelConfig) -> ModelInUse:
    """A configured model whose server nobody has looked at."""
    context = config.capabilities.max_context
    return ModelInUse(config, ServerKind.GENERIC, context, ModelSource.CONFIGURED, ServerState.UNKNOWN)


def put_together(
    config: ModelConfig, source: ModelSource, server: FoundServer | None, before: ModelInUse | None
) -> ModelInUse:
    """Join the configuration, what the server says now, and what it said before it fell silent.

    The context is the configured one, else what the server tells, else what it told last.
    """
    kind = server.kind if server is not None else ServerKind.GENERIC
    state = server.state if server is not None else ServerState.UNKNOWN
    context = _context_of(server, config.name) if server is not None else None
    if before is not None and (before.config.name, before.config.api_base) == (config.name, config.api_base):
        if kind is ServerKind.GENERIC and state is not ServerState.UP:
            kind = before.kind
        if kind is before.kind:
            context = context or before.context
    return ModelInUse(config, kind, config.capabilities.max_context or context, source, state)


def _context_of(server: FoundServer, name: str) -> int | None:
    """The context of a model; a server that has one model answers with it whatever it is called."""
    model = server.model(name)
    if model is None and len(server.models) == 1:
        model = server.models[0]
    return model.context if model is not None else None
