"""What a person writes while an answer comes: it waits with a sign that it was seen, or it ends the answer."""

from __future__ import annotations

import orjson
import structlog
from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import Message, Update

from bot.places import topic_of
from bot.running import RunningAnswers
from bot.seen_sign import mark_seen
from bot.task_owner import TaskOwner
from storage import Answers, People, QueuedUpdate, StorageError

logger = structlog.get_logger()


class Overlaps(TaskOwner):
    """Looks at what has to wait behind an answer; an async context manager, which owns that work."""

    def __init__(self, bot: Bot, people: People, answers: Answers, running: RunningAnswers) -> None:
        super().__init__()
        self._bot = bot
        self._people = people
        self._answers = answers
        self._running = running
        self._marked: set[tuple[int, int]] = set()

    def waits(self, update: QueuedUpdate) -> None:
        """Take note that an update has to wait for others of its lane; returns at once."""
        self._begin(self._look_at(update), "overlap")

    def begun(self, chat_id: int, message_id: int) -> None:
        """Take the sign away again: the message waits no longer."""
        if (chat_id, message_id) in self._marked:
            self._marked.discard((chat_id, message_id))
            self._begin(mark_seen(self._bot, chat_id, message_id, seen=False), "overlap")

    async def _look_at(self, update: QueuedUpdate) -> None:
        try:
            read = Update.model_validate(orjson.loads(update.payload))
            message = read.edited_message or read.message
            if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
                return
            if self._running.answers_in(message.chat.id, topic_of(message) or 0):
                await self._act(message, message.from_user.id, edited=read.edited_message is not None)
        except (ValueError, StorageError) as error:
            logger.info("overlap_not_looked_at", error=type(error).__name__)

    async def _act(self, message: Message, person_id: int, *, edited: bool) -> None:
        chat_id, thread_id = message.chat.id, topic_of(message) or 0
        if edited:
            # The answer is to another question than the person's now: it will be written anew.
            if await self._answers.awaited(chat_id, message.message_id):
                await self._running.stop(chat_id, thread_id)
            return
        person = await self._people.get(person_id)
        if person is None:
            return
        if person.interrupts:
            await self._running.stop(chat_id, thread_id)
        elif person.reactions:
            self._marked.add((chat_id, message.message_id))
            await mark_seen(self._bot, chat_id, message.message_id, seen=True)
