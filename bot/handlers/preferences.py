"""/settings: the language of the interface, whose answers, how they are worded and how they are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, InputRichMessage, Message

from bot.callbacks import (
    LanguagePress,
    Preference,
    PreferencePress,
    RichMessages,
    RichPress,
    SettingsPress,
)
from bot.handlers.own_model import show_own_models
from bot.handlers.personas import show_personas
from bot.i18n import Texts, Translator
from bot.model_control import ModelControl
from bot.places import topic_of
from bot.presses import is_theirs, settle, show_in
from bot.settings import RichMode
from bot.views.keyboards import rich_question_keyboard
from bot.views.settings import settings_keyboard, value_of
from llm.monitoring import ModelPerformanceMonitor
from storage import Creativity, People, Person, Preferences, Style


def preferences_router() -> Router:
    """What each person chooses for themselves."""
    router = Router(name="preferences")
    router.message.register(on_settings, Command("settings"))
    router.callback_query.register(on_language, LanguagePress.filter())
    router.callback_query.register(on_back, SettingsPress.filter())
    router.callback_query.register(on_preference, PreferencePress.filter())
    router.callback_query.register(on_rich, RichPress.filter())
    return router


async def on_settings(
    message: Message, person: Person, t: Translator, texts: Texts, control: ModelControl, rich_mode: RichMode
) -> None:
    """Show the choices."""
    keyboard = _keyboard(t, texts, person, control, rich_mode)
    await message.answer(t("settings-title"), reply_markup=keyboard)


async def on_language(
    query: CallbackQuery,
    callback_data: LanguagePress,
    person: Person,
    people: People,
    texts: Texts,
    control: ModelControl,
    rich_mode: RichMode,
) -> None:
    """Change the language, and the words of the settings with it."""
    if callback_data.code not in texts.languages:
        await settle(query)
        return
    await people.prefer(person.id, language=callback_data.code)
    t = texts.translator(callback_data.code)
    await settle(query, t("settings-language-set"))
    await show_settings(query, person, t, texts, control, rich_mode)


async def on_back(
    query: CallbackQuery,
    callback_data: SettingsPress,
    person: Person,
    t: Translator,
    texts: Texts,
    control: ModelControl,
    rich_mode: RichMode,
) -> None:
    """Show the settings again."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    await settle(query)
    await show_settings(query, person, t, texts, control, rich_mode)


async def on_preference(
    query: CallbackQuery,
    callback_data: PreferencePress,
    person: Person,
    t: Translator,
    texts: Texts,
    people: People,
    control: ModelControl,
    monitor: ModelPerformanceMonitor,
    rich_mode: RichMode,
) -> None:
    """Go on to the next value of a setting, or to the message in which there is more to choose from."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    await settle(query)
    if not isinstance(query.message, Message):
        return
    match callback_data.which:
        case Preference.MODEL:
            await show_own_models(query.message, person, t, control, monitor)
            return
        case Preference.PERSONA:
            await show_personas(query.message, person.id, person.persona, t, texts)
            return
    if callback_data.now == value_of(person, callback_data.which):  # else it was pressed twice
        changed = next_value(person, callback_data.which)
        await people.prefer(person.id, **changed)
        person = replace(person, **changed)
    await show_settings(query, person, t, texts, control, rich_mode)


def next_value(person: Person, which: Preference) -> Preferences:
    """What a press changes."""
    match which:
        case Preference.STYLE:
            return {"style": _after(person.style)}
        case Preference.CREATIVITY:
            return {"creativity": _after(person.creativity)}
        case Preference.THINKING:
            return {"show_thinking": not person.show_thinking}
        case Preference.STREAMING:
            return {"streaming": not person.streaming}
        case Preference.INTERRUPTS:
            return {"interrupts": not person.interrupts}
        case Preference.REACTIONS:
            return {"reactions": not person.reactions}
        case Preference.CLOUD:
            return {"at_home": not person.at_home}
        case Preference.MODEL | Preference.PERSONA:
            return {}


Value = TypeVar("Value", Style, Creativity)


def _after(value: Value) -> Value:
    """The next one, the first after the last."""
    values = list(type(value))
    return values[(values.index(value) + 1) % len(values)]


async def show_settings(
    query: CallbackQuery, person: Person, t: Translator, texts: Texts, control: ModelControl, rich_mode: RichMode
) -> None:
    """Show the settings in the place of the message with the button."""
    if isinstance(query.message, Message):
        await show_in(query.message, t("settings-title"), _keyboard(t, texts, person, control, rich_mode))


def _keyboard(
    t: Translator, texts: Texts, person: Person, control: ModelControl, rich_mode: RichMode
) -> InlineKeyboardMarkup:
    """All choices; about clouds only where there is one."""
    return settings_keyboard(t, texts, person, rich_offered=rich_mode is RichMode.ASK, cloud_offered=control.any_cloud)


async def on_rich(
    query: CallbackQuery, callback_data: RichPress, person: Person, t: Translator, people: People, bot: Bot
) -> None:
    """Send a sample first: a client that cannot show rich messages shows an empty bubble, and the bot is not told."""
    match callback_data.choice:
        case RichMessages.TRY:
            await settle(query)
            thread_id = topic_of(query.message) if isinstance(query.message, Message) else None
            await _send_sample(bot, person.id, thread_id, t)
        case RichMessages.SEEN:
            await people.prefer(person.id, rich_messages=True)
            await settle(query, t("settings-rich-on"), show_alert=True)
        case RichMessages.OFF:
            await people.prefer(person.id, rich_messages=False)
            await settle(query, t("settings-rich-is-off"), show_alert=True)


async def _send_sample(bot: Bot, chat_id: int, thread_id: int | None, t: Translator) -> None:
    try:
        sample = InputRichMessage(markdown=t("settings-rich-sample"))
        await bot.send_rich_message(chat_id, sample, message_thread_id=thread_id)
    except AiogramError:
        await bot.send_message(chat_id, t("settings-rich-unknown"), message_thread_id=thread_id)
        return
    await bot.send_message(
        chat_id, t("settings-rich-question"), message_thread_id=thread_id, reply_markup=rich_question_keyboard(t)
    )
