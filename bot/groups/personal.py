"""Words of a group that concern one person: only they see them, or all do for half a minute."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog
from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import CallbackQuery, EphemeralMessageParameters, InlineKeyboardMarkup, Message, ReplyParameters

from bot.places import topic_of
from llm.clock import Clock

logger = structlog.get_logger()

SHOWN_SECONDS = 30.0
_FAREWELL_SECONDS = 2.0


class PersonalNotes:
    """Sends ephemeral messages; an async context manager, which owns the work of deleting what all can see.

    A Bot API server older than 10.2 does not know them and sends what everybody sees: that is deleted after a while.
    """

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._passing: dict[tuple[int, int], asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = dict(self._passing)
        for task in left.values():
            task.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await asyncio.gather(*(self._delete(*place) for place in left))

    async def tell(
        self, message: Message, person_id: int, text: str, *, markup: InlineKeyboardMarkup | None = None
    ) -> None:
        """Tell somebody something, where a message is that they sent."""
        chat_id, thread_id = message.chat.id, topic_of(message)
        only_they = EphemeralMessageParameters(receiver_user_id=person_id)
        try:
            sent = await self._bot.send_message(
                chat_id,
                text,
                message_thread_id=thread_id,
                reply_markup=markup,
                ephemeral_message_parameters=only_they,
            )
        except TelegramBadRequest as error:
            logger.info("ephemeral_message_refused", chat_id=chat_id, description=error.message)
            replied = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
            sent = await self._bot.send_message(
                chat_id,
                text,
                message_thread_id=thread_id,
                reply_markup=markup,
                reply_parameters=replied if message.message_id else None,
            )
        if sent.ephemeral_message_id is None:
            self._passes(chat_id, sent.message_id)

    async def change(self, query: CallbackQuery, text: str, markup: InlineKeyboardMarkup | None) -> None:
        """Put other words in the place of those whose button was pressed."""
        shown = query.message
        if not isinstance(shown, Message):
            return
        with suppress(TelegramBadRequest):  # it says that already, or is gone
            if shown.ephemeral_message_id is not None:
                await self._bot.edit_ephemeral_message_text(
                    chat_id=shown.chat.id,
                    receiver_user_id=query.from_user.id,
                    ephemeral_message_id=shown.ephemeral_message_id,
                    text=text,
                    reply_markup=markup,
                )
                return
            self._passes(shown.chat.id, shown.message_id)
            await shown.edit_text(text, reply_markup=markup)

    def _passes(self, chat_id: int, message_id: int) -> None:
        """Delete a message in a while; who uses its buttons has it for as long again."""
        place = (chat_id, message_id)
        if (before := self._passing.pop(place, None)) is not None:
            before.cancel()
        task = asyncio.create_task(self._pass(place), name=f"passing {chat_id}")
        self._passing[place] = task

    async def _pass(self, place: tuple[int, int]) -> None:
        await self._clock.sleep(SHOWN_SECONDS)
        await self._delete(*place)
        self._passing.pop(place, None)

    async def _delete(self, chat_id: int, message_id: int) -> None:
        try:
            await self._bot.delete_message(chat_id, message_id)
        except AiogramError as error:
            logger.debug("note_not_deleted", chat_id=chat_id, error=type(error).__name__)


async def answer_alone(personal: PersonalNotes | None, message: Message, person_id: int, text: str) -> None:
    """Answer somebody in whichever chat it is: in a private one they are alone anyhow."""
    if personal is None or message.chat.type == ChatType.PRIVATE:
        await message.answer(text)
    else:
        await personal.tell(message, person_id, text)
