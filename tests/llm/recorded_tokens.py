"""The recorded texts with what real vocabularies make of them, and dialogues of them as a server counts them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llm.types import Message, Role

PAIRS_FILE = Path(__file__).parents[1] / "data" / "token_pairs.json"
TOY = "tiny_chat"
"""The vocabulary of the tests' own small model, learned from a few sentences; all others are those of large models."""


@dataclass(frozen=True, slots=True)
class RecordedText:
    """A text of some kind (`ru question`, `code python`) and its tokens in each vocabulary."""

    kind: str
    text: str
    tokens: dict[str, int]


def _read() -> tuple[tuple[str, ...], tuple[RecordedText, ...]]:
    recorded = json.loads(PAIRS_FILE.read_text(encoding="utf-8"))
    names = tuple(recorded["tokenizers"])
    texts = tuple(
        RecordedText(kind, text, dict(zip(names, counts, strict=True))) for kind, text, counts in recorded["pairs"]
    )
    return names, texts


VOCABULARIES, TEXTS = _read()
LARGE = tuple(name for name in VOCABULARIES if name != TOY)
TOPICS = {
    "english": ("en", "quote", "prompt"),
    "russian": ("ru",),
    "programming": ("code", "log", "en"),
    "russian with code": ("ru", "code", "mixed", "emoji", "numbers", "url"),
    "chinese": ("zh",),
    "japanese": ("ja",),
    "german": ("de",),
    "arabic": ("ar",),
    "figures": ("numbers", "log", "url", "random", "symbols"),
    "everything": tuple(sorted({text.kind.split()[0] for text in TEXTS})),
}


def texts_about(topic: str) -> list[RecordedText]:
    return [text for text in TEXTS if text.kind.split()[0] in TOPICS[topic]]


class CountingServer:
    """Counts prompts with a real vocabulary and the overheads of a template, as `usage` of a server would tell."""

    def __init__(self, vocabulary: str, *, per_prompt: int, per_message: int) -> None:
        self._tokens = {text.text: text.tokens[vocabulary] for text in TEXTS}
        self._per_prompt, self._per_message = per_prompt, per_message

    def count(self, messages: Sequence[Message]) -> int:
        return self._per_prompt + sum(self._per_message + self._tokens[message.text] for message in messages)


def dialogue(chance: random.Random, topic: str, length: int) -> list[Message]:
    """Messages of a person and a model by turns, the person's first; none comes again before all have come."""
    roles = (Role.USER, Role.ASSISTANT)
    texts: list[RecordedText] = []
    while len(texts) < length:
        texts += chance.sample(texts_about(topic), k=len(texts_about(topic)))
    return [Message(roles[place % 2], text.text) for place, text in enumerate(texts[:length])]
