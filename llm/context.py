"""Fits a conversation into a model's context: pure, estimates only, no server asked."""

from __future__ import annotations

from collections.abc import Sequence

from llm.types import Message, Role

# What a server gives when nothing is known of it: the smallest default in use (Ollama, LM Studio: servers.md 0.2, 1.3).
DEFAULT_CONTEXT = 4096
SMALLEST_RESERVE = 64
LARGEST_RESERVE = 2048
MESSAGE_OVERHEAD = 6
BYTES_PER_TOKEN = 3.0


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has; rather too many than too few.

    Counts UTF-8 bytes, since byte-level vocabularies spend more tokens on what is not Latin.
    """
    return int(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + 1


def fit(messages: Sequence[Message], max_context: int | None) -> tuple[Message, ...]:
    """Leave out the oldest messages until the rest fits, with room for the answer.

    System messages and the newest message always stay, even when they are too long by themselves: only the server can
    say so for certain. What is kept after the system messages begins with a person's message.
    """
    context = max_context or DEFAULT_CONTEXT
    reserve = min(LARGEST_RESERVE, max(SMALLEST_RESERVE, context // 4))
    pinned = [message for message in messages if message.role is Role.SYSTEM]
    dialogue = [message for message in messages if message.role is not Role.SYSTEM]
    left = context - reserve - sum(_cost(message) for message in pinned)
    kept: list[Message] = []
    for message in reversed(dialogue):
        left -= _cost(message)
        if kept and left < 0:
            break
        kept.append(message)
    kept.reverse()
    while len(kept) > 1 and kept[0].role is not Role.USER:
        kept.pop(0)
    return (*pinned, *kept)


def _cost(message: Message) -> int:
    return estimate_tokens(message.text) + MESSAGE_OVERHEAD
