"""The buttons under messages."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import AccessDecision, AccessPress, LanguagePress, RichMessages, RichPress, StopPress
from bot.i18n import Texts, Translator
from storage import Person


def access_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Allow and Refuse, under the card about a stranger."""
    return _rows(
        [
            (t("access-allow"), AccessPress(decision=AccessDecision.ALLOW, person_id=person_id).pack()),
            (t("access-refuse"), AccessPress(decision=AccessDecision.REFUSE, person_id=person_id).pack()),
        ]
    )


def stop_keyboard(t: Translator) -> InlineKeyboardMarkup:
    """Stop, under an answer that is being written by edits."""
    return _rows([(t("stop-button"), StopPress().pack())])


def settings_keyboard(t: Translator, texts: Texts, person: Person, *, rich_offered: bool) -> InlineKeyboardMarkup:
    """Languages in a row, and what can be done about rich messages below."""
    languages = [
        (("✓ " if code == t.language else "") + t(f"settings-language-{code}"), LanguagePress(code=code).pack())
        for code in texts.languages
    ]
    if not rich_offered:
        return _rows(languages)
    if person.rich_messages:
        rich = (t("settings-rich-off"), RichPress(choice=RichMessages.OFF).pack())
    else:
        rich = (t("settings-rich-try"), RichPress(choice=RichMessages.TRY).pack())
    return _rows(languages, [rich])


def rich_question_keyboard(t: Translator) -> InlineKeyboardMarkup:
    """Whether the sample of a rich message shows."""
    return _rows(
        [
            (t("settings-rich-seen"), RichPress(choice=RichMessages.SEEN).pack()),
            (t("settings-rich-not-seen"), RichPress(choice=RichMessages.OFF).pack()),
        ]
    )


def _rows(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows]
    )
