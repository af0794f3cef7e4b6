"""The form of OpenAI's interface, which most servers share; kinds that differ override what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from llm.servers.inventory import is_listing, openai_models
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeReply
from llm.servers.profiles.base import Asking, WireRequest, state_of
from llm.types import JsonMode
from llm.wire.address import Address
from llm.wire.request import clean, openai_message, openai_tools

DEFAULT_ANSWER_TOKENS = 1024
"""For servers that must be told a length when nobody has said one."""


class OpenAICompatible:
    """A server that takes OpenAI's fields and no others; used as it is for servers that nothing else is known of."""

    kind: ServerKind = ServerKind.GENERIC
    json_modes: tuple[JsonMode, ...] = (JsonMode.SCHEMA, JsonMode.OBJECT, JsonMode.PROMPT)
    drops_silently: bool = False
    has_completions: bool = True
    limits_answer: bool = False
    continues: bool = False
    health_page: ClassVar[str] = ""
    """A page of the server's own interface; empty: the list of models."""
    stop_limit: ClassVar[int | None] = 4
    """How many stop strings are taken; None: any number (servers.md 0.4)."""

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Whatever gives a list of models in OpenAI's form."""
        reply = await probe.api("/models")
        if is_listing(reply.fields):
            return self.found(probe, openai_models(reply.fields))
        if reply.status >= 500:
            return self.found(probe, state=ServerState.UNREACHABLE)
        return None

    async def complete(self, server: FoundServer, name: str, probe: Probe) -> FoundServer:
        """The list has told everything."""
        return server

    async def health(self, probe: Probe) -> ServerState:
        """By the page for health, else by the list of models."""
        if self.health_page:
            return self.healthy(await probe.native(self.health_page))
        reply = await probe.api("/models")
        state = state_of(reply)
        return ServerState.UNREACHABLE if state is ServerState.UP and not is_listing(reply.fields) else state

    def healthy(self, reply: ProbeReply) -> ServerState:
        """What the reply of the page for health says."""
        return state_of(reply)

    async def busy(self, probe: Probe) -> bool | None:
        """Most do not tell."""
        return None

    def context_of(self, name: str) -> int | None:
        """Names tell nothing."""
        return None

    def request(self, asking: Asking, address: Address) -> WireRequest:
        """A chat request, or one for a completion."""
        body = self.body(asking)
        for name in asking.without:
            body.pop(name, None)
        return WireRequest(address.chat if asking.prompt is None else address.completions, body)

    def body(self, asking: Asking) -> dict[str, object]:
        """The fields of the request."""
        body: dict[str, object] = {"model": asking.model}
        if asking.prompt is None:
            body["messages"] = [openai_message(message) for message in asking.messages]
        else:
            body["prompt"] = clean(asking.prompt)
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
        max_tokens = asking.max_tokens
        if max_tokens is None and (self.limits_answer or asking.prompt is not None):
            # Some give 16 tokens where nothing is said (servers.md 2.2, 8).
            max_tokens = DEFAULT_ANSWER_TOKENS
        if max_tokens is not None:
            body[self.limit_field(asking)] = max_tokens
        if asking.temperature is not None:
            body["temperature"] = asking.temperature
        if asking.stop:
            body["stop"] = list(asking.stop if self.stop_limit is None else asking.stop[: self.stop_limit])
        if asking.seed is not None:
            body["seed"] = asking.seed
        if asking.tools and asking.prompt is None:
            body["tools"] = openai_tools(asking.tools)
        body |= self.json_fields(asking)
        body |= self.extras(asking)
        return body

    def limit_field(self, asking: Asking) -> str:
        """The name of the field for the length of the answer; a server that refused one gets the other."""
        return "max_completion_tokens" if "max_tokens" in asking.without else "max_tokens"

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """What holds the answer to JSON."""
        if asking.json_mode is JsonMode.SCHEMA and asking.json_schema is not None:
            return {"response_format": json_schema(asking)}
        if asking.json_mode in {JsonMode.SCHEMA, JsonMode.OBJECT}:
            return {"response_format": {"type": "json_object"}}
        return {}

    def extras(self, asking: Asking) -> dict[str, object]:
        """Fields of this kind's own."""
        return {}

    def found(
        self,
        probe: Probe,
        models: Iterable[FoundModel] = (),
        *,
        state: ServerState = ServerState.UP,
        version: str = "",
    ) -> FoundServer:
        """A server of this kind at the address that was asked."""
        return FoundServer(self.kind, probe.address.base, tuple(models), state, version)


def json_schema(asking: Asking) -> dict[str, object]:
    """OpenAI's form of a schema; without one, that of any object."""
    schema = asking.json_schema if asking.json_schema is not None else {"type": "object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def switch_in_template(asking: Asking) -> dict[str, object]:
    """Reasoning on or off by the chat template, as vLLM, SGLang and llama-server have it (servers.md 13.6)."""
    if asking.thinking is None or asking.prompt is not None:
        return {}
    return {"chat_template_kwargs": {"enable_thinking": asking.thinking}}


def continue_last(asking: Asking) -> dict[str, object]:
    """Go on with the last message instead of answering it (vLLM; servers.md 2.2)."""
    return {"add_generation_prompt": False, "continue_final_message": True} if asking.continued else {}


def refuses(reply: ProbeReply) -> bool:
    """Whether a page is closed to us."""
    return reply.status in {401, 403}
