"""What becomes of a pressed button: whose it is, that it comes to rest or is used up, what its message shows then."""

from __future__ import annotations

from contextlib import suppress

import structlog
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.i18n import Translator
from storage import QueuedUpdate

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


async def is_theirs(query: CallbackQuery, person_id: int, t: Translator) -> bool:
    """Whether a button made for this person was pressed by them; anybody else is told that it is not theirs."""
    if query.from_user.id == person_id:
        return True
    await settle(query, t("press-not-yours"), show_alert=True)
    return False


async def used_up(message: Message, queued: QueuedUpdate) -> bool:
    """Take the button away that may be pressed once; False when another press has done so before."""
    try:
        await message.edit_reply_markup(reply_markup=None)
    except TelegramBadRequest:
        # It is gone already: it was pressed twice, unless this is another try at the same press.
        return queued.attempts != 1
    return True


async def show_in(message: Message, text: str, keyboard: InlineKeyboardMarkup, *, html: bool = False) -> None:
    """Let something else stand in a message with buttons, unless it does already, or is too old, or gone."""
    with suppress(TelegramBadRequest):
        if html:
            await message.edit_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
        else:
            await message.edit_text(text, reply_markup=keyboard)
