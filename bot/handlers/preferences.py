"""/settings: the language of the interface, and rich messages for whom they show."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InputRichMessage, Message

from bot.callbacks import LanguagePress, RichMessages, RichPress
from bot.i18n import Texts, Translator
from bot.presses import settle
from bot.settings import RichMode
from bot.views.keyboards import rich_question_keyboard, settings_keyboard
from storage import People, Person


def preferences_router() -> Router:
    """What each person chooses for themselves."""
    router = Router(name="preferences")
    router.message.register(on_settings, Command("settings"))
    router.callback_query.register(on_language, LanguagePress.filter())
    router.callback_query.register(on_rich, RichPress.filter())
    return router


async def on_settings(message: Message, person: Person, t: Translator, texts: Texts, rich_mode: RichMode) -> None:
    """Show the choices."""
    keyboard = settings_keyboard(t, texts, person, rich_offered=rich_mode is RichMode.ASK)
    await message.answer(t("settings-title"), reply_markup=keyboard)


async def on_language(
    query: CallbackQuery,
    callback_data: LanguagePress,
    person: Person,
    people: People,
    texts: Texts,
    rich_mode: RichMode,
) -> None:
    """Change the language, and the words of the settings with it."""
    if callback_data.code not in texts.languages:
        await settle(query)
        return
    await people.set_language(person.id, callback_data.code)
    t = texts.translator(callback_data.code)
    await settle(query, t("settings-language-set"))
    if isinstance(query.message, Message) and callback_data.code != person.language:
        keyboard = settings_keyboard(t, texts, person, rich_offered=rich_mode is RichMode.ASK)
        with suppress(TelegramBadRequest):  # it shows that language already, or is too old to change
            await query.message.edit_text(t("settings-title"), reply_markup=keyboard)


async def on_rich(
    query: CallbackQuery, callback_data: RichPress, person: Person, t: Translator, people: People, bot: Bot
) -> None:
    """Send a sample first: a client that cannot show rich messages shows an empty bubble, and the bot is not told."""
    match callback_data.choice:
        case RichMessages.TRY:
            await settle(query)
            await _send_sample(bot, person.id, t)
        case RichMessages.SEEN:
            await people.set_rich_messages(person.id, True)
            await settle(query, t("settings-rich-on"), show_alert=True)
        case RichMessages.OFF:
            await people.set_rich_messages(person.id, False)
            await settle(query, t("settings-rich-is-off"), show_alert=True)


async def _send_sample(bot: Bot, chat_id: int, t: Translator) -> None:
    try:
        await bot.send_rich_message(chat_id, InputRichMessage(markdown=t("settings-rich-sample")))
    except AiogramError:
        await bot.send_message(chat_id, t("settings-rich-unknown"))
        return
    await bot.send_message(chat_id, t("settings-rich-question"), reply_markup=rich_question_keyboard(t))
