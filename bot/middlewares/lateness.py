"""Whoever wrote long ago gets a word of apology and the choice whether it is to be answered still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import Message, ReplyParameters, TelegramObject, Update

from bot.i18n import Translator
from bot.intake.lanes import is_said
from bot.views.keyboards import late_keyboard
from bot.views.numbers import duration
from llm.clock import Clock
from storage import Inbox, Person, QueuedUpdate

logger = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

APOLOGY_HOLDS = timedelta(minutes=10)
"""What else is found to be late in the chat meanwhile is meant by the same apology."""


class LatenessMiddleware(BaseMiddleware):
    """Puts off what people said before `within` had passed; with 0 it answers everything. Behind `PersonMiddleware`."""

    def __init__(self, inbox: Inbox, clock: Clock, within: timedelta) -> None:
        self._inbox = inbox
        self._clock = clock
        self.within = within

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on unless it is too late for that."""
        queued: QueuedUpdate = data["queued"]
        message = event.message if isinstance(event, Update) else None
        if message is None or not self._late(message, queued):
            return await handler(event, data)
        person: Person = data["person"]
        t: Translator = data["t"]
        now = self._clock.now()
        if not await self._inbox.any_put_off(message.chat.id, now - APOLOGY_HOLDS):
            await message.answer(
                t("late-apology", time=duration(t, (now - message.date).total_seconds())),
                reply_markup=late_keyboard(t, person.id),
                reply_parameters=ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True),
            )
        logger.info("update_put_off", update_id=queued.update_id)
        await self._inbox.put_off(queued.update_id)
        return None

    def _late(self, message: Message, queued: QueuedUpdate) -> bool:
        """Whether it waited for too long, wherever. An answer that had begun to show is brought to its end."""
        if not self.within or queued.wanted or queued.messages_sent or queued.sending_after is not None:
            return False
        return is_said(queued.lane) and self._clock.now() - message.date > self.within
