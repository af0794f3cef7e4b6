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
from pydantic import ValidationError

from bot.places import topic_of
from bot.running import RunningAnswers
from storage import People, QueuedUpdate, StorageError

logger = structlog.get_logger()

SEEN = "👀"


class Overlaps:
    """Looks at what has to wait behind an answer; an async context manager, which owns that work."""

    def __init__(self, bot: Bot, people: People, running: RunningAnswers) -> None:
        self._bot = bot
        self._people = people
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
        message = _said(update)
        if (
            message is None
            or message.from_user is None
            or not self._running.answers_in(message.chat.id, topic_of(message) or 0)
        ):
            return
        try:
            person = await self._people.get(message.from_user.id)
        except StorageError as error:
            logger.info("overlap_not_looked_at", error=type(error).__name__)
            return
        if person is None:
            return
        if person.interrupts:
            await self._running.stop(message.chat.id, topic_of(message) or 0)
        elif person.reactions:
            self._marked.add((message.chat.id, message.message_id))
            await self._mark(message.chat.id, message.message_id, seen=True)

    async def _mark(self, chat_id: int, message_id: int, *, seen: bool) -> None:
        try:
            await self._bot.set_message_reaction(
                chat_id, message_id, reaction=[ReactionTypeEmoji(emoji=SEEN)] if seen else []
            )
        except AiogramError as error:  # a decoration: it is not worth a word
            logger.debug("reaction_not_set", chat_id=chat_id, error=type(error).__name__)


def _said(update: QueuedUpdate) -> Message | None:
    """The message of a private chat that an update brings; None: it brings something else."""
    try:
        message = Update.model_validate(orjson.loads(update.payload)).message
    except (ValueError, ValidationError):
        return None
    return message if message is not None and message.chat.type == ChatType.PRIVATE else None
