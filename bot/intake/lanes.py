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
# What is asked through another chat is answered in a message of its own.
INLINE_PREFIX = "inline:"
_MOST_OF_INLINE_ID = 64


def place_of(update: Mapping[str, Any]) -> tuple[int, int] | None:
    """The chat and the id of a raw update's message; None: there is none, or it makes no sense."""
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(chat, Mapping):
        return None
    chat_id, message_id = chat.get("id"), message.get("message_id")
    return (chat_id, message_id) if isinstance(chat_id, int) and isinstance(message_id, int) else None


def is_said(lane: str) -> bool:
    """Whether updates of a lane are what people say, which a model answers."""
    return lane != CONTROL and not lane.endswith((f":{CONTROL}", f":{WORK}"))


def lane_of(update: Mapping[str, Any]) -> str:
    """The lane of a raw update.

    What people say in a chat is answered in order, so it shares the chat's lane; topics are chats of their own.
    Commands, buttons and Telegram's own Stop button must work while an answer is being written: they share a second
    lane of the chat, and those that take their time a third one. Each inline message has a lane. Updates without a chat
    share one lane. Never raises: an update that makes no sense must not keep the others from being stored.
    """
    for kind, body in update.items():
        if not isinstance(body, Mapping):
            continue
        message = body.get("message") if kind == "callback_query" else body
        chat = message.get("chat") if isinstance(message, Mapping) else None
        if not isinstance(message, Mapping) or not isinstance(chat, Mapping):
            return _lane_without_chat(kind, body)
        place, lane = _place(kind, message, chat), _lane_in_chat(kind, body)
        return f"{place}:{lane}" if lane else place
    return CONTROL


def _place(kind: str, message: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The chat, and the topic in it. A chain of replies has a thread's number too, and is none."""
    thread = message.get("message_thread_id")
    if thread and (message.get("is_topic_message") or kind == "stopped_message_generation"):
        return f"{chat.get('id')}/{thread}"
    return str(chat.get("id"))


def _lane_without_chat(kind: str, body: Mapping[str, Any]) -> str:
    sender, inline = body.get("from"), body.get("inline_message_id")
    if not isinstance(sender, Mapping):
        return CONTROL
    pressed = kind == "callback_query" and str(body.get("data")).startswith(INLINE_PREFIX)
    if isinstance(inline, str) and (pressed or kind == "chosen_inline_result"):
        return f"{sender.get('id')}:{INLINE_PREFIX}{inline[-_MOST_OF_INLINE_ID:]}"
    return f"{sender.get('id')}:{CONTROL}"


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
