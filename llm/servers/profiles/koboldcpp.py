"""KoboldCpp (servers.md 6)."""

from __future__ import annotations

from dataclasses import replace

from llm.servers.gbnf import grammar_of
from llm.servers.inventory import openai_models, owners, text, tokens
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible, refuses
from llm.types import JsonMode


class KoboldCpp(OpenAICompatible):
    """Keeps the tail of too long a prompt in silence; its own limit for an answer is small."""

    kind = ServerKind.KOBOLDCPP
    json_modes = (JsonMode.GRAMMAR, JsonMode.PROMPT)
    drops_silently = True
    limits_answer = True
    health_page = "/api/extra/version"
    stop_limit = None

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """By its page of its own, or by who owns the model. With none loaded the name is the word `inactive`."""
        version = (await probe.native("/api/extra/version")).fields
        listing = await probe.api("/models")
        if version.get("result") != "KoboldCpp" and "koboldcpp" not in owners(listing.fields):
            return None
        if refuses(listing):
            return self.found(probe, state=ServerState.NEEDS_KEY)
        context = tokens((await probe.native("/api/extra/true_max_context_length")).fields, "value")
        vision = version.get("vision")
        return self.found(
            probe,
            (
                replace(model, context=context, vision=vision if isinstance(vision, bool) else None)
                for model in openai_models(listing.fields, loaded=True)
                if model.name.rpartition("/")[2] != "inactive"
            ),
            version=text(version, "version"),
        )

    async def busy(self, probe: Probe) -> bool | None:
        """It says whether it is idle."""
        idle = (await probe.native("/api/extra/perf")).fields.get("idle")
        return not idle if isinstance(idle, int) else None

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """A grammar, made from the schema."""
        if asking.json_mode is None or asking.json_mode is JsonMode.PROMPT:
            return {}
        return {"grammar": grammar_of(asking.json_schema)}
