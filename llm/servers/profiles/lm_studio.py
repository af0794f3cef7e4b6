"""LM Studio (servers.md 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from llm.servers.inventory import Entry, can_chat, entries, openai_models, owners, section, text, tokens, unique
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeReply
from llm.servers.profiles.base import Asking, state_of
from llm.servers.profiles.openai_compatible import OpenAICompatible, json_schema, refuses
from llm.types import JsonMode


class LMStudio(OpenAICompatible):
    """Answers 200 on unknown paths: it is known by its own lists of models only."""

    kind = ServerKind.LMSTUDIO
    json_modes = (JsonMode.SCHEMA, JsonMode.PROMPT)
    stop_limit = None
    drops_silently = True

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """By the list of 0.4, of 0.3.6, or by the owner in OpenAI's list of older ones."""
        reply = await probe.native("/api/v1/models")
        cards = entries(reply.fields.get("models"))
        if any(text(card, "key") and isinstance(card.get("loaded_instances"), list) for card in cards):
            return self.found(probe, _models(cards))
        if refuses(reply) and "LM Studio API token" in _error_text(reply):
            return self.found(probe, state=ServerState.NEEDS_KEY)
        cards = entries((await probe.native("/api/v0/models")).fields.get("data"))
        if any(text(card, "compatibility_type") or text(card, "state") for card in cards):
            return self.found(probe, _old_models(cards))
        listing = (await probe.api("/models")).fields
        return self.found(probe, openai_models(listing)) if "organization_owner" in owners(listing) else None

    async def health(self, probe: Probe) -> ServerState:
        """By its list, since each path has the status 200."""
        reply = await probe.native("/api/v0/models")
        state = state_of(reply)
        listed = isinstance(reply.fields.get("data"), list)
        return ServerState.UNREACHABLE if state is ServerState.UP and not listed else state

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """`json_object` is refused; a schema of any object says the same (servers.md 3.3)."""
        held = asking.json_mode in {JsonMode.SCHEMA, JsonMode.OBJECT}
        return {"response_format": json_schema(asking)} if held else {}

    def extras(self, asking: Asking) -> dict[str, object]:
        """How long a model stays that this request makes it load, in seconds."""
        seconds = seconds_of(asking.keep_alive)
        return {} if seconds is None or seconds <= 0 else {"ttl": seconds}


def seconds_of(keep_alive: str | None) -> int | None:
    """Ollama's notation of a time (`30m`, `1h30m`, `600`, `-1`) in whole seconds; None: not given or unreadable."""
    if not keep_alive:
        return None
    if keep_alive.lstrip("-").isdecimal():
        return int(keep_alive)
    seconds, digits = 0, ""
    for letter in keep_alive:
        if letter.isdecimal():
            digits += letter
        elif digits and letter in _UNITS:
            seconds += int(digits) * _UNITS[letter]
            digits = ""
        else:
            return None
    return None if digits else seconds


_UNITS = {"s": 1, "m": 60, "h": 3600}


def _models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """From 0.4 on; a loaded model is asked by the id of its instance (servers.md 3.1)."""
    return unique(model for card in cards for model in _instances(card))


def _instances(card: Entry) -> Iterator[FoundModel]:
    key = text(card, "key")
    chat = text(card, "type") != "embedding" and can_chat(key)
    vision = section(card, "capabilities").get("vision")
    seen = vision if isinstance(vision, bool) else None
    trained = section(card, "capabilities").get("trained_for_tool_use")
    told = FoundModel(
        key,
        loaded=False,
        chat=chat,
        vision=seen,
        thinking="reasoning" in section(card, "capabilities") or None,
        tools=trained if isinstance(trained, bool) else None,
        digest=_digest(card),
    )
    instances = entries(card.get("loaded_instances"))
    for instance in instances:
        context = tokens(section(instance, "config"), "context_length")
        yield replace(told, name=text(instance, "id"), context=context, loaded=True)
    if all(text(instance, "id") != key for instance in instances):
        yield told


def _digest(card: Entry) -> str:
    """LM Studio tells no hash: the size and the form of the file."""
    size, form = card.get("size_bytes"), text(section(card, "quantization"), "name") or text(card, "quantization")
    return " ".join(part for part in (str(size or ""), form, text(card, "format")) if part)


def _old_models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    return unique(
        FoundModel(
            text(card, "id"),
            context=tokens(card, "loaded_context_length"),
            loaded=text(card, "state") == "loaded",
            chat=text(card, "type") != "embeddings" and can_chat(text(card, "id")),
            vision=text(card, "type") == "vlm" if text(card, "type") else None,
            tools="tool_use" in can if isinstance(can := card.get("capabilities"), list) else None,
            digest=_digest(card),
        )
        for card in cards
    )


def _error_text(reply: ProbeReply) -> str:
    error = reply.body.get("error") if isinstance(reply.body, dict) else None
    return text(error, "message") if isinstance(error, dict) else str(error or "")
