"""Where in a chat something is: the topic, if the chat has topics."""

from __future__ import annotations

from aiogram.types import Message


def topic_of(message: Message) -> int | None:
    """The topic that a message is in, of a forum or of a private chat.

    In a group without topics a chain of replies has a `message_thread_id` too. It is no place of its own, and nothing
    can be sent to it.
    """
    return message.message_thread_id if message.is_topic_message else None
