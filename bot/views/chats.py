"""The conversations of a chat as a list of buttons, and one of them as a card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import ChatsAct, ChatsPress
from bot.conversation_export import title_by_rule
from bot.i18n import Translator
from bot.views.numbers import count, duration, shortened
from storage import PastConversation

ON_A_PAGE = 8
BUTTON_WIDTH = 34


def chats_keyboard(
    t: Translator, found: Sequence[PastConversation], *, person_id: int, page: int, pages: int
) -> InlineKeyboardMarkup:
    """One button for each, the open one marked; the other pages."""
    rows = [
        [
            _button(
                ("• " if one.open else "") + shortened(_title(t, one), BUTTON_WIDTH),
                ChatsPress(act=ChatsAct.SHOW, person_id=person_id, conversation=one.id, page=page),
            )
        ]
        for one in found
    ]
    turning = [
        _button(sign, ChatsPress(act=ChatsAct.ALL, person_id=person_id, page=to))
        for sign, to in (("‹", page - 1), ("›", page + 1))
        if 0 <= to < pages
    ]
    return InlineKeyboardMarkup(inline_keyboard=[*rows, turning] if turning else rows)


def chat_text(t: Translator, one: PastConversation, now: datetime) -> str:
    """What one is about, how long it is, when it was last gone on with."""
    ago = duration(t, (now - one.last_at).total_seconds())
    return t("chats-card", title=_title(t, one), number=one.messages, messages=count(t, one.messages), ago=ago)


def chat_keyboard(t: Translator, one: PastConversation, *, person_id: int, page: int) -> InlineKeyboardMarkup:
    """Go on with it, unless it is the open one; delete it; back."""
    acts = [(t("chats-delete"), ChatsAct.ASK), (t("chats-back"), ChatsAct.ALL)]
    if not one.open:
        acts.insert(0, (t("chats-take-up"), ChatsAct.TAKE_UP))
    return _acts(acts, one, person_id, page)


def sure_keyboard(t: Translator, one: PastConversation, *, person_id: int, page: int) -> InlineKeyboardMarkup:
    """Whether it is really to be deleted."""
    return _acts([(t("chats-delete-sure"), ChatsAct.DELETE), (t("chats-keep"), ChatsAct.SHOW)], one, person_id, page)


def _acts(
    acts: Sequence[tuple[str, ChatsAct]], one: PastConversation, person_id: int, page: int
) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [_button(text, ChatsPress(act=act, person_id=person_id, conversation=one.id, page=page))]
            for text, act in acts
        ]
    )


def _title(t: Translator, one: PastConversation) -> str:
    return title_by_rule(one.first_words) or t("export-untitled")


def _button(text: str, data: ChatsPress) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())
