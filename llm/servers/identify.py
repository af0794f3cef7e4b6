"""Recognises a model server by what it says, never by its port or by a status alone (servers.md 13.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from llm.http import HttpClient
from llm.servers import inventory
from llm.servers.hosts import cloud_kind, host_of
from llm.servers.inventory import entries, section, text, tokens
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeLimits, ProbeReply, Unreachable
from llm.wire.address import read_address

CONFIGURED_LIMITS = ProbeLimits(connect=3.0, read=5.0, total=10.0)
_ROUTER_MODELS_ASKED = 4

Recogniser = Callable[[Probe], Awaitable[FoundServer | None]]


async def identify(
    base: str,
    http: HttpClient,
    key: str | None = None,
    *,
    limits: ProbeLimits = CONFIGURED_LIMITS,
    likely: ServerKind | None = None,
) -> FoundServer | None:
    """Tell what kind of server is at an address, its state, and its models; None: what answers is no model server.

    The key goes to this address only. `likely` is what it was last time: then it is asked first whether it still is.
    Known clouds are told by their name and are not asked. No question makes a server load a model.
    Raises ValueError when `base` is no address.
    """
    address = read_address(base)
    cloud = cloud_kind(host_of(base))
    if cloud is not None:
        return FoundServer(cloud, address.base, state=ServerState.UNKNOWN)
    try:
        async with asyncio.timeout(limits.total):
            return await _recognise(Probe(address, http, limits, key), likely)
    except (Unreachable, TimeoutError):
        return FoundServer(ServerKind.GENERIC, address.base, state=ServerState.UNREACHABLE)


async def with_context(
    server: FoundServer, name: str, http: HttpClient, key: str | None = None, *, limits: ProbeLimits = CONFIGURED_LIMITS
) -> FoundServer:
    """Fill in the context of one model where that takes a question of its own: one that Ollama has not loaded."""
    model = server.model(name)
    if server.kind is not ServerKind.OLLAMA or model is None or model.context is not None or model.remote:
        return server
    try:
        async with asyncio.timeout(limits.total):
            probe = Probe(read_address(server.api_base), http, limits, key)
            reply = await probe.ask_native("/api/show", {"model": model.name})
    except (Unreachable, TimeoutError):
        return server
    told = replace(model, context=inventory.ollama_num_ctx(reply.fields))
    return replace(server, models=tuple(told if other is model else other for other in server.models))


async def _recognise(probe: Probe, likely: ServerKind | None) -> FoundServer | None:
    first = _RECOGNISERS.get(likely) if likely is not None else None
    if first is not None and (found := await first(probe)) is not None:
        return found
    for recognise in _ORDER:
        if (found := await recognise(probe)) is not None:
            return found
    return None


def _server(
    probe: Probe, kind: ServerKind, models: tuple[FoundModel, ...] = (), state: ServerState = ServerState.UP
) -> FoundServer:
    return FoundServer(kind, probe.address.base, models, state)


async def _lm_studio(probe: Probe) -> FoundServer | None:
    reply = await probe.native("/api/v1/models")
    cards = entries(reply.fields.get("models"))
    if any(text(card, "key") and isinstance(card.get("loaded_instances"), list) for card in cards):
        return _server(probe, ServerKind.LMSTUDIO, inventory.lm_studio_models(cards))
    if _refuses(reply) and "LM Studio API token" in _error_text(reply):
        return _server(probe, ServerKind.LMSTUDIO, state=ServerState.NEEDS_KEY)
    cards = entries((await probe.native("/api/v0/models")).fields.get("data"))
    if any(text(card, "compatibility_type") or text(card, "state") for card in cards):
        return _server(probe, ServerKind.LMSTUDIO, inventory.lm_studio_old_models(cards))
    return None


async def _koboldcpp(probe: Probe) -> FoundServer | None:
    version = (await probe.native("/api/extra/version")).fields
    if version.get("result") != "KoboldCpp":
        return None
    listing = await probe.api("/models")
    if _refuses(listing):
        return _server(probe, ServerKind.KOBOLDCPP, state=ServerState.NEEDS_KEY)
    context = tokens((await probe.native("/api/extra/true_max_context_length")).fields, "value")
    # With no model loaded its name is the word `inactive`.
    models = tuple(
        replace(model, context=context)
        for model in inventory.openai_models(listing.fields, loaded=True)
        if model.name.rpartition("/")[2] != "inactive"
    )
    return _server(probe, ServerKind.KOBOLDCPP, models)


async def _by_listing(probe: Probe) -> FoundServer | None:
    """Those that OpenAI's own list of models gives away, by a header or by who owns the models."""
    reply = await probe.api("/models")
    if reply.server.startswith("llama.cpp") or _is_loading_llama(reply):
        return await _llama_server(probe, reply)
    cards = entries(reply.fields.get("data"))
    owners = {text(card, "owned_by") for card in cards}
    if "llamacpp" in owners:
        return await _llama_server(probe, reply)
    for owner, kind in _OWNERS.items():
        if owner in owners:
            loaded = None if kind is ServerKind.LMSTUDIO else True
            return _server(probe, kind, inventory.openai_models(reply.fields, loaded=loaded))
    return None


_OWNERS = {
    "vllm": ServerKind.VLLM,
    "sglang": ServerKind.SGLANG,
    "koboldcpp": ServerKind.KOBOLDCPP,
    "organization_owner": ServerKind.LMSTUDIO,
}


def _is_loading_llama(reply: ProbeReply) -> bool:
    body = reply.body if isinstance(reply.body, dict) else {}
    error = section(body, "error")
    return reply.status == 503 and text(error, "type") == "unavailable_error" and reply.says_loading


async def _llama_server(probe: Probe, listing: ProbeReply) -> FoundServer:
    if listing.status == 503:
        return _server(probe, ServerKind.LLAMACPP, state=ServerState.LOADING)
    if _refuses(listing):
        return _server(probe, ServerKind.LLAMACPP, state=ServerState.NEEDS_KEY)
    cards = entries(listing.fields.get("data"))
    states = {text(card, "id"): text(section(card, "status"), "value") for card in cards}
    models = inventory.openai_models(listing.fields)
    if any(states.values()):
        return _server(probe, ServerKind.LLAMACPP, await _router_models(probe, models, states))
    context = await _slot_context(probe, "/props")
    loaded = tuple(replace(model, context=context, loaded=True) for model in models)
    return _server(probe, ServerKind.LLAMACPP, loaded)


async def _router_models(
    probe: Probe, models: tuple[FoundModel, ...], states: dict[str, str]
) -> tuple[FoundModel, ...]:
    """Models of a llama-server that has many (servers.md 5.5); asking about one that is not loaded may load it."""
    told = []
    asked = 0
    for model in models:
        context = None
        if states[model.name] == "loaded" and asked < _ROUTER_MODELS_ASKED and _plain(model.name):
            context = await _slot_context(probe, f"/props?model={model.name}")
            asked += 1
        told.append(replace(model, context=context, loaded=states[model.name] == "loaded"))
    return tuple(told)


async def _slot_context(probe: Probe, path: str) -> int | None:
    props = (await probe.native(path)).fields
    return tokens(section(props, "default_generation_settings"), "n_ctx")


def _plain(name: str) -> bool:
    return not set(name) & set("&#?%+ ")


async def _closed(probe: Probe) -> FoundServer | None:
    """Something that does not let us see its models; what kind it is stays unknown."""
    reply = await probe.api("/models")
    if _refuses(reply):
        return _server(probe, ServerKind.GENERIC, state=ServerState.NEEDS_KEY)
    if reply.says_loading:
        return _server(probe, ServerKind.GENERIC, state=ServerState.LOADING)
    return None


async def _textgen(probe: Probe) -> FoundServer | None:
    info = (await probe.api("/internal/model/info")).fields
    name = text(info, "model_name")
    if not name or "loader" not in info:
        return None
    models = () if name == "None" else inventory.unique([FoundModel(name, loaded=True)])
    return _server(probe, ServerKind.TEXTGEN, models)


async def _tgi(probe: Probe) -> FoundServer | None:
    info = (await probe.native("/info")).fields
    name, context = text(info, "model_id"), tokens(info, "max_total_tokens")
    if not name or context is None:
        return None
    return _server(probe, ServerKind.TGI, inventory.unique([FoundModel(name, context=context, loaded=True)]))


async def _localai(probe: Probe) -> FoundServer | None:
    body = (await probe.api("/models/capabilities")).body
    cards = entries(body.get("data") if isinstance(body, dict) else body)
    if any(isinstance(card.get("capabilities"), list) for card in cards):
        return _server(probe, ServerKind.LOCALAI, inventory.localai_models(cards))
    listing = (await probe.api("/models")).fields
    cards = entries(listing.get("data"))
    if cards and inventory.is_listing(listing) and not any("owned_by" in card or "created" in card for card in cards):
        return _server(probe, ServerKind.LOCALAI, inventory.openai_models(listing))
    return None


async def _ollama(probe: Probe) -> FoundServer | None:
    """Comes last: others answer on the same paths (servers.md 1.1). Asked first, its list must be Ollama's own."""
    listing = (await probe.api("/models")).fields
    if any("owned_by" not in card or text(card, "owned_by") in _OWNERS for card in entries(listing.get("data"))):
        return None
    version = (await probe.native("/api/version")).fields
    running = (await probe.native("/api/ps")).fields.get("models")
    if not text(version, "version") or not isinstance(running, list):
        return None
    tags = (await probe.native("/api/tags")).fields.get("models")
    return _server(probe, ServerKind.OLLAMA, inventory.ollama_models(entries(tags), entries(running)))


async def _generic(probe: Probe) -> FoundServer | None:
    reply = await probe.api("/models")
    if inventory.is_listing(reply.fields):
        return _server(probe, ServerKind.GENERIC, inventory.openai_models(reply.fields))
    if reply.status >= 500:
        return _server(probe, ServerKind.GENERIC, state=ServerState.UNREACHABLE)
    return None


_ORDER: tuple[Recogniser, ...] = (
    _lm_studio,
    _koboldcpp,
    _by_listing,
    _closed,
    _textgen,
    _tgi,
    _localai,
    _ollama,
    _generic,
)
_RECOGNISERS: dict[ServerKind, Recogniser] = {
    ServerKind.LMSTUDIO: _lm_studio,
    ServerKind.KOBOLDCPP: _koboldcpp,
    ServerKind.LLAMACPP: _by_listing,
    ServerKind.VLLM: _by_listing,
    ServerKind.SGLANG: _by_listing,
    ServerKind.TEXTGEN: _textgen,
    ServerKind.TGI: _tgi,
    ServerKind.LOCALAI: _localai,
    ServerKind.OLLAMA: _ollama,
}


def _refuses(reply: ProbeReply) -> bool:
    return reply.status in {401, 403}


def _error_text(reply: ProbeReply) -> str:
    error = reply.body.get("error") if isinstance(reply.body, dict) else None
    return text(error, "message") if isinstance(error, dict) else str(error or "")
