"""Reads the lists of models that servers give, each in its own shape (servers.md 0.2 and the chapter of each)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from llm.servers.kinds import FoundModel

Entry = Mapping[str, object]

MAX_MODELS = 1000
_MAX_NAME = 512
_MAX_CONTEXT = 1_000_000_000
_NO_CHAT_FAMILIES = frozenset({"bert", "nomic-bert", "xlm-roberta", "jina-bert-v2"})
_NO_CHAT_NAME = re.compile(
    r"embed|rerank|minilm|whisper|(?:^|[/_:-])(?:bge|gte|e5|tts|clip)[-_]|stable-?diffusion", re.IGNORECASE
)
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)\s*$", re.MULTILINE)


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
            chat=_can_chat(text(card, "id")),
        )
        for card in cards
    )


def lm_studio_models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """Models of LM Studio's list from 0.4 on; a loaded one is asked by the id of its instance (servers.md 3.1)."""
    return unique(model for card in cards for model in _lm_studio_instances(card))


def _lm_studio_instances(card: Entry) -> Iterator[FoundModel]:
    key = text(card, "key")
    chat = text(card, "type") != "embedding" and _can_chat(key)
    instances = entries(card.get("loaded_instances"))
    for instance in instances:
        context = tokens(section(instance, "config"), "context_length")
        yield FoundModel(text(instance, "id"), context=context, loaded=True, chat=chat)
    if all(text(instance, "id") != key for instance in instances):
        yield FoundModel(key, loaded=False, chat=chat)


def lm_studio_old_models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """Models of LM Studio's list before 0.4 (servers.md 3.1)."""
    return unique(
        FoundModel(
            text(card, "id"),
            context=tokens(card, "loaded_context_length"),
            loaded=text(card, "state") == "loaded",
            chat=text(card, "type") != "embeddings" and _can_chat(text(card, "id")),
        )
        for card in cards
    )


def ollama_models(tags: Sequence[Entry], running: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """Models of Ollama; only those in memory have a context that holds (servers.md 1.2, 1.3)."""
    context = {text(card, "name"): tokens(card, "context_length") for card in running}
    return unique(
        FoundModel(
            name,
            context=context.get(name),
            loaded=name in context,
            chat=_ollama_can_chat(card, name),
            remote=bool(text(card, "remote_host") or text(card, "remote_model")),
        )
        for card in tags
        if (name := text(card, "name") or text(card, "model"))
    )


def _ollama_can_chat(card: Entry, name: str) -> bool:
    capabilities = card.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return "completion" in capabilities
    return text(section(card, "details"), "family") not in _NO_CHAT_FAMILIES and _can_chat(name)


def ollama_num_ctx(fields: Entry) -> int | None:
    """The context that a model's own file asks for, from the answer of /api/show (servers.md 1.2)."""
    found = _NUM_CTX.search(text(fields, "parameters"))
    return int(found[1]) if found and 0 < int(found[1]) <= _MAX_CONTEXT else None


def localai_models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    """Models of LocalAI with what each is for (servers.md 7)."""
    return unique(FoundModel(text(card, "id"), chat=_localai_can_chat(card)) for card in cards)


def _localai_can_chat(card: Entry) -> bool:
    capabilities = card.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return any("chat" in str(item).lower() or "completion" in str(item).lower() for item in capabilities)
    return _can_chat(text(card, "id"))


def unique(models: Iterable[FoundModel]) -> tuple[FoundModel, ...]:
    """Models that have a usable name, each once, in their order."""
    seen: dict[str, FoundModel] = {}
    for model in models:
        if model.name.isprintable() and 0 < len(model.name) <= _MAX_NAME:
            seen.setdefault(model.name, model)
    return tuple(seen.values())


def _can_chat(name: str) -> bool:
    return _NO_CHAT_NAME.search(name) is None
