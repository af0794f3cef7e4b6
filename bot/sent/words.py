"""A message in words, as a model should read it: hidden links, code, quotes, and who said it first."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.enums import MessageEntityType
from aiogram.types import (
    Contact,
    Dice,
    Location,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    Poll,
    Venue,
)

from bot.i18n import Translator


def said_in(message: Message, t: Translator, *, spoken: str = "") -> str:
    """What a person says with a message, `spoken` with it; empty when they say nothing.

    With what they quote, and from whom it was forwarded.
    """
    text = _marked(message.text or message.caption or "", message.entities or message.caption_entities or ())
    said = "\n\n".join(part for part in (text or _in_words(message, t), spoken) if part)
    if (origin := _origin(message)) and said:
        said = f"{t('said-forwarded', name=origin)}\n{said}"
    if message.quote is not None and message.quote.text.strip():
        quoted = "\n".join(f"> {line}" for line in message.quote.text.splitlines())
        said = f"{quoted}\n\n{said}" if said else quoted
    return said


def _in_words(message: Message, t: Translator) -> str:
    """What is sent without a text and can be said in words; empty for anything else."""
    match message:
        case Message(venue=Venue() as venue):
            place = _place(venue.location)
            return t("said-venue", title=venue.title, address=venue.address, place=place)
        case Message(location=Location() as location):
            return t("said-location", place=_place(location))
        case Message(contact=Contact() as contact):
            name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
            return t("said-contact", name=name, phone=contact.phone_number)
        case Message(poll=Poll() as poll):
            options = "\n".join(f"- {option.text}" for option in poll.options)
            return t("said-poll", question=poll.question, options=options)
        case Message(dice=Dice() as dice):
            return f"{dice.emoji} {dice.value}"
        case _:
            return ""


def _place(location: Location) -> str:
    return f"{location.latitude:.6f}, {location.longitude:.6f}"


def _origin(message: Message) -> str:
    """Who said it first, when it was forwarded."""
    match message.forward_origin:
        case MessageOriginUser(sender_user=user):
            return user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return chat.full_name
        case _:
            return ""


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
