"""The one message of /settings: what a person has chosen, each on a button that changes it."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import LanguagePress, Preference, PreferencePress, RichMessages, RichPress, SettingsPress
from bot.i18n import Texts, Translator
from bot.views.numbers import shortened
from storage import Person

NAME_WIDTH = 24


def settings_keyboard(
    t: Translator, texts: Texts, person: Person, *, rich_offered: bool, cloud_offered: bool = False
) -> InlineKeyboardMarkup:
    """Languages in a row; the model and who the bot is; how answers are worded and shown, two beside each other."""
    languages = [
        InlineKeyboardButton(
            text=("✓ " if code == t.language else "") + texts.own_name(code),
            callback_data=LanguagePress(code=code).pack(),
        )
        for code in texts.languages
    ]
    model = t("choice-automatic") if person.model is None else shortened(person.model, NAME_WIDTH)
    rows = [
        languages,
        [_button(t("settings-model", value=model), Preference.MODEL, person)],
        [_button(t("settings-persona", value=persona_name(t, texts, person.persona)), Preference.PERSONA, person)],
        [_choice(t, person, Preference.STYLE), _choice(t, person, Preference.CREATIVITY)],
        [_choice(t, person, Preference.THINKING), _choice(t, person, Preference.STREAMING)],
        [_choice(t, person, Preference.INTERRUPTS), _choice(t, person, Preference.REACTIONS)],
    ]
    if cloud_offered or person.at_home:
        rows.append([_choice(t, person, Preference.CLOUD)])
    if rich_offered:
        key, act = (
            ("settings-rich-off", RichMessages.OFF) if person.rich_messages else ("settings-rich-try", RichMessages.TRY)
        )
        rows.append([InlineKeyboardButton(text=t(key), callback_data=RichPress(choice=act).pack())])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def back_to_settings(t: Translator, person_id: int) -> InlineKeyboardButton:
    """The way back, below what was opened from the settings."""
    return InlineKeyboardButton(text=t("settings-back"), callback_data=SettingsPress(person_id=person_id).pack())


def value_of(person: Person, which: Preference) -> str:
    """What a person has chosen, as it is called in buttons and texts."""
    match which:
        case Preference.STYLE:
            return person.style.value
        case Preference.CREATIVITY:
            return person.creativity.value
        case Preference.THINKING:
            return _on(person.show_thinking)
        case Preference.STREAMING:
            return _on(person.streaming)
        case Preference.INTERRUPTS:
            return _on(person.interrupts)
        case Preference.REACTIONS:
            return _on(person.reactions)
        case Preference.CLOUD:
            return _on(not person.at_home)
        case Preference.MODEL | Preference.PERSONA:
            return ""


def persona_name(t: Translator, texts: Texts, persona: str | None) -> str:
    """The name of a ready one, whatever language it was chosen in; of one's own that it is that."""
    if persona is None:
        return t("persona-none")
    ready = (name for name in PERSONAS for code in texts.languages if persona == persona_text(texts, code, name))
    name = next(ready, None)
    return t("persona-own") if name is None else t(f"persona-{name}")


PERSONAS = ("teacher", "programmer", "editor", "translator", "friend")
"""The ready ones, by their names."""


def persona_text(texts: Texts, language: str, name: str) -> str:
    """What a model is told of a ready one."""
    return texts.translator(language)(f"persona-{name}-text")


def _on(value: bool) -> str:
    return "on" if value else "off"


def _choice(t: Translator, person: Person, which: Preference) -> InlineKeyboardButton:
    value = t(f"settings-{which.value}-{value_of(person, which)}")
    return _button(t(f"settings-{which.value}", value=value), which, person)


def _button(text: str, which: Preference, person: Person) -> InlineKeyboardButton:
    data = PreferencePress(which=which, person_id=person.id, now=value_of(person, which))
    return InlineKeyboardButton(text=text, callback_data=data.pack())
