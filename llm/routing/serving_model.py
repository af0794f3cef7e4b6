"""Which model serves a target now: the configured one, one that was found on this machine, or the built-in demo."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import structlog
from pydantic import SecretStr

from llm.capabilities.facts import Facts, Known, ModelKey
from llm.client import LLMClient
from llm.clock import Clock
from llm.config import ModelConfig, Timeouts
from llm.errors import NoModelAvailable
from llm.http import HttpClient
from llm.learned import Learned
from llm.prompts.adapter import ModelPromptAdapter
from llm.routing.candidates import Candidate, bad_address_row, configured_row, demo_row, found_rows
from llm.routing.model_in_use import DEMO, ModelInUse, ModelSource, put_together, unseen
from llm.servers.discover import choose, discover
from llm.servers.identify import health, identify, with_details
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.types import ModelCapabilities
from llm.wire.address import read_address

__all__ = ["Candidate", "ModelInUse", "ModelSource", "Search", "ServingModel"]

logger = structlog.get_logger()

RECHECK_SECONDS = 60.0
"""A model that answers well is looked at again after so long: its context may have become known or have changed."""

NO_FACTS: Facts = MappingProxyType({})
KnownBy = Callable[[ModelKey], Known | None]
"""Says what a detection has found out about a model."""
Search = Callable[[], Awaitable[tuple[FoundServer, ...]]]
"""Finds the model servers of this machine."""


@dataclass(frozen=True, slots=True)
class _View:
    """What the last look has shown: the model in use, or the reason why there is none, and the table of servers."""

    model: ModelInUse | None
    reason: str = ""
    rows: tuple[Candidate, ...] = ()


class ServingModel:
    """Knows the model in use; `refresh()` looks again whether that has changed.

    * A base address is configured: that server and no other. Without a model's name it is the server's first
      suitable one. The server may be away: a model that is known stays in use, and calls fail until it is back.
    * Only a model's name (or only a key): it is looked for on this machine. The key is not sent there.
    * Nothing: the best model found on this machine, else the demo, until a server appears. A found server that goes
      away is replaced by another one that is there, never by the demo.

    A model in use stays in use as long as its server offers it, so that a conversation does not wander.
    """

    def __init__(
        self,
        *,
        http: HttpClient,
        clock: Clock,
        timeouts: Timeouts,
        configured: ModelConfig | None = None,
        wanted_base: str | None = None,
        wanted_model: str | None = None,
        key: SecretStr | None = None,
        search: Search | None = None,
        known: KnownBy | None = None,
    ) -> None:
        """Take what is configured: a whole configuration, or parts of one, each of which may be None or empty."""
        self._known = known or _nothing
        self._http = http
        self._clock = clock
        self._timeouts = timeouts
        self._search = search or (lambda: discover(http))
        self._base = wanted_base or None
        self._wanted = wanted_model or None
        self._key = key if key is not None and key.get_secret_value().strip() else None
        if configured is None and self._base and self._wanted:
            configured = ModelConfig(name=self._wanted, api_base=self._base, api_key=self._key)
        self._configured = configured
        self._view = self._believing(_View(unseen(self._configured) if self._configured else None, "not_looked_yet"))
        self._lock = asyncio.Lock()
        self._looks = 0
        self._looked_at = 0.0
        self._doubted = False
        self._client: LLMClient | None = None
        self._client_of: ModelInUse | None = None
        self._adapter = ModelPromptAdapter()
        self._learned: dict[tuple[str, str, ServerKind], Learned] = {}

    @property
    def wanted(self) -> tuple[object, ...]:
        """All that is configured: two with the same are one model."""
        return (self._configured,) if self._configured is not None else (self._base, self._wanted, self._key)

    def same_model(self, other: ServingModel) -> bool:
        """Whether both are configured as the same model on the same server, whatever else is."""
        mine, other_s = self._configured, other._configured
        if mine is None or other_s is None:
            return self.wanted == other.wanted
        return (mine.name, mine.api_base) == (other_s.name, other_s.api_base)

    def follow(self, before: ServingModel) -> None:
        """Begin with what another one has seen of the same model, and with what its answers have taught."""
        self._learned = before._learned
        seen = before._view.model
        if self._configured is not None and seen is not None and before._looks:
            model = put_together(self._configured, ModelSource.CONFIGURED, None, seen)
            self._view = self._believing(_View(model))

    def limit(self, timeouts: Timeouts) -> None:
        """Keep to other limits of time from the next client on; one that is in use keeps its own."""
        if timeouts != self._timeouts:
            self._timeouts, self._client = timeouts, None

    def current(self) -> ModelInUse:
        """The model in use.

        Raises NoModelAvailable when there is none; its reason is `not_looked_yet`, `server_unreachable`,
        `server_loading`, `server_needs_key`, `not_a_model_server`, `no_chat_model`, `model_not_named`,
        `model_not_found`, `no_server_found` or `bad_address`.
        """
        if self._view.model is None:
            raise NoModelAvailable(self._view.reason)
        return self._view.model

    def client(self) -> LLMClient:
        """The client of the model in use, the same one until the model changes. Raises as `current()` does."""
        model = self.current()
        if self._client is not None and model is self._client_of:
            return self._client
        config, served = model.config, model.served
        if self._client is None or (self._client.config, self._client.served) != (config, served):
            self._client = LLMClient(
                config,
                self._http,
                clock=self._clock,
                timeouts=self._timeouts,
                served=served,
                # What answers have taught holds for the model on that kind of server, whatever else changes.
                learned=self._learned.setdefault((config.api_base, config.name, served.kind), Learned()),
                adapter=self._adapter,
            )
        self._client_of = model
        return self._client

    @property
    def name(self) -> str:
        """The name of the model; while none is known, that of the one that is wanted, or nothing."""
        if self._view.model is not None:
            return self._view.model.config.name
        return self._configured.name if self._configured is not None else self._wanted or ""

    @property
    def base(self) -> str:
        """The address of its server: the configured one, else that of the one in use; empty: there is neither."""
        if self._configured is not None:
            return self._configured.api_base
        return self._base or (self._view.model.config.api_base if self._view.model is not None else "")

    @property
    def kind(self) -> ServerKind:
        """The kind of its server; generic as long as nobody knows."""
        return self._view.model.kind if self._view.model is not None else ServerKind.GENERIC

    @property
    def state(self) -> ServerState:
        """That of its server when it was last looked at; unknown where nobody has looked, or there is no model."""
        return self._view.model.state if self._view.model is not None else ServerState.UNKNOWN

    @property
    def context(self) -> int | None:
        """The length that the model holds, in tokens; None: not known."""
        return self._view.model.context if self._view.model is not None else None

    @property
    def revision(self) -> object:
        """Another object whenever anything that is known of the model has changed."""
        return self._view.model

    @property
    def facts(self) -> Facts:
        """What a detection has found out about it; the same object until it is found out anew."""
        known = self._view.model.known if self._view.model is not None else None
        return known.facts if known is not None else NO_FACTS

    @property
    def capabilities(self) -> ModelCapabilities:
        """What it can do: as configured, else as it was found out."""
        return self._view.model.capabilities if self._view.model is not None else ModelCapabilities()

    @property
    def slots(self) -> int | None:
        """How many requests its server says it does at the same time; None: it does not say."""
        model = self._view.model
        return model.found.slots if model is not None and model.found is not None else None

    @property
    def sees(self) -> bool | None:
        """Whether it sees images; None: not known."""
        return self._view.model.sees if self._view.model is not None else None

    @property
    def local(self) -> bool:
        """Whether it is on a machine of our own."""
        return self._view.model is None or self._view.model.config.local is not False

    @property
    def needs_loading(self) -> bool:
        """Whether its server was seen to load models on demand, and not to have this one in memory."""
        return self._view.model is not None and self._view.model.needs_loading

    @property
    def continues(self) -> bool:
        """Whether the model can go on with an answer that somebody else has begun."""
        model = self._view.model
        return model is not None and model.config.prompt_template is None and model.served.continues

    async def healthy(self) -> ServerState:
        """Ask its server whether it works: one page that costs nothing."""
        model = self._view.model
        if model is None:
            return ServerState.UNREACHABLE
        if model.source is ModelSource.DEMO:
            return ServerState.UP
        key = model.config.api_key
        server = FoundServer(model.kind, model.config.api_base)
        try:
            return await health(server, self._http, key.get_secret_value().strip() if key is not None else None)
        except ValueError:  # the address is none
            return ServerState.UNREACHABLE

    def candidates(self) -> tuple[Candidate, ...]:
        """A row for each server that the last look has met, for the table at the start."""
        return self._view.rows

    def doubt(self) -> None:
        """Note that the model in use has failed, so that the next occasion for a look is taken."""
        self._doubted = True

    @property
    def needs_refresh(self) -> bool:
        """Whether a look may change something: no model, the demo, a server that was not up, a doubt, or long ago."""
        model = self._view.model
        if not self._looks or self._doubted or model is None or model.source is ModelSource.DEMO:
            return True
        if model.state is not ServerState.UP and not model.in_a_cloud:
            return True
        return self._clock.monotonic() - self._looked_at >= RECHECK_SECONDS

    async def refresh(self) -> None:
        """Look again. May be called at any time; who comes while a look is under way waits for its result."""
        looks = self._looks
        async with self._lock:
            if self._looks != looks:
                return
            before, self._view = self._view, self._believing(await self._look())
            self._doubted = False
            self._looks += 1
            self._looked_at = self._clock.monotonic()
            _log_change(before, self._view)

    def reconsider(self) -> None:
        """Act upon what is known of the model by now; nobody is asked."""
        self._view = self._believing(self._view)

    def _believing(self, view: _View) -> _View:
        model = view.model
        if model is None or model.source is ModelSource.DEMO:
            return view
        known = self._known(key_of(model))
        return view if known is model.known else replace(view, model=replace(model, known=known))

    async def _look(self) -> _View:
        if self._configured is not None:
            return await self._look_at(self._configured.api_base, self._configured.api_key)
        if self._base is not None:
            return await self._look_at(self._base, self._key)
        return await self._look_around()

    async def _look_at(self, base: str, key: SecretStr | None) -> _View:
        """Look at the one server that is configured."""
        before = self._view.model
        secret = key.get_secret_value().strip() if key is not None else None
        try:
            server = await identify(base, self._http, secret, likely=before.kind if before else None)
        except ValueError:
            return _View(before, "bad_address", (bad_address_row(self._configured),))
        config = self._configured or self._named(base, key, server)
        if config is None:
            return _View(None, _reason(server), (configured_row(base, None, server),))
        if server is not None:
            server = await with_details(server, config.name, self._http, secret)
        model = put_together(config, ModelSource.CONFIGURED, server, before)
        return _View(model, rows=(configured_row(base, model, server),))

    def _named(self, base: str, key: SecretStr | None, server: FoundServer | None) -> ModelConfig | None:
        """The model on a server for which none was named: the one in use unless the server has it no more."""
        before = self._view.model
        if server is None or server.state is not ServerState.UP:
            return before.config if before is not None else None
        if before is not None and server.model(before.config.name) is not None:
            return before.config
        choice = choose((server,))
        return _config(base, choice[1], key) if choice is not None else None

    async def _look_around(self) -> _View:
        """Look for a model among the servers of this machine."""
        found = await self._search()
        before = self._view.model
        choice = _still_there(found, before) or choose(found, self._wanted)
        if choice is not None:
            server, offer = choice
            server = await with_details(server, offer.name, self._http)
            config = _config(server.api_base, offer, None)
            model = put_together(config, ModelSource.FOUND, server, before)
        elif before is not None and before.source is ModelSource.FOUND:
            model = replace(before, state=_state_of(before, found))
        elif self._wanted is not None or self._key is not None:
            reason = "model_not_found" if self._wanted else "no_server_found"
            return _View(None, reason, found_rows(found, None, self._wanted))
        else:
            return _View(DEMO, rows=(*found_rows(found, DEMO, None), demo_row()))
        return _View(model, rows=found_rows(found, model, self._wanted))


def _config(base: str, model: FoundModel, key: SecretStr | None) -> ModelConfig:
    return ModelConfig(name=model.name, api_base=base, api_key=key)


def _still_there(found: tuple[FoundServer, ...], before: ModelInUse | None) -> tuple[FoundServer, FoundModel] | None:
    """The server and model in use, if that was found and is offered as before."""
    if before is None or before.source is not ModelSource.FOUND:
        return None
    for server in found:
        model = server.model(before.config.name)
        if server.api_base == before.config.api_base and server.state is ServerState.UP and model is not None:
            return server, model
    return None


def _state_of(before: ModelInUse, found: tuple[FoundServer, ...]) -> ServerState:
    """The state of a found server that no longer offers its model."""
    states = [server.state for server in found if server.api_base == before.config.api_base]
    return states[0] if states else ServerState.UNREACHABLE


def key_of(model: ModelInUse) -> ModelKey:
    """The model as it is named where capabilities are kept; the address is left as it is where it is none."""
    base = model.config.api_base
    try:
        return ModelKey(read_address(base).server, model.config.name)
    except ValueError:
        return ModelKey(base.rpartition("@")[2], model.config.name)


def _nothing(key: ModelKey) -> None:
    return None


def _reason(server: FoundServer | None) -> str:
    """Why no model of a configured server can be named."""
    if server is None:
        return "not_a_model_server"
    return {
        ServerState.UNREACHABLE: "server_unreachable",
        ServerState.LOADING: "server_loading",
        ServerState.NEEDS_KEY: "server_needs_key",
        ServerState.UNKNOWN: "model_not_named",
        ServerState.UP: "no_chat_model",
    }[server.state]


def _log_change(before: _View, after: _View) -> None:
    model = after.model
    if model is None:
        if before.model is not None or before.reason != after.reason:
            logger.warning("no_primary_model", reason=after.reason)
    elif model != before.model:
        logger.info(
            "primary_model",
            model=model.config.name,
            server=next((row.server for row in after.rows if row.chosen), ""),
            kind=model.kind.value,
            source=model.source.value,
            state=model.state.value,
            context=model.context,
        )
