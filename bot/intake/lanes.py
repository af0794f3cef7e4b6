"""Says which updates must wait for one another: the lane of an update, read from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CONTROL = "control"
WORK = "work"
# What takes some seconds to be done, for which nobody who wants to stop an answer must wait.
WORK_COMMANDS = frozenset({"improve", "export"})
WORK_PREFIXES = ("export:", "exportall:")
# What asks for an answer is as good as said.
ASKING_COMMANDS = frozenset({"retry"})
ASKING_PREFIXES = ("ask:", "answer:", "words:")


def lane_of(update: Mapping[str, Any]) -> str:
    """The lane of a raw update.

    What people say in a chat is answered in order, so it shares the chat's lane. Commands, buttons and Telegram's own
    Stop button must work while an answer is being written: they share a second lane of the chat, and those that take
    their time a third one. Updates without a chat share one lane. Never raises: an update that makes no sense must not
    keep the others from being stored.
    """
    for kind, body in update.items():
        if not isinstance(body, Mapping):
            continue
        message = body.get("message") if kind == "callback_query" else body
        chat = message.get("chat") if isinstance(message, Mapping) else None
        if not isinstance(chat, Mapping):
            sender = body.get("from")
            return f"{sender.get('id')}:{CONTROL}" if isinstance(sender, Mapping) else CONTROL
        lane = _lane_in_chat(kind, body)
        return f"{chat.get('id')}:{lane}" if lane else str(chat.get("id"))
    return CONTROL


def _lane_in_chat(kind: str, body: Mapping[str, Any]) -> str:
    """Which lane of its chat; empty: that of what people say."""
    if kind == "edited_message":
        return ""
    if kind == "message":
        command = _command(body)
        if command is None or command in ASKING_COMMANDS:
            return ""
        return WORK if command in WORK_COMMANDS else CONTROL
    data = body.get("data") if kind == "callback_query" else None
    if not isinstance(data, str):
        return CONTROL
    return "" if data.startswith(ASKING_PREFIXES) else WORK if data.startswith(WORK_PREFIXES) else CONTROL


def _command(message: Mapping[str, Any]) -> str | None:
    """The name of the command that a message begins with; None: it is none."""
    entities, text = message.get("entities"), message.get("text")
    if not isinstance(entities, Sequence):
        return None
    for entity in entities:
        if isinstance(entity, Mapping) and entity.get("type") == "bot_command" and entity.get("offset") == 0:
            written = text.split(maxsplit=1)[:1] if isinstance(text, str) else []
            return "".join(written).removeprefix("/").partition("@")[0].lower()
    return None
