"""Says which updates must wait for one another: the lane of an update, read from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CONTROL = "control"


def lane_of(update: Mapping[str, Any]) -> str:
    """The lane of a raw update.

    What people say in a chat is answered in order, so it shares the chat's lane. Commands, buttons and Telegram's own
    Stop button must work while an answer is being written: they share a second lane of the chat. Updates without a chat
    share one lane. Never raises: an update that makes no sense must not keep the others from being stored.
    """
    for kind, body in update.items():
        if not isinstance(body, Mapping):
            continue
        message = body.get("message") if kind == "callback_query" else body
        chat = message.get("chat") if isinstance(message, Mapping) else None
        if not isinstance(chat, Mapping):
            sender = body.get("from")
            return f"{sender.get('id')}:{CONTROL}" if isinstance(sender, Mapping) else CONTROL
        if kind == "message" and not _is_command(body):
            return str(chat.get("id"))
        return f"{chat.get('id')}:{CONTROL}"
    return CONTROL


def _is_command(message: Mapping[str, Any]) -> bool:
    entities = message.get("entities")
    if not isinstance(entities, Sequence):
        return False
    return any(
        isinstance(entity, Mapping) and entity.get("type") == "bot_command" and entity.get("offset") == 0
        for entity in entities
    )
