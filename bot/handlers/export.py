"""/export: the conversation of this chat as a file, or everything that is kept of a person."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from aiogram import Bot, Router
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, FSInputFile, Message

from bot.callbacks import ExportAllPress, ExportPress
from bot.conversation_export import ExportFormat, ExportWords, export_conversation
from bot.data_export import export_data
from bot.i18n import Translator
from bot.places import topic_of
from bot.presses import is_theirs, settle
from bot.views.keyboards import export_keyboard
from llm.clock import Clock
from llm.tasks.augmentation import Augmenter
from storage import Conversations, OwnData, Person, Usage

ALL = "all"
_FORMATS = {"md": ExportFormat.MARKDOWN, "markdown": ExportFormat.MARKDOWN, "json": ExportFormat.JSON}


def export_router() -> Router:
    """For everyone who may talk to the bot: the conversation that they are in, or all that is theirs."""
    router = Router(name="export")
    router.message.register(on_export, Command("export"))
    router.callback_query.register(on_export_press, ExportPress.filter())
    router.callback_query.register(on_export_all_press, ExportAllPress.filter())
    return router


async def on_export(
    message: Message,
    command: CommandObject,
    person: Person,
    t: Translator,
    conversations: Conversations,
    augmenter: Augmenter,
    own_data: OwnData,
    usage: Usage,
    clock: Clock,
    bot: Bot,
) -> None:
    """Send the file, or ask which one."""
    wanted = (command.args or "").strip().lower()
    if wanted in _FORMATS:
        await _send(message, _FORMATS[wanted], person, t, conversations, augmenter, clock, bot)
        return
    if wanted == ALL:
        await _send_all(message, person, t, own_data, usage, clock, bot)
        return
    key = "export-usage" if wanted else "export-question"
    await message.answer(t(key), reply_markup=export_keyboard(t, person.id))


async def on_export_press(
    query: CallbackQuery,
    callback_data: ExportPress,
    person: Person,
    t: Translator,
    conversations: Conversations,
    augmenter: Augmenter,
    clock: Clock,
    bot: Bot,
) -> None:
    """Send the file of the chat in which the button stands."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    if not isinstance(query.message, Message):
        await settle(query, t("export-gone"))
        return
    await settle(query)
    await _send(query.message, callback_data.form, person, t, conversations, augmenter, clock, bot)


async def on_export_all_press(
    query: CallbackQuery,
    callback_data: ExportAllPress,
    person: Person,
    t: Translator,
    own_data: OwnData,
    usage: Usage,
    clock: Clock,
    bot: Bot,
) -> None:
    """Send the file with everything."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    if not isinstance(query.message, Message):
        await settle(query, t("export-gone"))
        return
    await settle(query)
    await _send_all(query.message, person, t, own_data, usage, clock, bot)


async def _send_all(
    message: Message, person: Person, t: Translator, own_data: OwnData, usage: Usage, clock: Clock, bot: Bot
) -> None:
    if message.chat.id != person.id:
        await message.answer(t("export-all-private"))
        return
    with suppress(TelegramAPIError):
        await bot.send_chat_action(message.chat.id, ChatAction.UPLOAD_DOCUMENT)
    with TemporaryDirectory(prefix="domovoy-") as folder:
        exported = await export_data(own_data, usage, person, folder=Path(folder), now=clock.now())
        caption = t("export-all-caption", conversations=exported.conversations, messages=exported.messages)
        await message.answer_document(FSInputFile(exported.path), caption=caption)


async def _send(
    message: Message,
    form: ExportFormat,
    person: Person,
    t: Translator,
    conversations: Conversations,
    augmenter: Augmenter,
    clock: Clock,
    bot: Bot,
) -> None:
    thread_id = topic_of(message)
    with suppress(TelegramAPIError):
        await bot.send_chat_action(message.chat.id, ChatAction.UPLOAD_DOCUMENT, message_thread_id=thread_id)
    conversation_id = await conversations.current(message.chat.id, thread_id or 0)
    words = ExportWords(
        person=t("export-person"),
        model=t("export-model"),
        stopped=t("export-stopped"),
        broken=t("export-broken"),
        title=t("export-untitled"),
    )
    with TemporaryDirectory(prefix="domovoy-") as folder:
        exported = await export_conversation(
            conversations,
            augmenter,
            conversation_id,
            folder=Path(folder),
            form=form,
            words=words,
            now=clock.now(),
            at_home=person.at_home,
        )
        if exported is None:
            await message.answer(t("export-empty"))
            return
        caption = t("export-caption", title=exported.title, number=exported.messages)
        await message.answer_document(FSInputFile(exported.path), caption=caption)
