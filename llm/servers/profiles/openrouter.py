"""OpenRouter (servers.md 11)."""

from __future__ import annotations

from llm.servers.kinds import FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai import openai_context
from llm.servers.profiles.openai_compatible import OpenAICompatible
from llm.types import JsonMode


class OpenRouter(OpenAICompatible):
    """Drops in silence what a provider does not know, and long prompts of small ones, unless told not to."""

    kind = ServerKind.OPENROUTER

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Known by its host, never asked."""
        return None

    def context_of(self, name: str) -> int | None:
        """By the name of the model where it is one of OpenAI's."""
        owner, _, model = name.rpartition("/")
        return openai_context(model) if owner == "openai" else None

    def extras(self, asking: Asking) -> dict[str, object]:
        """No compression behind our back; JSON only from providers that know it; reasoning off where unwanted."""
        fields: dict[str, object] = {"plugins": [{"id": "context-compression", "enabled": False}]}
        if asking.json_mode in {JsonMode.SCHEMA, JsonMode.OBJECT}:
            fields["provider"] = {"require_parameters": True}
        if asking.thinking is False:
            fields["reasoning"] = {"effort": "none"}
        return fields
