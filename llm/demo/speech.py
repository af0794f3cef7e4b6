"""What the demo model answers to a conversation: one of its texts, the same for the same conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from llm.demo import english, russian
from llm.demo.topics import Language, Topic, language_of, topic_of

_TEXTS: Mapping[Language, Mapping[Topic, tuple[str, ...]]] = {
    Language.ENGLISH: english.TEXTS,
    Language.RUSSIAN: russian.TEXTS,
}
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a person: its words, and whether a picture came with it."""

    text: str = field(repr=False)
    picture: bool = False


def answer_to(said: Sequence[Said]) -> str:
    """Answer the last of a person's messages; the number of messages so far picks one of several texts."""
    last = said[-1] if said else Said("")
    topic = Topic.PICTURE if last.picture and not last.text.strip() else topic_of(last.text)
    texts = _TEXTS[language_of(one.text for one in reversed(said))][topic]
    return texts[(len(said) - 1) % len(texts)]


def words_of(text: str) -> list[str]:
    """Cut a text into words, each with the space after it; joined they are the text again."""
    return _WORD.findall(text)
