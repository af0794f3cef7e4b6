"""Ollama, by its native interface (servers.md 1)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from llm.servers.inventory import Entry, can_chat, entries, owners, section, text, tokens, unique
from llm.servers.kinds import FoundModel, FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking, WireRequest
from llm.servers.profiles.openai_compatible import OpenAICompatible
from llm.types import ImagePart, JsonMode, Message
from llm.wire.address import Address
from llm.wire.ollama import read_ollama_chunk
from llm.wire.request import clean, openai_tools

KEEP_ALIVE = "30m"
"""How long a model stays loaded after an answer. Ollama's own five minutes make most messages of a chat wait for a
load; a person's own wish (`keep_alive` of the model's configuration) goes first."""
DEFAULT_CONTEXT = 8192
"""What is asked for where neither the configuration, the loaded model nor the model's own file says a length: Ollama's
own default on a small graphics card, 4096, holds few turns of a conversation."""

_OTHERS = frozenset({"llamacpp", "vllm", "sglang", "koboldcpp", "organization_owner"})
_NO_CHAT_FAMILIES = frozenset({"bert", "nomic-bert", "xlm-roberta", "jina-bert-v2"})
_DIGEST = 80
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)


class Ollama(OpenAICompatible):
    """Its `/v1` can't be told the context and loses errors in the middle of a stream, so `/api` is used."""

    kind = ServerKind.OLLAMA
    drops_silently = True
    health_page = "/api/version"

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Others answer on the same paths (servers.md 1.1): its list must be Ollama's own."""
        listing = (await probe.api("/models")).fields
        cards = entries(listing.get("data"))
        if any("owned_by" not in card for card in cards) or owners(listing) & _OTHERS:
            return None
        version = (await probe.native("/api/version")).fields
        running = (await probe.native("/api/ps")).fields.get("models")
        if not text(version, "version") or not isinstance(running, list):
            return None
        tags = (await probe.native("/api/tags")).fields.get("models")
        return self.found(probe, _models(entries(tags), entries(running)), version=text(version, "version"))

    async def complete(self, server: FoundServer, name: str, probe: Probe) -> FoundServer:
        """What `/api/show` tells of one model: its context while it is not loaded, its template, what it can do."""
        model = server.model(name)
        if model is None or model.remote:
            return server
        fields = (await probe.ask_native("/api/show", {"model": model.name})).fields
        told = _shown(model, fields) if fields else model
        return replace(server, models=tuple(told if other is model else other for other in server.models))

    def request(self, asking: Asking, address: Address) -> WireRequest:
        """`/api/chat`, or `/api/generate` with a text of ours that Ollama leaves as it is."""
        body: dict[str, object] = {"model": asking.model}
        if asking.prompt is None:
            body["messages"] = [_message(message) for message in asking.messages]
            if asking.thinking is not None:
                body["think"] = asking.thinking
            if asking.tools:
                body["tools"] = openai_tools(asking.tools)
        else:
            body |= {"prompt": clean(asking.prompt), "raw": True}
        body["stream"] = True
        if asking.json_mode in {JsonMode.SCHEMA, JsonMode.OBJECT}:
            body["format"] = asking.json_schema if asking.json_schema is not None else "json"
        keep_alive = asking.keep_alive or KEEP_ALIVE
        # A bare number is a number of seconds; as a text it would have to have a unit.
        body["keep_alive"] = int(keep_alive) if keep_alive.lstrip("-").isdecimal() else keep_alive
        body["options"] = {name: value for name, value in _options(asking).items() if name not in asking.without}
        for name in asking.without:
            body.pop(name, None)
        path = "/api/chat" if asking.prompt is None else "/api/generate"
        return WireRequest(address.root + path, body, lines=True, read=read_ollama_chunk)


def _options(asking: Asking) -> dict[str, object]:
    """The same `num_ctx` each time: another one would make Ollama load the model anew (servers.md 1.3)."""
    options: dict[str, object] = {}
    if asking.context is not None:
        options["num_ctx"] = asking.context
    if asking.max_tokens is not None:
        options["num_predict"] = asking.max_tokens
    if asking.temperature is not None:
        options["temperature"] = asking.temperature
    if asking.seed is not None:
        options["seed"] = asking.seed
    if asking.stop:
        options["stop"] = list(asking.stop)
    return options


def _message(message: Message) -> dict[str, object]:
    said: dict[str, object] = {"role": message.role.value, "content": clean(message.text)}
    if not isinstance(message.content, str):
        images = [part.data for part in message.content if isinstance(part, ImagePart)]
        if images:
            said["images"] = [base64.b64encode(data).decode("ascii") for data in images]
    return said


def _models(tags: Sequence[Entry], running: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """All models, those in memory with the context that they really have (servers.md 1.2)."""
    loaded = {text(card, "name"): tokens(card, "context_length") for card in running}
    return unique(
        FoundModel(
            text(card, "name"),
            context=loaded.get(text(card, "name")),
            loaded=text(card, "name") in loaded,
            chat=_chats(card),
            remote=bool(text(card, "remote_host") or text(card, "remote_model")),
            digest=text(card, "digest")[:_DIGEST],
        )
        for card in tags
    )


def _chats(card: Entry) -> bool:
    capabilities = card.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return "completion" in capabilities
    return text(section(card, "details"), "family") not in _NO_CHAT_FAMILIES and can_chat(text(card, "name"))


def _shown(model: FoundModel, fields: Mapping[str, object]) -> FoundModel:
    capabilities = fields.get("capabilities")
    can = capabilities if isinstance(capabilities, list) else None
    return replace(
        model,
        context=model.context or _own_context(fields),
        template=text(fields, "template") or None,
        vision=None if can is None else "vision" in can,
        thinking=None if can is None else "thinking" in can,
        tools=None if can is None else "tools" in can,
    )


def _own_context(fields: Mapping[str, object]) -> int:
    """What the model's own file asks for, else our default, never more than it was trained for."""
    found = _NUM_CTX.search(text(fields, "parameters"))
    if found and int(found[1]) > 0:
        return int(found[1])
    info = section(fields, "model_info")
    trained = tokens(info, f"{text(info, 'general.architecture')}.context_length")
    return DEFAULT_CONTEXT if trained is None else min(DEFAULT_CONTEXT, trained)
