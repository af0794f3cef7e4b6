"""What the bot offers when it is asked in other chats."""

from __future__ import annotations

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.callbacks import InlinePress, InlineStopPress
from bot.i18n import Translator
from bot.views.numbers import shortened

_TITLE = 60


def question_offered(t: Translator, question: str, *, key: str, person_id: int) -> InlineQueryResultArticle:
    """The one result of a query: the question, sent to the chat, where its answer takes its place.

    Without a button Telegram would not say which message it has become.
    """
    button = InlineKeyboardButton(
        text=t("inline-answer"), callback_data=InlinePress(key=key, person_id=person_id).pack()
    )
    return InlineQueryResultArticle(
        id=key,
        title=t("inline-title", question=shortened(question, _TITLE)),
        description=t("inline-hint"),
        input_message_content=InputTextMessageContent(
            message_text=t("inline-asked", question=question),
            parse_mode=None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )


def inline_stop_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Stop, below an answer that is being written into an inline message."""
    button = InlineKeyboardButton(text=t("stop-button"), callback_data=InlineStopPress(person_id=person_id).pack())
    return InlineKeyboardMarkup(inline_keyboard=[[button]])
