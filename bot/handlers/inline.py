"""Inline mode: `@bot question` in any chat, with the answer edited in."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, ChosenInlineResult, InlineQuery, InlineQueryResultsButton

from bot.callbacks import InlinePress, InlineStopPress
from bot.i18n import Translator
from bot.inline import InlineAnswers
from bot.presses import settle
from bot.views.inline import question_offered
from storage import Person, QueuedUpdate

_CACHE_SECONDS = 10


def inline_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="inline")
    router.callback_query.filter(F.inline_message_id)
    router.inline_query.register(on_inline_query)
    router.chosen_inline_result.register(on_chosen, F.inline_message_id)
    router.callback_query.register(on_inline_button, InlinePress.filter())
    router.callback_query.register(on_inline_stop, InlineStopPress.filter())
    return router


async def on_inline_query(query: InlineQuery, person: Person, t: Translator, inline: InlineAnswers) -> None:
    """Offer the question."""
    question = query.query.strip()
    results = [question_offered(t, question, key=inline.offer(question), person_id=person.id)] if question else []
    hint = None if question else InlineQueryResultsButton(text=t("inline-empty"), start_parameter="inline")
    with suppress(TelegramBadRequest):  # too old: who types fast has asked again already
        await query.answer(list(results), cache_time=_CACHE_SECONDS, is_personal=True, button=hint)


async def on_chosen(
    event: ChosenInlineResult, bot: Bot, person: Person, t: Translator, queued: QueuedUpdate, inline: InlineAnswers
) -> None:
    """Answer what has been sent to a chat."""
    if event.inline_message_id is not None:
        await inline.answer(
            bot, person, t, queued, inline_message_id=event.inline_message_id, question=event.query.strip()
        )


async def on_inline_button(
    query: CallbackQuery,
    callback_data: InlinePress,
    bot: Bot,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    inline: InlineAnswers,
) -> None:
    """The same, where Telegram does not tell that a result was chosen."""
    message_id, question = query.inline_message_id, inline.offered(callback_data.key)
    if person.id != callback_data.person_id:
        await settle(query, t("press-not-yours"), show_alert=True)
    elif message_id is None or question is None:
        await settle(query, t("inline-gone"), show_alert=True)
    elif inline.at_work_on(message_id):
        await settle(query, t("inline-working"))
    else:
        await settle(query)
        await inline.answer(bot, person, t, queued, inline_message_id=message_id, question=question)


async def on_inline_stop(
    query: CallbackQuery, callback_data: InlineStopPress, person: Person, t: Translator, inline: InlineAnswers
) -> None:
    """Stop the answer; nobody else in the chat may."""
    if person.id != callback_data.person_id or query.inline_message_id is None:
        await settle(query, t("press-not-yours"), show_alert=True)
        return
    stopped = await inline.stop(query.inline_message_id)
    await settle(query, "" if stopped else t("dialog-nothing-to-stop"))
