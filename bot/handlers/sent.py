"""Photos, files, voice messages: read and answered; where no model sees a picture, its words alone on demand."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message, ReplyParameters

from bot.callbacks import WordsOnlyPress
from bot.events import AnswerFailed
from bot.i18n import Translator
from bot.presses import settle
from bot.sent.albums import Albums
from bot.sent.carried import carried_by, safe_name
from bot.sent.receiving import Receiving
from bot.sent.showing import typing
from bot.sent.words import said_in
from bot.turns import Turns
from bot.views.files import notes_words, transcript_html
from bot.views.keyboards import words_only_keyboard
from llm.clock import Clock
from storage import Attachment, AttachmentKind, Conversations, Person, QueuedUpdate

BLIND = "images_unsupported"


def sent_router() -> Router:
    """What can be looked at, read or listened to."""
    router = Router(name="sent")
    router.message.register(on_sent, F.func(carried_by))
    router.callback_query.register(on_words_only, WordsOnlyPress.filter())
    return router


async def on_sent(
    message: Message,
    bot: Bot,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    conversations: Conversations,
    receiving: Receiving,
    albums: Albums,
    clock: Clock,
) -> None:
    """Read it and answer; say what could not be read, and why."""
    if await conversations.turn_opened(queued.update_id):  # an earlier try came so far: all of it is stored
        await turns.answer(message, person, t, queued, text="")
        return
    async with typing(bot, message, clock):
        album = await albums.whole(bot, message, queued)
        received = await receiving.receive(bot, album.messages, t)
    if words := notes_words(t, received, admin=person.admin, unseen=received.unseen and received.asks):
        await message.answer(words)
    if not received.asks:
        if received.unseen:
            await _offer_words_only(message, person, t, said=bool(_asked(message, t)))
        await albums.passed_over(album)
        return
    if received.transcript:
        heard = transcript_html(received.transcript)
        await message.answer(heard, parse_mode=ParseMode.HTML, reply_parameters=_below(message))
    outcome = await turns.answer(
        message, person, t, queued, text=received.text, sent=received.attachments, joined=album.joined
    )
    if isinstance(outcome, AnswerFailed) and outcome.failure.code == BLIND and _asked(message, t):
        await _offer_words_only(message, person, t, said=True)


async def on_words_only(
    query: CallbackQuery,
    callback_data: WordsOnlyPress,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
) -> None:
    """Answer what was said with a picture, without it: as if it had been sent to somebody who cannot see it."""
    if query.from_user.id != callback_data.person_id:
        await settle(query, t("press-not-yours"), show_alert=True)
        return
    shown = query.message.reply_to_message if isinstance(query.message, Message) else None
    text = _asked(shown, t) if shown is not None else ""
    if not isinstance(query.message, Message) or not text:
        await settle(query, t("photo-gone"))
        return
    await settle(query)
    try:
        await query.message.edit_reply_markup(reply_markup=None)
    except TelegramBadRequest:
        # The button is gone already: it was pressed twice, unless this is another try at the same press.
        if queued.attempts == 1:
            return
    await turns.answer(query.message, person, t, queued, text=text, sent=[_unseen(shown)] if shown else [])


async def _offer_words_only(message: Message, person: Person, t: Translator, *, said: bool) -> None:
    """Say that nobody sees it; what was said with it can be answered all the same."""
    await message.answer(
        t("photo-unseen-offer" if said else "photo-unseen"),
        reply_parameters=_below(message),
        reply_markup=words_only_keyboard(t, person.id) if said else None,
    )


def _below(message: Message) -> ReplyParameters:
    """As a reply, to a message that may have been deleted meanwhile."""
    return ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)


def _asked(message: Message, t: Translator) -> str:
    """What can be answered without the picture."""
    return said_in(message, t) if message.caption else ""


def _unseen(message: Message) -> Attachment:
    """The picture as it is told of: by its name, without what is in it."""
    document = message.document
    name = safe_name(document.file_name if document is not None else None, "photo.jpg")
    return Attachment(AttachmentKind.PHOTO, name, "image/*")
