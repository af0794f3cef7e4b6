"""Checks of the model servers: there, of a known kind, with the model, the key taken; what is lost without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.checkup.finding import Finding, Matter, Subject
from bot.checkup.hints import context_hint, variables_of
from bot.checkup.reaching import NoReply, Reply, ask
from llm.capabilities.facts import LEAST_BELIEVED, Ability, SystemMessages, best
from llm.capabilities.told import told_of
from llm.clock import Clock
from llm.errors import NoModelAvailable
from llm.http import HttpClient
from llm.routing.model_in_use import ModelInUse, ModelSource
from llm.routing.serving_model import Search, ServingModel
from llm.servers.discover import start_hint
from llm.servers.hosts import host_of
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.wire.address import read_address

SMALL_CONTEXT = 4096
"""Fewer tokens hold a question and an answer, and hardly a conversation."""
_NAMES_SHOWN = 5
_ANY_NAME = frozenset({ServerKind.LLAMACPP, ServerKind.TEXTGEN, ServerKind.KOBOLDCPP, ServerKind.TGI})
"""These have one model and answer with it by whatever name it is asked for."""
_SETS_CONTEXT = frozenset({ServerKind.OLLAMA})
"""These hold as much as each request asks for."""
_UNSEEN_KEYS = ("api.anthropic.com", "openai.azure.com")
"""Their lists of models want the key in another form than the chat does."""
_OF_REASON = {
    "server_unreachable": Matter.MODEL_AWAY,
    "server_loading": Matter.MODEL_LOADING,
    "server_needs_key": Matter.MODEL_KEY,
    "not_a_model_server": Matter.MODEL_NOT_A_SERVER,
    "no_chat_model": Matter.MODEL_NONE,
    "model_not_named": Matter.MODEL_NOT_NAMED,
    "model_not_found": Matter.MODEL_NOT_FOUND,
    "no_server_found": Matter.MODEL_NOT_FOUND,
}
_LOST = frozenset({Matter.MODEL_AWAY, Matter.MODEL_NOT_A_SERVER, Matter.MODEL_NOT_FOUND})
_OF_CODE = {"dns": Matter.MODEL_NO_NAME, "tls": Matter.MODEL_TLS, "not_http": Matter.MODEL_NOT_A_SERVER}


@dataclass(frozen=True, slots=True)
class ModelToCheck:
    """A model that has been looked at, and the beginning of the variables by which it is configured.

    Its cloud, where it is in one, is asked only if `cloud_asked`.
    """

    setting: str
    model: ServingModel
    cloud_asked: bool = True


async def check_models(
    models: Sequence[ModelToCheck], http: HttpClient, clock: Clock, search: Search
) -> tuple[Finding, ...]:
    """What there is to say of each model after the last look; where a server of this machine is lost, what is there."""
    found = [one for several in await asyncio.gather(*(_of_one(it, http, clock) for it in models)) for one in several]
    lost = [it for it in models if it.model.state is not ServerState.UP and _is_here(it.model.base)]
    if lost and any(one.matter in _LOST for one in found):
        known = {read_address(it.model.base).base for it in models if it.model.base}
        found += [_elsewhere(server) for server in await search() if server.api_base not in known]
    return tuple(found)


def _elsewhere(server: FoundServer) -> Finding:
    shown = read_address(server.api_base).server
    return _finding(Matter.MODEL_ELSEWHERE, server=shown, kind=server.kind.value, address=server.api_base)


async def _of_one(one: ModelToCheck, http: HttpClient, clock: Clock) -> tuple[Finding, ...]:
    try:
        model = one.model.current()
    except NoModelAvailable as error:
        matter = _OF_REASON.get(error.reason, Matter.MODEL_AWAY)
        if matter is Matter.MODEL_AWAY:
            matter = await _why_away(one.model.base, http, clock)
        return (_about(matter, one),)
    if model.source is ModelSource.DEMO:
        return (_finding(Matter.MODEL_DEMO),)
    if model.in_a_cloud:
        return (await _in_cloud(one, model, http, clock),)
    match model.state:
        case ServerState.UNREACHABLE:
            return (_about(await _why_away(one.model.base, http, clock), one),)
        case ServerState.LOADING:
            return (_about(Matter.MODEL_LOADING, one),)
        case ServerState.NEEDS_KEY:
            return (_about(Matter.MODEL_KEY, one),)
        case ServerState.UNKNOWN:
            return (_about(Matter.MODEL_NOT_A_SERVER, one),)
        case ServerState.UP:
            return tuple(_of_one_that_is_up(one, model, clock))


def _of_one_that_is_up(one: ModelToCheck, model: ModelInUse, clock: Clock) -> Iterator[Finding]:
    missing = _missing(one, model)
    if missing is not None:
        yield missing
        if missing.matter is not Matter.MODEL_OTHER_NAME:
            return
    else:
        yield _about(Matter.MODEL_GOOD, one)
    yield from _context(one, model)
    if _no_system(model, clock):
        yield _about(Matter.MODEL_NO_SYSTEM, one)


def _missing(one: ModelToCheck, model: ModelInUse) -> Finding | None:
    """Whether its server does not list it; who lists nothing at all and is up has no model."""
    name, offered = model.config.name, model.offered
    latest = f"{name}:latest" if model.kind is ServerKind.OLLAMA and ":" not in name else name
    if name in offered or latest in offered:
        return None
    if not offered:
        return _about(Matter.MODEL_NONE, one)
    names = ", ".join(offered[:_NAMES_SHOWN]) + (" …" if len(offered) > _NAMES_SHOWN else "")
    if model.kind in _ANY_NAME and len(offered) == 1:
        return _about(Matter.MODEL_OTHER_NAME, one, names=names)
    pull = f"ollama pull {name}" if model.kind is ServerKind.OLLAMA else "none"
    return _about(Matter.MODEL_MISSING, one, names=names, pull=pull)


def _context(one: ModelToCheck, model: ModelInUse) -> Iterator[Finding]:
    """Whether it holds a conversation, and whether more is sent than the server reads."""
    holds, hint = model.context, context_hint(model.kind)
    wanted = model.config.capabilities.max_context
    told = model.found.context if model.found is not None else None
    if wanted and told and wanted > told and model.kind not in _SETS_CONTEXT:
        silent = "yes" if model.served.drops_silently else "no"
        yield _about(Matter.MODEL_CONTEXT_ABOVE, one, told=str(told), wanted=str(wanted), silent=silent, hint=hint)
    elif holds is None and model.served.drops_silently:
        yield _about(Matter.MODEL_SILENT_CUT, one, hint=hint)
    elif holds is not None and holds < SMALL_CONTEXT:
        yield _about(Matter.MODEL_CONTEXT_SMALL, one, hint=hint, enough=str(2 * SMALL_CONTEXT))


def _no_system(model: ModelInUse, clock: Clock) -> bool:
    """Whether it takes no system message: configured, found out, told by the server, or usual for its family."""
    takes = model.capabilities.system_role
    if takes is not None:
        return not takes
    fact = best(told_of(model.config, model.served, clock.now()).facts.get(Ability.SYSTEM, ()))
    return fact is not None and fact.confidence >= LEAST_BELIEVED and fact.value != SystemMessages.HONOURED


async def _in_cloud(one: ModelToCheck, model: ModelInUse, http: HttpClient, clock: Clock) -> Finding:
    """Whether a cloud takes the key and has the model; its list costs nothing."""
    key = model.config.api_key.get_secret_value().strip() if model.config.api_key is not None else ""
    if not key:
        return _about(Matter.MODEL_KEY, one)
    if not one.cloud_asked or host_of(model.config.api_base).endswith(_UNSEEN_KEYS):
        return _about(Matter.MODEL_CLOUD, one)
    base, headers = read_address(model.config.api_base).base, {"Authorization": f"Bearer {key}"}
    # The list of OpenRouter is for everybody.
    pages = ("/key", "/models") if model.kind is ServerKind.OPENROUTER else ("/models",)
    replies = [await ask(http, base + page, clock, headers) for page in pages]
    for reply in replies:
        if isinstance(reply, NoReply):
            return _about(_OF_CODE.get(reply.code, Matter.MODEL_AWAY), one)
        if reply.status in {401, 403}:
            return _about(Matter.MODEL_KEY, one)
    names = _listed(replies[-1])
    if names and model.config.name not in names:
        return _about(Matter.MODEL_MISSING, one, names=", ".join(names[:_NAMES_SHOWN]) + " …", pull="none")
    return _about(Matter.MODEL_CLOUD, one)


def _listed(reply: Reply | NoReply) -> list[str]:
    data = reply.fields.get("data") if isinstance(reply, Reply) and reply.fields is not None else None
    cards = data if isinstance(data, list) else []
    return [str(card["id"]) for card in cards if isinstance(card, dict) and "id" in card]


async def _why_away(base: str, http: HttpClient, clock: Clock) -> Matter:
    """What stands between us and a server that did not answer."""
    try:
        reply = await ask(http, f"{read_address(base).base}/models", clock)
    except ValueError:
        return Matter.MODEL_AWAY
    return _OF_CODE.get(reply.code, Matter.MODEL_AWAY) if isinstance(reply, NoReply) else Matter.MODEL_AWAY


def _about(matter: Matter, one: ModelToCheck, **args: str) -> Finding:
    base, name, kind = one.model.base, one.model.name, one.model.kind
    known = {
        "model": name or "?",
        "server": _server(base),
        "kind": kind.value,
        "context": "?" if one.model.context is None else str(one.model.context),
        "start": (start_hint(kind, name or None) or _start_by_port(base, name)) or "none",
    }
    return _finding(matter, **known, **variables_of(one.setting), **args)


def _start_by_port(base: str, name: str) -> str:
    try:
        return start_hint(base, name or None)
    except ValueError:
        return ""


def _server(base: str) -> str:
    try:
        return read_address(base).server
    except ValueError:
        return "?"


def _is_here(base: str) -> bool:
    """Whether an address is on this machine; so is what is looked for here."""
    host = urlsplit(f"http://{_server(base)}").hostname if base else "localhost"
    return host in {"127.0.0.1", "localhost", "::1"}


def _finding(matter: Matter, **args: str) -> Finding:
    return Finding(Subject.MODELS, matter, args)
