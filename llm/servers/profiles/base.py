"""What a server profile is: how one kind of server is recognised, asked about itself, and asked for an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeReply
from llm.types import JsonMode, Message, Tool
from llm.wire.address import Address
from llm.wire.chunks import Chunk, read_chunk

ReadChunk = Callable[[object], Chunk]


@dataclass(frozen=True, slots=True)
class Asking:
    """A request with everything decided; None: the server's own default.

    With `prompt` the text goes to the endpoint for completions as it is, and `messages` are only those that it was
    made of. `json_mode` is how the answer is held to `json_schema` (None: any object). `context` is the length that
    the server is to keep, in tokens; `keep_alive` how long it keeps the model (Ollama's notation). `without` names
    fields that this server has refused. `continued`: the last message is the beginning of the answer.
    """

    model: str
    messages: tuple[Message, ...] = field(repr=False)
    prompt: str | None = field(default=None, repr=False)
    max_tokens: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    json_mode: JsonMode | None = None
    json_schema: Mapping[str, object] | None = None
    thinking: bool | None = None
    context: int | None = None
    keep_alive: str | None = None
    without: frozenset[str] = frozenset()
    continued: bool = False
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it goes out: where to, the body as a JSON object, and how the chunks of the reply are read.

    `lines`: the reply has one JSON value in each line, instead of server-sent events.
    """

    url: str
    body: dict[str, object] = field(repr=False)
    lines: bool = False
    read: ReadChunk = read_chunk

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields, those of Ollama's `options` with them."""
        options = self.body.get("options")
        return frozenset(self.body) | (frozenset(options) if isinstance(options, dict) else frozenset())


class ServerProfile(Protocol):
    """All that is known of a kind of server. Profiles have no state; one serves all servers of its kind."""

    @property
    def kind(self) -> ServerKind:
        """The kind of server that this is about."""

    @property
    def json_modes(self) -> tuple[JsonMode, ...]:
        """The ways to hold an answer to JSON that this kind honours, the surest first."""

    @property
    def drops_silently(self) -> bool:
        """Whether too long a prompt is cut with a good status (servers.md 0.3)."""

    @property
    def has_completions(self) -> bool:
        """Whether a text of our own making can be sent instead of messages."""

    @property
    def continues(self) -> bool:
        """Whether it goes on with an answer whose beginning is the last message."""

    @property
    def limits_answer(self) -> bool:
        """Whether each request has to say how long the answer may be."""

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Say what is at an address when it is a server of this kind, with its state and its models; else None.

        Needs a positive mark in a body or header, never a status alone (servers.md 13.1), and makes no model load.
        """

    async def complete(self, server: FoundServer, name: str, probe: Probe) -> FoundServer:
        """Fill in what has to be asked for each model apart; gives the same server where there is nothing to ask."""

    async def health(self, probe: Probe) -> ServerState:
        """Ask the cheapest page that tells whether the server works; costs no tokens and loads no model."""

    async def busy(self, probe: Probe) -> bool | None:
        """Whether it works on anybody's request now, by a page that costs nothing; None: it does not tell."""

    def context_of(self, name: str) -> int | None:
        """The context of a model where the server never tells it and its name does."""

    def request(self, asking: Asking, address: Address) -> WireRequest:
        """Put a request into this server's form, and nothing into it that this kind does not know."""


def state_of(reply: ProbeReply) -> ServerState:
    """What the reply of a page for health says by its status."""
    if reply.status in {401, 403}:
        return ServerState.NEEDS_KEY
    if reply.says_loading:
        return ServerState.LOADING
    return ServerState.UP if reply.status == 200 else ServerState.UNREACHABLE
