"""What a person says with one Telegram message: its words, links and code in them, what it quotes or forwards."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.enums import ChatType, MessageEntityType
from aiogram.types import (
    ExternalReplyInfo,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.groups.speaker import speaker, with_speaker
from storage import Part

MOST_REPLIED = 1000
"""Of a message that is replied to without a quote so many characters are shown."""
MOST_OF_ANSWER = 300
"""So many of an answer, which stands in the history: they tell which one is meant."""

_Origin = MessageOriginUser | MessageOriginHiddenUser | MessageOriginChat | MessageOriginChannel


def said_in(message: Message, *, spoken: str = "") -> Part:
    """The words of a message, `spoken` with it, and the context that a model needs to understand them.

    In a group the speaker's name stands before what they say. What was forwarded is context too. Answers of the bot
    that are replied to are in the history: in a private chat it goes on from there, and they are left out here.
    """
    written = _marked(message.text or message.caption or "", message.entities or message.caption_entities or ())
    text = "\n\n".join(part for part in (written, spoken) if part)
    contexts = [one for one in (_replied(message), _external(message)) if one]
    if message.forward_origin is not None:
        contexts.append(f"Forwarded from {_name(message.forward_origin)}:\n{text}".rstrip())
        text = ""
    if message.chat.type != ChatType.PRIVATE and (text or contexts):
        text = with_speaker(message.from_user, text)
    return Part(message.message_id, text, "\n\n".join(contexts))


def _replied(message: Message) -> str:
    replied = message.reply_to_message
    if replied is None:
        return ""
    if message.quote is not None and message.quote.text.strip():
        return f"Quoted from before:\n{message.quote.text}"
    own = replied.from_user is not None and message.bot is not None and replied.from_user.id == message.bot.id
    words = (replied.text or replied.caption or "").strip()
    if message.chat.type == ChatType.PRIVATE:
        return "" if own or not words else f"In reply to:\n{words[:MOST_REPLIED]}"
    if own:  # others have gone on since, perhaps with something else
        return f"In reply to your answer:\n{words[:MOST_OF_ANSWER]}" if words else ""
    return f"In reply to {speaker(replied.from_user)}:\n{words[:MOST_REPLIED]}" if words else ""


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


def _marked(text: str, entities: Sequence[MessageEntity]) -> str:
    """The text with what only its formatting says: the addresses behind words, and what is code."""
    units = text.encode("utf-16-le", "surrogatepass")
    at, parts = 0, []
    for one in sorted(entities, key=lambda entity: entity.offset):
        begin, end = 2 * one.offset, 2 * (one.offset + one.length)
        if begin < at:
            continue  # within another one, whose mark is there already
        within = _read(units[begin:end])
        marked = _marks(one, within)
        if marked is None:
            continue
        parts += [_read(units[at:begin]), marked]
        at = end
    return "".join([*parts, _read(units[at:])])


def _marks(entity: MessageEntity, within: str) -> str | None:
    match entity.type:
        case MessageEntityType.TEXT_LINK if entity.url and entity.url.rstrip("/") != within.rstrip("/"):
            return f"{within} ({entity.url})"
        case MessageEntityType.PRE if "```" not in within:
            return f"```{entity.language or ''}\n{within}\n```"
        case MessageEntityType.CODE if "`" not in within:
            return f"`{within}`"
        case _:
            return None


def _read(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
