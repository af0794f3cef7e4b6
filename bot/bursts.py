"""Several messages that a person sends at a stretch, read as one: pieces of a text, albums, a comment on a forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
import structlog
from aiogram.enums import ChatType
from aiogram.types import Message, Update
from pydantic import ValidationError

from bot.filters import is_command
from bot.places import topic_of
from bot.said import said_in
from bot.sent.carried import carried_by
from llm.clock import Clock
from storage import Inbox, Part, QueuedUpdate, joined

logger = structlog.get_logger()

WAIT_SECONDS = 0.35
"""So long more may come after a message that looks complete. A comment and what is forwarded with it are sent in one
go: what is on its way arrives within some tens of milliseconds."""
PIECE_WAIT_SECONDS = 1.5
"""After a piece that is as long as a message can be: the next one is as large, and may travel slowly."""
FORWARD_WAIT_SECONDS = 1.0
"""After what is forwarded, or a part of an album."""
SAME_STRETCH_SECONDS = 1.0
"""Messages that had to wait anyhow belong together when no more than this lies between them."""
MOST_SECONDS = 10.0
MOST_MESSAGES = 100
_NEAR_FULL_UNITS = 4000


@dataclass(frozen=True, slots=True)
class Burst:
    """What was said at a stretch; `joined` are the updates that brought what came after the first message.

    `messages` are the messages themselves, of each the newest version.
    """

    parts: tuple[Part, ...]
    joined: tuple[int, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def text(self) -> str:
        """All of it as one text."""
        return joined(self.parts)[0]

    @property
    def context(self) -> str:
        """What was quoted and forwarded with it."""
        return joined(self.parts)[1]


@dataclass(frozen=True, slots=True)
class _Heard:
    message: Message
    received_at: datetime


class Bursts:
    """Reads what waits behind a message, and waits for a moment where more may come."""

    def __init__(self, inbox: Inbox, clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock

    async def gather(self, message: Message, queued: QueuedUpdate) -> Burst:
        """The message with all that belongs to it, edits of it among that.

        The further updates stay in the inbox until the turn is closed that they are a part of. Raises `ReadFailed`.
        """
        if message.chat.type != ChatType.PRIVATE and message.media_group_id is None:
            return Burst((said_in(message),), messages=(message,))  # what comes next there may not be meant for the bot
        last = _Heard(message, queued.received_at or self._clock.now())
        burst, seen = Burst((said_in(message),), messages=(message,)), queued.update_id
        began = self._clock.monotonic()
        while True:
            more = True
            for update in await self._inbox.following(queued.lane, seen):
                grown = _grown(burst, last, update)
                more = grown is not None and len(grown[0].parts) < MOST_MESSAGES
                if grown is None:
                    break
                burst, last = grown
                seen = update.update_id
            age = (self._clock.now() - last.received_at).total_seconds()
            left = _wait_after(last.message) - max(0.0, age)
            if not more or left <= 0 or self._clock.monotonic() - began > MOST_SECONDS:
                return burst
            await self._clock.sleep(left)


def _grown(burst: Burst, last: _Heard, update: QueuedUpdate) -> tuple[Burst, _Heard] | None:
    """The burst with what another update brings; None: that one is not a part of it."""
    try:
        read = Update.model_validate(orjson.loads(update.payload), context={"bot": last.message.bot})
    except (ValueError, ValidationError):
        return None
    if update.received_at is None:
        return None
    if read.edited_message is not None:
        part = said_in(read.edited_message)
        if not any(one.telegram_id == part.telegram_id for one in burst.parts):
            return None
        parts = tuple(part if one.telegram_id == part.telegram_id else one for one in burst.parts)
        edited = read.edited_message
        messages = tuple(edited if one.message_id == edited.message_id else one for one in burst.messages)
        return Burst(parts, (*burst.joined, update.update_id), messages), last
    message = read.message
    if message is None or not _goes_on(last, message, update.received_at):
        return None
    joined_updates = (*burst.joined, update.update_id)
    grown = Burst((*burst.parts, said_in(message)), joined_updates, (*burst.messages, message))
    return grown, _Heard(message, update.received_at)


def _goes_on(last: _Heard, message: Message, received_at: datetime) -> bool:
    """Whether a message was sent at a stretch with the last one, by the same person."""
    before = last.message
    if message.chat.type != ChatType.PRIVATE and message.media_group_id != before.media_group_id:
        return False
    same = (
        message.from_user is not None
        and before.from_user is not None
        and message.from_user.id == before.from_user.id
        and topic_of(message) == topic_of(before)
    )
    plain = carried_by(message) is not None or (bool(message.text) and not is_command(message.text or ""))
    replied = message.reply_to_message
    onwards = replied is None or (
        before.reply_to_message is not None and replied.message_id == before.reply_to_message.message_id
    )
    span = max(SAME_STRETCH_SECONDS, _wait_after(before))
    soon = (received_at - last.received_at).total_seconds() <= span
    # Telegram's own time has whole seconds. It tells apart what was fetched at once after the bot had been away.
    return same and plain and onwards and soon and (message.date - before.date).total_seconds() <= span + 1


def _wait_after(message: Message) -> float:
    """How long after a message another one may come that belongs to it."""
    if len((message.text or "").encode("utf-16-le")) // 2 >= _NEAR_FULL_UNITS:
        return PIECE_WAIT_SECONDS
    more_is_usual = message.forward_origin is not None or message.media_group_id is not None
    return FORWARD_WAIT_SECONDS if more_is_usual else WAIT_SECONDS
