"""/chats: the conversations that a person has had in a chat, to go on with one or to delete it."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.answer_buttons import AnswerButtons
from bot.callbacks import ChatsAct, ChatsPress
from bot.i18n import Translator
from bot.places import topic_of
from bot.presses import is_theirs, settle, show_in
from bot.running import RunningAnswers
from bot.views.chats import ON_A_PAGE, chat_keyboard, chat_text, chats_keyboard, sure_keyboard
from llm.clock import Clock
from storage import PastConversation, PastConversations, Person


def chats_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="chats")
    router.message.register(on_chats, Command("chats"))
    router.callback_query.register(on_chats_press, ChatsPress.filter())
    return router


async def on_chats(message: Message, person: Person, t: Translator, past: PastConversations) -> None:
    """Show what there is."""
    text, keyboard = await _list(past, message, person, t)
    await message.answer(text, reply_markup=keyboard)


async def on_chats_press(
    query: CallbackQuery,
    callback_data: ChatsPress,
    bot: Bot,
    person: Person,
    t: Translator,
    past: PastConversations,
    running: RunningAnswers,
    buttons: AnswerButtons,
    clock: Clock,
) -> None:
    """Show one, go on with it, delete it once that is sure, or go back to all."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    message, act, page = query.message, callback_data.act, callback_data.page
    if not isinstance(message, Message):
        await settle(query)
        return
    place = (message.chat.id, topic_of(message) or 0)
    one = None if act is ChatsAct.ALL else await past.get(callback_data.conversation, *place)
    if one is None and act is not ChatsAct.ALL:
        await settle(query, t("chats-gone"))
    elif one is not None and act in {ChatsAct.TAKE_UP, ChatsAct.DELETE}:
        if one.open is (act is ChatsAct.DELETE):  # what is being written belongs to the open one
            await running.stop(*place)
            await buttons.leave_last(bot, *place)
        if act is ChatsAct.TAKE_UP:
            await past.take_up(one.id, *place)
            await settle(query, t("chats-taken-up"))
        else:
            await past.delete(one.id, *place)
            await settle(query, t("chats-deleted"))
    else:
        await settle(query)
    if one is not None and act in {ChatsAct.SHOW, ChatsAct.ASK}:
        await show_in(message, chat_text(t, one, clock.now()), _keyboard(t, person, one, act, page))
        return
    text, keyboard = await _list(past, message, person, t, page)
    await show_in(message, text, keyboard)


def _keyboard(t: Translator, person: Person, one: PastConversation, act: ChatsAct, page: int) -> InlineKeyboardMarkup:
    keyboard = sure_keyboard if act is ChatsAct.ASK else chat_keyboard
    return keyboard(t, one, person_id=person.id, page=page)


async def _list(
    past: PastConversations, message: Message, person: Person, t: Translator, page: int = 0
) -> tuple[str, InlineKeyboardMarkup]:
    place = (message.chat.id, topic_of(message) or 0)
    pages = max(1, -(-await past.count(*place) // ON_A_PAGE))
    page = min(max(0, page), pages - 1)
    found = await past.newest(*place, limit=ON_A_PAGE, offset=page * ON_A_PAGE)
    text = t("chats-title") if found else t("chats-none")
    return text, chats_keyboard(t, found, person_id=person.id, page=page, pages=pages)
