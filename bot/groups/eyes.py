"""👀 on a message of a group for as long as it waits for its answer."""

from __future__ import annotations

import asyncio

import orjson
import structlog
from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.types import Message, Update

from bot.groups.gate import Entry, GroupGate, Verdict
from bot.seen_sign import mark_seen
from bot.task_owner import TaskOwner
from storage import QueuedUpdate, StorageError

logger = structlog.get_logger()


class Eyes(TaskOwner):
    """Sets and takes away the sign; an async context manager, which owns that work. No answer waits for it."""

    def __init__(self, bot: Bot, gate: GroupGate) -> None:
        super().__init__()
        self._bot = bot
        self._gate = gate
        self._work: dict[tuple[int, int], asyncio.Task[None]] = {}

    def waits(self, update: QueuedUpdate) -> None:
        """Take note that an update has to wait for others of its lane; returns at once."""
        if b'"group"' in update.payload or b'"supergroup"' in update.payload:
            self._begin(self._look_at(update), "eyes")

    def opened(self, entry: Entry) -> None:
        """Show that a message is being answered, where that is wanted."""
        message = entry.message
        wanted = entry.said and entry.verdict is Verdict.LET_IN and entry.group.reactions and entry.person.reactions
        if wanted and message.message_id and _place(message) not in self._work:
            self._set(message, seen=True)

    def closed(self, message: Message) -> None:
        """Take the sign away, if there is one: the message waits no longer."""
        if _place(message) in self._work:
            self._set(message, seen=False)

    async def _look_at(self, update: QueuedUpdate) -> None:
        try:
            message = Update.model_validate(orjson.loads(update.payload)).message
            if message is None or message.chat.type == ChatType.PRIVATE:
                return
            entry = await self._gate.look(message)
        except (ValueError, StorageError, AiogramError) as error:
            logger.info("waiting_not_looked_at", error=type(error).__name__)
            return
        if entry is not None:
            self.opened(entry)

    def _set(self, message: Message, *, seen: bool) -> None:
        place = _place(message)
        before = self._work.get(place)
        task = self._begin(self._mark(place, before, seen=seen), "eyes")
        if seen:
            self._work[place] = task
        else:
            self._work.pop(place, None)

    async def _mark(self, place: tuple[int, int], before: asyncio.Task[None] | None, *, seen: bool) -> None:
        if before is not None:  # the order counts: the last word stays
            await asyncio.wait({before})
        await mark_seen(self._bot, *place, seen=seen)


def _place(message: Message) -> tuple[int, int]:
    return message.chat.id, message.message_id
