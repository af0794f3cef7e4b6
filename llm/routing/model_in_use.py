"""The model that answers: its values, and how they are put together from what is configured and what a server says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from llm.capabilities.facts import Ability, Known, Source, merged
from llm.capabilities.told import fingerprint_of
from llm.config import ModelConfig
from llm.demo import DEMO_BASE, DEMO_MODEL
from llm.preparation import ServedModel
from llm.servers.hosts import cloud_kind, host_of, is_local
from llm.servers.kinds import LOADS_ON_DEMAND, FoundModel, FoundServer, ServerKind, ServerState
from llm.types import ModelCapabilities


class ModelSource(StrEnum):
    """How the model in use was chosen."""

    CONFIGURED = "configured"
    FOUND = "found"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """The model that answers.

    `told` is the length that is configured or that its server tells, in tokens, None where nobody does. `state` is
    that of its server when it was last looked at; `unknown` before the first look, and for clouds. `found` is what the
    server tells of the model beside that, `version` that of the server, `known` what a detection has found out,
    `offered` the names of all models that the server has listed at the last look.
    """

    config: ModelConfig
    kind: ServerKind
    told: int | None
    source: ModelSource
    state: ServerState
    found: FoundModel | None = field(default=None, compare=False)
    version: str = field(default="", compare=False)
    known: Known | None = field(default=None, compare=False)
    offered: tuple[str, ...] = field(default=(), compare=False)

    @property
    def context(self) -> int | None:
        """The length that holds, in tokens; None where nobody knows it.

        What was configured holds; a server that was seen to read less than it tells is not believed.
        """
        seen = self._seen_context
        if seen is None or self.config.capabilities.max_context is not None:
            return self.told
        return seen if self.told is None else min(seen, self.told)

    @property
    def sees(self) -> bool | None:
        """Whether it sees images, as configured or found out, else as its server tells; None: not known."""
        told = self.found.vision if self.found is not None else None
        return told if self.capabilities.vision is None else self.capabilities.vision

    @property
    def needs_loading(self) -> bool:
        """Whether its server was seen to load models on demand, and not to have this one in memory."""
        return self.found is not None and self.kind in LOADS_ON_DEMAND and self.found.loaded is False

    @property
    def _seen_context(self) -> int | None:
        """What a probe of just this state of the server and its file has shown."""
        if self.known is None or self.known.fingerprint != self.fingerprint:
            return None
        fact = self.known.facts.get(Ability.CONTEXT)
        return self.known.capabilities.max_context if fact is not None and fact.source is Source.PROBE else None

    @property
    def in_a_cloud(self) -> bool:
        """Whether its address is that of a known cloud, which is never looked at unasked."""
        try:
            return cloud_kind(host_of(self.config.api_base)) is not None
        except ValueError:
            return False

    @property
    def fingerprint(self) -> str:
        """What changes when the server or the file behind the name does."""
        return fingerprint_of(ServedModel(self.kind, found=self.found, version=self.version))

    @property
    def capabilities(self) -> ModelCapabilities:
        """What it can do: as configured, else as it was found out."""
        known = self.known.capabilities if self.known is not None else ModelCapabilities()
        return merged(self.config.capabilities, known)

    @property
    def served(self) -> ServedModel:
        """What its client has to know of it."""
        return ServedModel(
            self.kind,
            self.context,
            self.found,
            local=self.config.local is not False,
            capabilities=self.capabilities,
            version=self.version,
        )


DEMO = ModelInUse(
    ModelConfig(name=DEMO_MODEL, api_base=DEMO_BASE, local=True),
    ServerKind.DEMO,
    told=None,
    source=ModelSource.DEMO,
    state=ServerState.UP,
)


_PASSED_ON = ("-cloud", ":cloud")
"""So end the names of models that an Ollama at home only passes on to its cloud; its list says so too."""


def with_local(config: ModelConfig, found: FoundModel | None = None) -> ModelConfig:
    """Tell whether a model is local, where the configuration leaves it open: by the host, the name, and its server's
    own word, which may only pass on what it is asked (servers.md 1).
    """
    if config.local is not None:
        return config
    passed_on = config.name.endswith(_PASSED_ON) or (found is not None and found.remote)
    try:
        local = is_local(host_of(config.api_base)) and not passed_on
    except ValueError:
        return config
    return config.model_copy(update={"local": local})


def unseen(config: ModelConfig) -> ModelInUse:
    """A configured model whose server nobody has looked at."""
    context = config.capabilities.max_context
    return ModelInUse(with_local(config), ServerKind.GENERIC, context, ModelSource.CONFIGURED, ServerState.UNKNOWN)


def put_together(
    config: ModelConfig, source: ModelSource, server: FoundServer | None, before: ModelInUse | None
) -> ModelInUse:
    """Join the configuration, what the server says now, and what it said before it fell silent.

    The context is the configured one, else what the server tells, else what it told last.
    """
    kind = server.kind if server is not None else ServerKind.GENERIC
    state = server.state if server is not None else ServerState.UNKNOWN
    found = _found(server, config.name) if server is not None else None
    version = server.version if server is not None else ""
    context = found.context if found is not None else None
    if before is not None and (before.config.name, before.config.api_base) == (config.name, config.api_base):
        if kind is ServerKind.GENERIC and state is not ServerState.UP:
            kind = before.kind
        if kind is before.kind:
            found, version = found or before.found, version or before.version
            # Ollama would load the model anew for another length (servers.md 1.3): the first one stays.
            same = kind is ServerKind.OLLAMA and before.told is not None
            context = before.told if same else context or before.told
    offered = tuple(model.name for model in server.models) if server is not None else ()
    told = config.capabilities.max_context or context
    return ModelInUse(with_local(config, found), kind, told, source, state, found, version, offered=offered)


def _found(server: FoundServer, name: str) -> FoundModel | None:
    """What a server says of a model; one that has one model answers with it whatever it is called."""
    model = server.model(name)
    return server.models[0] if model is None and len(server.models) == 1 else model
