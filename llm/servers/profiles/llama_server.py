"""llama.cpp's llama-server, with one model or as a router of many (servers.md 5)."""

from __future__ import annotations

from dataclasses import replace

from llm.servers.inventory import Entry, entries, openai_models, owners, section, text, tokens
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeReply
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible, refuses, switch_in_template

_ROUTER_MODELS_ASKED = 4


class LlamaServer(OpenAICompatible):
    """Known by its header, by who owns its models, or by what it says while it loads; `/props` tells the rest."""

    kind = ServerKind.LLAMACPP
    health_page = "/health"
    stop_limit = None
    continues = True

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """The context is that of one slot, not what the model was trained for."""
        reply = await probe.api("/models")
        known = reply.server.startswith("llama.cpp") or "llamacpp" in owners(reply.fields)
        if not known and not _says_it_loads(reply):
            return None
        if reply.status == 503:
            return self.found(probe, state=ServerState.LOADING)
        if refuses(reply):
            return self.found(probe, state=ServerState.NEEDS_KEY)
        models = openai_models(reply.fields)
        states = {
            text(card, "id"): text(section(card, "status"), "value") for card in entries(reply.fields.get("data"))
        }
        if any(states.values()):
            return self.found(probe, await _router_models(probe, models, states))
        props = (await probe.native("/props")).fields
        told = (_told(replace(model, loaded=True), props) for model in models)
        return self.found(probe, told, version=text(props, "build_info"))

    async def busy(self, probe: Probe) -> bool | None:
        """Each of its slots says whether it is at work, unless that page is switched off."""
        slots = entries((await probe.native("/slots")).body)
        return any(slot.get("is_processing") is True for slot in slots) if slots else None

    def extras(self, asking: Asking) -> dict[str, object]:
        """Reasoning is switched in the template."""
        return switch_in_template(asking)


def _says_it_loads(reply: ProbeReply) -> bool:
    body = reply.body if isinstance(reply.body, dict) else {}
    return reply.status == 503 and text(section(body, "error"), "type") == "unavailable_error" and reply.says_loading


async def _router_models(
    probe: Probe, models: tuple[FoundModel, ...], states: dict[str, str]
) -> tuple[FoundModel, ...]:
    """Models of a router (servers.md 5.5); asking about one that is not loaded may load it."""
    told = []
    asked = 0
    for model in models:
        loaded = states[model.name] == "loaded"
        props: Entry = {}
        if loaded and asked < _ROUTER_MODELS_ASKED and _plain(model.name):
            props = (await probe.native(f"/props?model={model.name}")).fields
            asked += 1
        told.append(_told(replace(model, loaded=loaded), props))
    return tuple(told)


def _told(model: FoundModel, props: Entry) -> FoundModel:
    """A model with what `/props` says of it; llama-server tries the template itself for a system role."""
    system_role = section(props, "chat_template_caps").get("supports_system_role")
    tools = section(props, "chat_template_caps").get("supports_tools")
    vision = section(props, "modalities").get("vision")
    return replace(
        model,
        context=tokens(section(props, "default_generation_settings"), "n_ctx"),
        template=text(props, "chat_template") or None,
        system_role=system_role if isinstance(system_role, bool) else None,
        vision=vision if isinstance(vision, bool) else None,
        tools=tools if isinstance(tools, bool) else None,
        slots=tokens(props, "total_slots"),
    )


def _plain(name: str) -> bool:
    return not set(name) & set("&#?%+ ")
