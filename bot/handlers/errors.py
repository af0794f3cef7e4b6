"""What is left when everything else has failed: the person gets a number, the log the details under it."""

from __future__ import annotations

import random

import structlog
from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import AiogramError, TelegramForbiddenError, TelegramNetworkError, TelegramServerError
from aiogram.types import ErrorEvent

from bot.cooldown import Cooldown
from bot.faults import trace_of
from bot.groups.personal import PersonalNotes, answer_alone
from bot.i18n import Texts, Translator
from llm.clock import Clock

logger = structlog.get_logger()


class ErrorReporter:
    """Tells a person that something in the bot broke, in words they can pass on."""

    def __init__(
        self, texts: Texts, randomness: random.Random, clock: Clock, personal: PersonalNotes | None = None
    ) -> None:
        """In groups it is told by `personal` notes."""
        self._texts = texts
        self._random = randomness
        self._told = Cooldown(clock)
        self._personal = personal

    async def report(self, event: ErrorEvent, t: Translator | None = None) -> object:
        """Log and tell, in messages once a minute in each chat; the update counts as dealt with.

        When Telegram stays away, the intake tries it again.
        """
        if isinstance(event.exception, TelegramNetworkError | TelegramServerError):
            return UNHANDLED
        if isinstance(event.exception, TelegramForbiddenError):
            logger.info("person_blocked_the_bot", update_id=event.update.update_id)
            return True
        number = f"{self._random.randrange(16**6):06x}"
        logger.error(
            "handler_failed", reference=number, update_id=event.update.update_id, trace=trace_of(event.exception)
        )
        words = t or self._texts.translator(None)
        try:
            message = event.update.message
            if message is not None and self._told.passes(message.chat.id):
                person_id = message.from_user.id if message.from_user is not None else message.chat.id
                await answer_alone(self._personal, message, person_id, words("internal-error", reference=number))
            elif event.update.callback_query is not None:
                await event.update.callback_query.answer(words("internal-error", reference=number), show_alert=True)
        except AiogramError as error:
            logger.warning("error_not_told", reference=number, error=type(error).__name__)
        return True


def errors_router(reporter: ErrorReporter) -> Router:
    """Catches what no handler has."""
    router = Router(name="errors")
    # The method itself: aiogram does not see that an object with an async `__call__` must be awaited.
    router.errors.register(reporter.report)
    return router
