"""What a person says with one Telegram message: its words, the links behind them, what it quotes or forwards."""

from __future__ import annotations

from aiogram.enums import ChatType, MessageEntityType
from aiogram.types import (
    ExternalReplyInfo,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.groups.speaker import speaker, spoken
from storage import Part

MOST_REPLIED = 1000
"""Of a message that is replied to without a quote so many characters are shown."""

_Origin = MessageOriginUser | MessageOriginHiddenUser | MessageOriginChat | MessageOriginChannel


def said_in(message: Message) -> Part:
    """The words of a message, and the context that a model needs to understand them.

    In a group the speaker's name stands before what they say. What was forwarded is context too. Answers of the bot
    that are replied to are in the history, and left out here.
    """
    text = _with_links(message)
    in_group = message.chat.type != ChatType.PRIVATE
    contexts = [one for one in (_replied(message), _external(message)) if one]
    if message.forward_origin is not None:
        contexts.append(f"Forwarded from {_name(message.forward_origin)}:\n{text}")
        text = ""
    if in_group and (text or contexts):
        text = spoken(message.from_user, text)
    return Part(message.message_id, text, "\n\n".join(contexts))


def _with_links(message: Message) -> str:
    """The text, with the address behind each link that hides one."""
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le")
    for entity in sorted(message.entities or message.caption_entities or (), key=lambda one: one.offset, reverse=True):
        if entity.type == MessageEntityType.TEXT_LINK and entity.url:
            end = 2 * (entity.offset + entity.length)
            units = units[:end] + f" ({entity.url})".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


def _replied(message: Message) -> str:
    replied = message.reply_to_message
    if replied is None:
        return ""
    if message.quote is not None and message.quote.text.strip():
        return f"Quoted from before:\n{message.quote.text}"
    own = replied.from_user is not None and message.bot is not None and replied.from_user.id == message.bot.id
    words = (replied.text or replied.caption or "").strip()
    whom = "" if message.chat.type == ChatType.PRIVATE else f" {speaker(replied.from_user)}"
    return "" if own or not words else f"In reply to{whom}:\n{words[:MOST_REPLIED]}"


def _external(message: Message) -> str:
    external = message.external_reply
    if external is None:
        return ""
    lines = [f"In reply to a message of {_name(external.origin)}:"]
    if message.quote is not None and message.reply_to_message is None:
        lines.append(message.quote.text)
    lines += _addresses(external)
    return "\n".join(lines) if len(lines) > 1 else ""


def _addresses(external: ExternalReplyInfo) -> list[str]:
    """Where the message stands, and what it links to, as far as the person may look there too."""
    found = []
    if external.link_preview_options is not None and external.link_preview_options.url:
        found.append(external.link_preview_options.url)
    if external.chat is not None and external.chat.username and external.message_id is not None:
        found.append(f"https://t.me/{external.chat.username}/{external.message_id}")
    return found


def _name(origin: _Origin) -> str:
    match origin:
        case MessageOriginUser():
            return origin.sender_user.full_name
        case MessageOriginHiddenUser():
            return origin.sender_user_name
        case MessageOriginChat():
            return origin.sender_chat.full_name
        case MessageOriginChannel():
            return origin.chat.full_name
