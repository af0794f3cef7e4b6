"""Hugging Face's text-generation-inference (servers.md 9)."""

from __future__ import annotations

from llm.servers.inventory import text, tokens, unique
from llm.servers.kinds import FoundModel, FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible
from llm.types import JsonMode

ANY_OBJECT = {"type": "object"}


class Tgi(OpenAICompatible):
    """Takes a schema in a form of its own, and few stop strings."""

    kind = ServerKind.TGI
    json_modes = (JsonMode.SCHEMA, JsonMode.PROMPT)
    limits_answer = True
    has_completions = True
    health_page = "/health"

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """`/info` tells the one model and its limits."""
        info = (await probe.native("/info")).fields
        name, context = text(info, "model_id"), tokens(info, "max_total_tokens")
        if not name or context is None:
            return None
        digest = text(info, "model_sha")
        found = unique([FoundModel(name, context=context, loaded=True, digest=digest)])
        return self.found(probe, found, version=text(info, "version"))

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """OpenAI's form of a schema is refused (servers.md 0.4)."""
        if asking.json_mode not in {JsonMode.SCHEMA, JsonMode.OBJECT}:
            return {}
        schema = asking.json_schema if asking.json_schema is not None else ANY_OBJECT
        return {"response_format": {"type": "json_object", "value": schema}}
