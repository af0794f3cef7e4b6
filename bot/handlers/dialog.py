"""/new and /stop, and everything else that ends an answer: the button below it and Telegram's own."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message, MessageGenerationStopped

from bot.answer_buttons import AnswerButtons
from bot.callbacks import StopPress
from bot.i18n import Translator
from bot.places import topic_of
from bot.presses import settle
from bot.running import RunningAnswers
from storage import Conversations, Person


def dialog_router() -> Router:
    """What a person does with the conversation as a whole."""
    router = Router(name="dialog")
    router.message.register(on_new, Command("new"))
    router.message.register(on_stop, Command("stop"))
    router.callback_query.register(on_stop_button, StopPress.filter())
    router.stopped_message_generation.register(on_generation_stopped)
    return router


async def on_new(
    message: Message,
    bot: Bot,
    t: Translator,
    running: RunningAnswers,
    conversations: Conversations,
    buttons: AnswerButtons,
) -> None:
    """Begin afresh; an answer that is being written is stopped first and belongs to the old conversation."""
    thread_id = topic_of(message) or 0
    await running.stop(message.chat.id, thread_id)
    await buttons.leave_last(bot, message.chat.id, thread_id)
    await conversations.start_new(message.chat.id, thread_id)
    await message.answer(t("dialog-new"))


async def on_stop(message: Message, t: Translator, running: RunningAnswers) -> None:
    """Stop the answer; its last words say so, so that only a vain /stop needs a reply."""
    if not await running.stop(message.chat.id, topic_of(message) or 0):
        await message.answer(t("dialog-nothing-to-stop"))


async def on_stop_button(query: CallbackQuery, person: Person, t: Translator, running: RunningAnswers) -> None:
    """The same, by the button: in a private chat the one who presses is the one who asked."""
    thread_id = topic_of(query.message) if isinstance(query.message, Message) else None
    stopped = await running.stop(person.id, thread_id or 0)
    await settle(query, "" if stopped else t("dialog-nothing-to-stop"))


async def on_generation_stopped(event: MessageGenerationStopped, running: RunningAnswers) -> None:
    """The same, by the button that Telegram shows on a draft."""
    await running.stop(event.chat.id, event.message_thread_id or 0)
