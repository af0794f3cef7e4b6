"""What a person writes while an answer comes: it waits with a sign that it was seen, or it ends the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

import orjson
import structlog
from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.types import Message, ReactionTypeEmoji, Update

from bot.places import topic_of
from bot.running import RunningAnswers
from storage import Answers, People, QueuedUpdate, StorageError

logger = structlog.get_logger()

SEEN = "👀"


class Overlaps:
    """Looks at what has to wait behind an answer; an async context manager, which owns that work."""

    def __init__(self, bot: Bot, people: People, answers: Answers, running: RunningAnswers) -> None:
        self._bot = bot
        self._people = people
        self._answers = answers
        self._running = running
        self._tasks: set[asyncio.Task[None]] = set()
        self._marked: set[tuple[int, int]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def waits(self, update: QueuedUpdate) -> None:
        """Take note that an update has to wait for others of its lane; returns at once."""
        self._begin(self._look_at(update))

    def begun(self, chat_id: int, message_id: int) -> None:
        """Take the sign away again: the message waits no longer."""
        if (chat_id, message_id) in self._marked:
            self._marked.discard((chat_id, message_id))
            self._begin(self._mark(chat_id, message_id, seen=False))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="overlap")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
            await self._mark(chat_id, message.message_id, seen=True)

    async def _mark(self, chat_id: int, message_id: int, *, seen: bool) -> None:
        try:
            await self._bot.set_message_reaction(
                chat_id, message_id, reaction=[ReactionTypeEmoji(emoji=SEEN)] if seen else []
            )
        except AiogramError as error:  # a decoration: it is not worth a word
            logger.debug("reaction_not_set", chat_id=chat_id, error=type(error).__name__)
