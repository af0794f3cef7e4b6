"""text-generation-webui (servers.md 4, engines.md 3)."""

from __future__ import annotations

from llm.servers.gbnf import grammar_of
from llm.servers.inventory import text, unique
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking, state_of
from llm.servers.profiles.openai_compatible import OpenAICompatible
from llm.types import JsonMode


class Textgen(OpenAICompatible):
    """Drops the oldest messages in silence; ignores `response_format`, takes a grammar."""

    kind = ServerKind.TEXTGEN
    json_modes = (JsonMode.GRAMMAR, JsonMode.PROMPT)
    drops_silently = True
    limits_answer = True
    stop_limit = None

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """With no model loaded the name is the word None; the context is told nowhere."""
        info = (await probe.api("/internal/model/info")).fields
        name = text(info, "model_name")
        if not name or "loader" not in info:
            return None
        return self.found(probe, () if name == "None" else unique([FoundModel(name, loaded=True)]))

    async def health(self, probe: Probe) -> ServerState:
        """Its own page for health lies below the OpenAI-compatible root."""
        return state_of(await probe.api("/internal/health"))

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """A grammar, made from the schema."""
        if asking.json_mode is None or asking.json_mode is JsonMode.PROMPT:
            return {}
        return {"grammar_string": grammar_of(asking.json_schema)}

    def extras(self, asking: Asking) -> dict[str, object]:
        """The context that is to hold, and reasoning on or off."""
        fields: dict[str, object] = {}
        if asking.context is not None:
            fields["truncation_length"] = asking.context
        if asking.thinking is not None and asking.prompt is None:
            fields["enable_thinking"] = asking.thinking
        return fields
