"""The table of servers that the log shows at the start: what was met, what was chosen, what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llm.config import ModelConfig
from llm.routing.model_in_use import DEMO, ModelInUse
from llm.servers.discover import choose, start_hint
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.wire.address import read_address

_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: a server without user or key, the model that it answers or would answer with, and a note in English.

    `chosen`: it answers people; `fallback`: it does when the chosen one can't; `task`: what it alone
    is for, if anything.

    Names of models and kinds come from the server: escape them where markup is understood.
    """

    server: str
    kind: ServerKind
    model: str | None
    context: int | None
    state: ServerState
    chosen: bool
    note: str = ""
    fallback: bool = False
    task: str = ""

    @property
    def in_use(self) -> bool:
        """Whether it is asked for anything, and was not only met."""
        return self.chosen or self.fallback or bool(self.task)


def configured_row(base: str, model: ModelInUse | None, server: FoundServer | None) -> Candidate:
    """The row of the server that was configured; `server` None: what answers there is no model server."""
    state = server.state if server is not None else ServerState.UNKNOWN
    found = server.kind if server is not None else ServerKind.GENERIC
    kind = model.kind if model is not None else found
    name = model.config.name if model is not None else None
    note = _note(base, kind, name, server)
    return Candidate(_shown(base), kind, name, model.context if model else None, state, model is not None, note)


def bad_address_row(config: ModelConfig | None) -> Candidate:
    """The row of a configured server whose address can't be read; it is not shown, it may hold anything."""
    name = config.name if config is not None else None
    note = "the address must look like http://127.0.0.1:11434/v1"
    return Candidate("?", ServerKind.GENERIC, name, None, ServerState.UNREACHABLE, config is not None, note)


def found_rows(found: Iterable[FoundServer], model: ModelInUse | None, wanted: str | None) -> tuple[Candidate, ...]:
    """A row for each server of this machine; a chosen one that has gone has a row all the same."""
    rows = [_found_row(server, model, wanted) for server in found]
    if model is not None and model is not DEMO and not any(row.chosen for row in rows):
        gone = FoundServer(model.kind, model.config.api_base, (), model.state)
        return (configured_row(model.config.api_base, model, gone), *rows)
    return tuple(rows)


def demo_row() -> Candidate:
    """The row of the built-in demo model."""
    note = "no real model; start a model server on this machine, or set LLM_API_BASE"
    return Candidate("built in", ServerKind.DEMO, DEMO.config.name, None, ServerState.UP, chosen=True, note=note)


def _found_row(server: FoundServer, model: ModelInUse | None, wanted: str | None) -> Candidate:
    shown = _shown(server.api_base)
    if model is not None and model.config.api_base == server.api_base:
        note = _note(server.api_base, server.kind, model.config.name, server)
        return Candidate(shown, server.kind, model.config.name, model.context, server.state, chosen=True, note=note)
    offer = choose((server,), wanted) or choose((server,))
    name = offer[1].name if offer is not None else None
    note = _note(server.api_base, server.kind, wanted or name, server)
    context = offer[1].context if offer is not None else None
    return Candidate(shown, server.kind, name, context, server.state, chosen=False, note=note)


def _note(base: str, kind: ServerKind, name: str | None, server: FoundServer | None) -> str:
    if server is None:
        return "answers, but not as a model server does"
    match server.state:
        case ServerState.UNREACHABLE:
            hint = start_hint(kind, name) or start_hint(base, name)
            return f"does not answer; usually started with: {hint}" if hint else "does not answer"
        case ServerState.LOADING:
            return "is still loading its model"
        case ServerState.NEEDS_KEY:
            return "lets nobody in without the right key: LLM_API_BASE and LLM_API_KEY"
        case ServerState.UNKNOWN:
            return "" if name else "LLM_MODEL must say which model"
        case ServerState.UP:
            return _models_note(server, name)


def _models_note(server: FoundServer, name: str | None) -> str:
    ollama = server.kind is ServerKind.OLLAMA
    if name is not None and server.models and server.model(name) is None:
        names = ", ".join(model.name for model in server.models[:_NAMES_SHOWN])
        more = " and others" if len(server.models) > _NAMES_SHOWN else ""
        return f"does not list {name}; it has {names}{more}"
    if name is None or (ollama and not server.models):
        pull = f"; get one with: ollama pull {name or 'qwen3:8b'}" if ollama else ""
        return f"has no model to chat with{pull}"
    return ""


def _shown(base: str) -> str:
    return read_address(base).server
