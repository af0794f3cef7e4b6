"""The canonical form of a conversation, which the chat template of every family accepts (servers.md 12.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from llm.types import Content, ImagePart, Message, Role, TextPart

BETWEEN = "\n\n"


class NothingToAnswer(ValueError):
    """Nothing that a person said is left; `messages` is how many there were."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        super().__init__(f"none of {messages} messages is a person's with something in it")


def canonical(messages: Sequence[Message], *, continue_last: bool = False) -> tuple[Message, ...]:
    """Bring messages into the form that all families take.

    One optional system message first; then a person and the model by turns, beginning and ending with the person;
    the same role twice is joined by a blank line; nothing empty. With `continue_last` the last message may be the
    model's, to be continued. Raises NothingToAnswer.
    """
    said = [message for message in messages if not _blank(message)]
    system = [message for message in said if message.role is Role.SYSTEM]
    dialogue = _joined(message for message in said if message.role is not Role.SYSTEM)
    if dialogue and dialogue[0].role is Role.ASSISTANT:
        dialogue.pop(0)
    if dialogue and dialogue[-1].role is Role.ASSISTANT and not continue_last:
        dialogue.pop()
    if not dialogue:
        raise NothingToAnswer(len(messages))
    return (*_joined(system), *dialogue)


def fold_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Put the system text in front of the first message of a person; for canonical messages."""
    if not messages or messages[0].role is not Role.SYSTEM:
        return tuple(messages)
    system, first, *others = messages
    return (_join(replace(system, role=first.role), first), *others)


def drop_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Leave the system text out."""
    return tuple(message for message in messages if message.role is not Role.SYSTEM)


def _joined(messages: Iterable[Message]) -> list[Message]:
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role is message.role:
            joined[-1] = _join(joined[-1], message)
        else:
            joined.append(message)
    return joined


def _join(first: Message, second: Message) -> Message:
    pinned = first.pinned or second.pinned
    if isinstance(first.content, str) and isinstance(second.content, str):
        return Message(first.role, first.content + BETWEEN + second.content, pinned)
    return Message(first.role, (*_parts(first.content), *_parts(second.content)), pinned)


def _parts(content: Content) -> tuple[TextPart | ImagePart, ...]:
    return (TextPart(content),) if isinstance(content, str) else content


def _blank(message: Message) -> bool:
    if isinstance(message.content, str):
        return not message.content.strip()
    return not any(isinstance(part, ImagePart) or part.text.strip() for part in message.content)
