"""/improve: a question in better words, with a button that asks it."""

from __future__ import annotations

from contextlib import suppress
from html import escape

import structlog
from aiogram import Bot, Router
from aiogram.enums import ChatAction, MessageEntityType, ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.callbacks import AskPress
from bot.i18n import Translator
from bot.limits import Limits
from bot.places import topic_of
from bot.presses import is_theirs, settle, used_up
from bot.turns import Turns
from bot.views.failures import unmade_words
from bot.views.keyboards import ask_keyboard
from llm.errors import LLMError
from llm.tasks.augmentation import Augmenter
from storage import Person, QueuedUpdate

logger = structlog.get_logger()

MOST_UNITS = 3800
"""Telegram counts a message in units of UTF-16 and takes 4,096 of them, the words above the text included."""


def improve_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="improve")
    router.message.register(on_improve, Command("improve"))
    router.callback_query.register(on_ask, AskPress.filter())
    return router


async def on_improve(
    message: Message,
    command: CommandObject,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    augmenter: Augmenter,
    limits: Limits,
    bot: Bot,
) -> None:
    """Word what stands behind the command, or the person's own message that it replies to, better."""
    text = (command.args or "").strip() or _replied(message, person)
    if not text:
        await message.answer(t("improve-usage"))
        return
    if not await limits.lets_through(message, person, t, queued.update_id):
        return
    with suppress(TelegramAPIError):
        await bot.send_chat_action(message.chat.id, ChatAction.TYPING, message_thread_id=topic_of(message))
    try:
        improved = await augmenter.improve(text, person=str(person.id), at_home=person.at_home)
        better = _within(improved, MOST_UNITS)
    except LLMError as error:
        logger.info("text_not_improved", reason=type(error).__name__)
        await message.answer(unmade_words(t, error))
        return
    shown = f"{escape(t('improve-title'))}\n<blockquote>{escape(better)}</blockquote>"
    await message.answer(shown, parse_mode=ParseMode.HTML, reply_markup=ask_keyboard(t, person.id))


async def on_ask(
    query: CallbackQuery, callback_data: AskPress, person: Person, t: Translator, queued: QueuedUpdate, turns: Turns
) -> None:
    """Ask what stands in the message above the button, as if the person had written it."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    text = _offered(query.message) if isinstance(query.message, Message) else ""
    if not isinstance(query.message, Message) or not text:
        await settle(query, t("improve-gone"))
        return
    await settle(query)
    if not await used_up(query.message, queued):
        return
    await turns.answer(query.message, person, t, queued, text=text)


def _replied(message: Message, person: Person) -> str:
    """What the person has marked of their own message, or the whole of it; what others wrote is not taken."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.from_user.id != person.id:
        return ""
    quoted = message.quote.text if message.quote is not None else ""
    return (quoted or replied.text or replied.caption or "").strip()


def _offered(message: Message) -> str:
    """The better text, as it stands in the bot's own message."""
    quotes = [one for one in message.entities or () if one.type == MessageEntityType.BLOCKQUOTE]
    return quotes[0].extract_from(message.text or "").strip() if quotes else ""


def _within(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip()
