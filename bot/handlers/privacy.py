"""/privacy and /forget: what is kept of a person and where it goes; all of it deleted."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import ForgetPress
from bot.i18n import Translator
from bot.limits import Limits
from bot.model_control import ModelControl
from bot.presses import is_theirs, settle
from bot.running import RunningAnswers
from bot.views.keyboards import forget_keyboard
from bot.views.privacy import forget_question, privacy_text
from storage import Forgetting, Limit, OwnData, Person, QueuedUpdate, Usage


def privacy_router() -> Router:
    """For everyone who may talk to the bot; each about themselves only."""
    router = Router(name="privacy")
    router.message.register(on_privacy, Command("privacy"))
    router.message.register(on_forget, Command("forget"))
    router.callback_query.register(on_forget_press, ForgetPress.filter())
    return router


async def on_privacy(
    message: Message,
    person: Person,
    t: Translator,
    own_data: OwnData,
    usage: Usage,
    limits: Limits,
    control: ModelControl,
) -> None:
    """Say what is kept, for how long, who gets to read it, and what the person has used."""
    text = privacy_text(
        t,
        await own_data.kept(person.id),
        models=[one.model for one in control.models],
        limits={limit.value: limits.of(person, limit) for limit in Limit},
        today=await usage.today(person.id),
        month=await usage.this_month(person.id),
        private=message.chat.id == person.id,
        at_home=person.at_home,
        speech_in_cloud=control.speech_in_cloud,
    )
    await message.answer(text)


async def on_forget(message: Message, person: Person, t: Translator, forgetting: Forgetting) -> None:
    """Say what would be deleted, and what stays, and ask."""
    found = await forgetting.look(person.id)
    await message.answer(forget_question(t, found), reply_markup=forget_keyboard(t, person.id))


async def on_forget_press(
    query: CallbackQuery,
    callback_data: ForgetPress,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    forgetting: Forgetting,
    running: RunningAnswers,
) -> None:
    """Delete everything. What is being answered is stopped, and what waits for an answer gets none."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    if not callback_data.sure:
        await settle(query)
        await _say(query, t("forget-was-not"))
        return
    await settle(query, t("forget-under-way"))
    await forgetting.drop_waiting(person.id, before_update=queued.update_id)
    await running.stop_of(person.id)
    found = await forgetting.forget(person.id, before_update=queued.update_id)
    await _say(query, t("forget-done", conversations=found.conversations, messages=found.messages))


async def _say(query: CallbackQuery, text: str) -> None:
    """In the place of the question."""
    if isinstance(query.message, Message):
        with suppress(TelegramBadRequest):  # pressed twice, or it is gone
            await query.message.edit_text(text)
