"""Reads what the lists of models of all servers have in common (servers.md 0.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from llm.servers.kinds import FoundModel

Entry = Mapping[str, object]

MAX_MODELS = 1000
_MAX_NAME = 512
_MAX_CONTEXT = 1_000_000_000
_NO_CHAT_NAME = re.compile(
    r"embed|rerank|minilm|whisper|(?:^|[/_:-])(?:bge|gte|e5|tts|clip)[-_]|stable-?diffusion", re.IGNORECASE
)


def entries(value: object) -> list[Entry]:
    """The objects of a JSON list; anything else counts as none."""
    return [item for item in value[:MAX_MODELS] if isinstance(item, dict)] if isinstance(value, list) else []


def text(entry: Entry, key: str) -> str:
    """A text of an object, or an empty one."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def tokens(entry: Entry, key: str) -> int | None:
    """A number of tokens in an object, or None when it holds none that can be true."""
    value = entry.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_CONTEXT else None


def section(entry: Entry, key: str) -> Entry:
    """An object inside an object, or an empty one."""
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def is_listing(fields: Entry) -> bool:
    """Whether this is OpenAI's list of models; an empty one must say that it is a list, and may hold null."""
    data = fields.get("data")
    if not data:
        return fields.get("object") == "list" and (data is None or data == [])
    return isinstance(data, list) and all(isinstance(item, dict) and text(item, "id") for item in data)


def openai_models(fields: Entry, *, loaded: bool | None = None) -> tuple[FoundModel, ...]:
    """Models of OpenAI's list. vLLM and SGLang add the context; an adapter has that of its base (servers.md 0.2)."""
    cards = entries(fields.get("data"))
    context = {text(card, "id"): tokens(card, "max_model_len") for card in cards}
    return unique(
        FoundModel(
            text(card, "id"),
            context=context[text(card, "id")] or context.get(text(card, "parent")),
            loaded=loaded,
            chat=can_chat(text(card, "id")),
            digest=_digest(card),
        )
        for card in cards
    )


def _digest(card: Entry) -> str:
    """What tells one file from another: llama-server's size of it, vLLM's path to it (servers.md 2.1, 5.1)."""
    meta = section(card, "meta")
    parts = (text(card, "root"), *(str(meta[key]) for key in ("size", "n_params", "ftype") if key in meta))
    return " ".join(part for part in parts if part)[:_MAX_NAME]


def owners(fields: Entry) -> frozenset[str]:
    """Who owns the models of OpenAI's list: many servers put their own name there (servers.md 0.1)."""
    return frozenset(text(card, "owned_by") for card in entries(fields.get("data")))


def unique(models: Iterable[FoundModel]) -> tuple[FoundModel, ...]:
    """Models that have a usable name, each once, in their order."""
    seen: dict[str, FoundModel] = {}
    for model in models:
        if model.name.isprintable() and 0 < len(model.name) <= _MAX_NAME:
            seen.setdefault(model.name, model)
    return tuple(seen.values())


def can_chat(name: str) -> bool:
    """Whether a model of this name is for conversations, as far as a name can tell."""
    return _NO_CHAT_NAME.search(name) is None
