"""Which messages of a group are meant for the bot: by Telegram's entities, never by a search in the text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.enums import MessageEntityType
from aiogram.types import Message, MessageEntity, User


class Address(StrEnum):
    """How a message is meant for the bot."""

    NOT = "not"
    NAMED = "named"
    REPLY = "reply"
    COMMAND = "command"
    ORDER = "order"  # a command that names the bot


def address_of(message: Message, me: User) -> Address:
    """Whether and how a message of a group is meant for the bot `me`.

    What bots, channels and anonymous admins send is not, nor is what was sent through a bot. A command that names no
    bot is every bot's.
    """
    sender = message.from_user
    if sender is None or sender.is_bot or message.sender_chat is not None or message.via_bot is not None:
        return Address.NOT
    if (command := _command(message)) is not None:
        _, at, bot = command.partition("@")
        if not at:
            return Address.COMMAND
        return Address.ORDER if _same_name(bot, me) else Address.NOT
    if any(_names(message, entity, me) for entity in _entities(message)):
        return Address.NAMED
    return Address.REPLY if _replies_to(message, me) else Address.NOT


def without_name(message: Message, me: User) -> Message:
    """The message without the bot's name before or behind what is said; amid a sentence it stays."""
    text, entities = message.text or message.caption or "", list(_entities(message))
    units = text.encode("utf-16-le")
    for entity in entities:
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        before, behind = units[:start].decode("utf-16-le", "replace"), units[end:].decode("utf-16-le", "replace")
        if not _names(message, entity, me) or (before.strip() and behind.strip(" \n.,:;!?")):
            continue
        if before.strip():
            left, cut = before.rstrip(), 0
        else:
            left = behind.lstrip(" \n,:;-–—")
            cut = _units(text) - _units(left)
        kept = [_moved(one, -cut, _units(left)) for one in entities if one is not entity]
        return _changed(message, left, [one for one in kept if one is not None])
    return message


def _changed(message: Message, text: str, entities: list[MessageEntity]) -> Message:
    words, marks = ("text", "entities") if message.text is not None else ("caption", "caption_entities")
    changed = message.model_copy(update={words: text, marks: entities or None})
    return changed.as_(message.bot)


def _moved(entity: MessageEntity, by: int, length: int) -> MessageEntity | None:
    start, end = max(0, entity.offset + by), min(length, entity.offset + by + entity.length)
    return None if end <= start else entity.model_copy(update={"offset": start, "length": end - start})


def _entities(message: Message) -> Sequence[MessageEntity]:
    return message.entities or message.caption_entities or ()


def _command(message: Message) -> str | None:
    """The command that a message begins with, as written, without its slash."""
    for entity in message.entities or ():
        if entity.type == MessageEntityType.BOT_COMMAND and entity.offset == 0:
            return entity.extract_from(message.text or "").removeprefix("/")
    return None


def _names(message: Message, entity: MessageEntity, me: User) -> bool:
    if entity.type == MessageEntityType.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    if entity.type != MessageEntityType.MENTION:
        return False
    return _same_name(entity.extract_from(message.text or message.caption or "").removeprefix("@"), me)


def _same_name(name: str, me: User) -> bool:
    return me.username is not None and name.casefold() == me.username.casefold()


def _replies_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    # The first message of a topic is what all in the topic formally replies to.
    if replied is None or replied.forum_topic_created is not None or replied.from_user is None:
        return False
    return replied.from_user.id == me.id


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
