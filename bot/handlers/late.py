"""The button under an apology: what came too late is answered after all."""

from __future__ import annotations

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from bot.callbacks import LatePress
from bot.i18n import Translator
from bot.intake.inbox import InboxWorker
from bot.presses import is_theirs, settle
from storage import Inbox


def late_router() -> Router:
    """For what waited too long."""
    router = Router(name="late")
    router.callback_query.register(on_late, LatePress.filter())
    return router


async def on_late(
    query: CallbackQuery, callback_data: LatePress, t: Translator, inbox: Inbox, worker: InboxWorker
) -> None:
    """Put it back into the line. A second press finds nothing."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    if not isinstance(query.message, Message):
        await settle(query, t("late-gone"))
        return
    wanted = await inbox.want(query.message.chat.id)
    worker.wake()
    await settle(query, "" if wanted else t("late-gone"))
    try:
        await query.message.edit_reply_markup(reply_markup=None)
    except TelegramBadRequest:
        return  # pressed twice
