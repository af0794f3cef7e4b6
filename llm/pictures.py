"""Pictures in a conversation: those of the newest message want a model that sees, the older ones only a mention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm.types import Content, ImagePart, Message, Role, TextPart

MENTION = "[photo]"
"""Stands in the place of a picture for a model that is not known to see."""


def asks_about_pictures(messages: Sequence[Message]) -> bool:
    """Whether the newest thing that a person said has pictures."""
    place = _newest(messages)
    return place is not None and has_picture(messages[place])


def has_picture(message: Message) -> bool:
    """Whether a message has a picture among its parts."""
    return not isinstance(message.content, str) and any(isinstance(part, ImagePart) for part in message.content)


def shown_to(messages: tuple[Message, ...], *, sees: bool | None) -> tuple[Message, ...]:
    """The conversation as a model gets it, that sees, does not, or of which it is not known (None).

    What was shown earlier in a conversation must not make a model fail that is asked about something else now.
    """
    if sees or not any(map(has_picture, messages)):
        return messages
    newest = None if sees is False else _newest(messages)
    return tuple(one if place == newest else _mentioned(one) for place, one in enumerate(messages))


def _newest(messages: Sequence[Message]) -> int | None:
    return next((place for place in reversed(range(len(messages))) if messages[place].role is Role.USER), None)


def _mentioned(message: Message) -> Message:
    if not has_picture(message):
        return message
    return replace(message, content=_words(message.content))


def _words(content: Content) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.text if isinstance(part, TextPart) else MENTION for part in content)
