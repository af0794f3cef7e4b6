"""What a refusal of the Bot API means for a message that must arrive.

Telegram's errors of one status differ only in their descriptions, so these are what has to be read; a description that
is not known here counts as a refusal of the formatting, after which the plain text is tried.
"""

from __future__ import annotations

from enum import StrEnum

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError


class Refusal(StrEnum):
    """The classes of refusal."""

    NOT_MODIFIED = "not_modified"
    MESSAGE_GONE = "message_gone"
    TOO_LONG = "too_long"
    THREAD_GONE = "thread_gone"
    REPLY_GONE = "reply_gone"
    KEYBOARD = "keyboard"
    CHAT_GONE = "chat_gone"
    OTHER = "other"


_SIGNS = (
    (Refusal.NOT_MODIFIED, ("message is not modified",)),
    (Refusal.MESSAGE_GONE, ("message to edit not found", "message can't be edited", "message_id_invalid")),
    (Refusal.TOO_LONG, ("message is too long", "message_too_long", "text is too long")),
    (Refusal.THREAD_GONE, ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")),
    (Refusal.REPLY_GONE, ("message to be replied not found", "replied message not found", "reply message not found")),
    (Refusal.KEYBOARD, ("button_", "reply markup", "reply_markup", "inline keyboard")),
    (
        Refusal.CHAT_GONE,
        (
            "chat not found",
            "peer_id_invalid",
            "user is deactivated",
            "chat_write_forbidden",
            "have no rights to send",
            "not enough rights to send",
            "group is deactivated",
            "need administrator rights in the channel",
        ),
    ),
)


def refusal(error: TelegramAPIError) -> Refusal:
    """The class of a refusal."""
    if isinstance(error, TelegramForbiddenError):
        return Refusal.CHAT_GONE
    description = error.message.lower()
    for kind, signs in _SIGNS:
        if any(sign in description for sign in signs):
            return kind
    return Refusal.OTHER
