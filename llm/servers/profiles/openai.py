"""OpenAI's own cloud (servers.md 10)."""

from __future__ import annotations

import re

from llm.servers.kinds import FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible, json_schema
from llm.types import JsonMode

_REASONING = re.compile(r"^(?:o\d|gpt-[5-9])")
_NO_STOP = re.compile(r"^(?:o3|o4-mini)")
# The first beginning that fits; OpenAI's interface does not tell.
_CONTEXTS = (
    ("gpt-3.5-turbo-instruct", 4_096),
    ("gpt-3.5", 16_385),
    ("gpt-4-32k", 32_768),
    ("gpt-4-turbo", 128_000),
    ("gpt-4-1106", 128_000),
    ("gpt-4-0125", 128_000),
    ("gpt-4.1", 1_047_576),
    ("gpt-4o", 128_000),
    ("gpt-4.5", 128_000),
    ("gpt-4", 8_192),
    ("chatgpt-4o", 128_000),
    ("o1-mini", 128_000),
    ("o1-preview", 128_000),
    ("o1", 200_000),
    ("o3", 200_000),
    ("o4-mini", 200_000),
    ("gpt-5", 272_000),
)


class OpenAI(OpenAICompatible):
    """Refuses what it does not know, and some of what it knows with models that reason."""

    kind = ServerKind.OPENAI

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Known by its host, never asked."""
        return None

    def context_of(self, name: str) -> int | None:
        """By the name of the model."""
        return openai_context(name)

    def body(self, asking: Asking) -> dict[str, object]:
        """Without temperature for models that reason, and without stop strings for some of them."""
        body = super().body(asking)
        if _REASONING.match(asking.model):
            body.pop("temperature", None)
        if _NO_STOP.match(asking.model):
            body.pop("stop", None)
        return body

    def limit_field(self, asking: Asking) -> str:
        """Models that reason know the newer name only."""
        newer = _REASONING.match(asking.model) or "max_tokens" in asking.without
        return "max_completion_tokens" if newer else "max_tokens"

    def json_fields(self, asking: Asking) -> dict[str, object]:
        """A schema is kept to the letter when it is said to be strict."""
        fields = super().json_fields(asking)
        if asking.json_mode is JsonMode.SCHEMA and asking.json_schema is not None:
            schema = json_schema(asking)
            inner = schema["json_schema"]
            assert isinstance(inner, dict)  # noqa: S101 - for the type only
            fields = {"response_format": {**schema, "json_schema": {**inner, "strict": True}}}
        return fields

    def extras(self, asking: Asking) -> dict[str, object]:
        """The least effort where reasoning is not wanted."""
        if asking.thinking is not False or not _REASONING.match(asking.model):
            return {}
        return {"reasoning_effort": "low" if asking.model.startswith("o") else "minimal"}


def openai_context(name: str) -> int | None:
    """The context of a model of OpenAI's, in tokens, by its name."""
    return next((context for start, context in _CONTEXTS if name.startswith(start)), None)
