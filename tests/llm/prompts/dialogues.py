"""Dialogues for the tests of prompts: any whatever, and canonical ones."""

from __future__ import annotations

from hypothesis import strategies as st

from llm.prompts.families.registry import FAMILIES
from llm.types import ImagePart, Message, Role, TextPart

TOKENS = sorted({token for family in FAMILIES.values() for token in family.control_tokens})
TEXTS = st.text(max_size=20) | st.lists(
    st.sampled_from([*TOKENS, "<", "|", ">", "im_end", "[", "INST]", " ", "\n", "word", "мир", "<|", "|>"]), max_size=6
).map("".join)
PARTS = st.lists(st.builds(TextPart, TEXTS) | st.just(ImagePart(b"...", "image/png")), max_size=3).map(tuple)
MESSAGES = st.lists(st.builds(Message, st.sampled_from(Role), TEXTS | PARTS, st.booleans()), max_size=8)
"""Messages in any order, empty ones, with and without images."""


def canonical_dialogues(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Message]]:
    """A system message or none, then a person and the model by turns, the person last."""

    def made(system: str | None, pairs: list[tuple[str, str]], last: str) -> list[Message]:
        said = [] if system is None else [Message(Role.SYSTEM, system)]
        for question, answer in pairs:
            said += [Message(Role.USER, question), Message(Role.ASSISTANT, answer)]
        return [*said, Message(Role.USER, last)]

    return st.builds(made, st.none() | words, st.lists(st.tuples(words, words), max_size=4), words)
