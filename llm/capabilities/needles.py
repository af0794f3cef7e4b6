"""Conversations of a wanted length with a code hidden in them: who is told it back has read that far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from llm.types import Message, Role

CODE = "48151"
CHARACTERS_PER_TOKEN = 4.0
"""What the filling has about, in English and with the vocabulary of a usual model; a first count corrects it."""

_FILLING = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again. "
_TURN_TOKENS = 11
"""What each turn has beside its text: the marks of two messages, and the answer."""
_TURNS = 16
_SHORT_TURNS = 4
_SHORT_SIZE = 1200
_NAME = re.compile(r"context_(\d+)_(\d+)_(start|middle|late)")


class Depth(StrEnum):
    """Where in the conversation the code stands."""

    START = "start"
    MIDDLE = "middle"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Size:
    """How long a conversation is: in tokens as they are thought of, and in characters of filling."""

    tokens: int
    characters: int
    depth: Depth


def needle_name(tokens: int, depth: Depth, *, per_token: float = CHARACTERS_PER_TOKEN) -> str:
    """The name of the probe; it says how long the conversation is, so that it can be made again."""
    return f"context_{tokens}_{int(tokens * per_token)}_{depth.value}"


def size_of(name: str) -> Size | None:
    """The length that a probe's name says; None for any other probe."""
    found = _NAME.fullmatch(name)
    return Size(int(found[1]), int(found[2]), Depth(found[3])) if found else None


def turn_tokens(size: Size) -> int:
    """How many tokens each turn has: so exactly a cut between turns tells where the context ends."""
    return size.tokens // _turns(size)


def needle_messages(size: Size) -> tuple[Message, ...]:
    """The conversation.

    It has as many tokens as are wanted, with all that a usual template puts around its messages. It comes in turns,
    since servers that cut leave out whole ones first (servers.md 1.3, 4), and its first words differ with its length,
    so that none is found in a cache.
    """
    turns = _turns(size)
    place = {Depth.START: 0, Depth.MIDDLE: turns // 2, Depth.LATE: turns - 1}[size.depth]
    characters = max(0, size.characters // turns - _TURN_TOKENS * size.characters // size.tokens)
    filling = _FILLING * (characters // len(_FILLING) + 1)
    messages: list[Message] = []
    for number in range(turns):
        text = f"Text {size.tokens}-{number + 1}. {filling}"[:characters]
        if number == place:
            text = f"The secret code is {CODE}. Remember it. {text}"
        messages += (Message(Role.USER, text.strip()), Message(Role.ASSISTANT, "OK"))
    messages.append(Message(Role.USER, "What is the secret code?"))
    return tuple(messages)


def _turns(size: Size) -> int:
    return _TURNS if size.tokens > _SHORT_SIZE else _SHORT_TURNS
