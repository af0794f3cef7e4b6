"""Lets a pressed button come to rest."""

from __future__ import annotations

import structlog
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery

logger = structlog.get_logger()


async def settle(query: CallbackQuery, text: str = "", *, show_alert: bool = False) -> None:
    """Answer a press, with words or without; a query can be answered once.

    Telegram forgets a query soon. One that waited while the bot was away is acted on all the same, so that it is too
    late for the words alone.
    """
    try:
        await query.answer(text or None, show_alert=show_alert or None)
    except TelegramBadRequest:
        logger.info("press_too_old_to_answer")
