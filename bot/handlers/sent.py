"""What people say and send: files read first, all of a stretch answered; a picture nobody sees by its words alone."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ParseMode
from aiogram.types import CallbackQuery, Message, ReplyParameters

from bot.bursts import Burst, Bursts
from bot.callbacks import WordsOnlyPress
from bot.events import AnswerFailed
from bot.i18n import Translator
from bot.overlaps import Overlaps
from bot.places import topic_of
from bot.presses import is_theirs, settle, used_up
from bot.running import RunningAnswers
from bot.said import said_in
from bot.sent.carried import Carried, carried_by, pointed_at, safe_name
from bot.sent.receiving import Received, Receiving
from bot.sent.showing import typing
from bot.turns import Turns
from bot.views.files import notes_words, transcript_html
from bot.views.keyboards import words_only_keyboard
from llm.clock import Clock
from storage import Attachment, AttachmentKind, Attachments, Conversations, Inbox, Person, QueuedUpdate, joined

BLIND = "images_unsupported"


def sent_router() -> Router:
    """What can be looked at, read or listened to."""
    router = Router(name="sent")
    router.message.register(on_said, F.func(carried_by))
    router.callback_query.register(on_words_only, WordsOnlyPress.filter())
    return router


async def on_said(
    message: Message,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    bursts: Bursts,
    overlaps: Overlaps,
    conversations: Conversations,
    receiving: Receiving,
    attachments: Attachments,
    running: RunningAnswers,
    inbox: Inbox,
    clock: Clock,
) -> None:
    """Answer it, with what was sent at a stretch with it: files are read first, and what cannot be read is told.

    So is the file of a message that it replies to.
    """
    if await conversations.turn_opened(queued.update_id):  # an earlier try came so far: all of it is stored
        await turns.answer(message, person, t, queued)
        return
    burst = await bursts.gather(message, queued)
    for part in burst.parts:
        overlaps.begun(message.chat.id, part.telegram_id)
    shown = await _shown(message, attachments)
    if shown is None and not any(map(carried_by, burst.messages)):
        await turns.answer(message, person, t, queued, parts=burst.parts, joined=burst.joined)
        return
    place = (message.chat.id, topic_of(message) or 0)
    async with typing(message, clock), running.begin(*place, person_id=person.id) as stop:
        received = await stop.of(receiving.receive(burst.messages, t, shown, at_home=person.at_home))
    if received is None:
        await message.answer(t("answer-stopped"))
        await _close(burst, inbox)
        return
    if words := notes_words(t, received, admin=person.admin, unseen=received.unseen and received.asks):
        await message.answer(words)
    if received.asks:
        await _answer_files(message, person, t, queued, turns, burst, received)
        return
    if received.unseen:
        await _offer_words_only(message, person, t)
    await _close(burst, inbox)


async def _close(burst: Burst, inbox: Inbox) -> None:
    """What was to be said of what belongs to the message has been said."""
    for update_id in burst.joined:
        await inbox.done(update_id)


async def _shown(message: Message, attachments: Attachments) -> Carried | None:
    """The file that a message points at by its reply, unless the model sees it in the conversation anyhow."""
    carried, replied = pointed_at(message), message.reply_to_message
    if carried is None or replied is None:
        return carried
    at_hand = await attachments.at_hand(message.chat.id, replied.message_id, thread_id=topic_of(message) or 0)
    return None if at_hand else carried


async def _answer_files(
    message: Message,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    burst: Burst,
    received: Received,
) -> None:
    if received.transcript:
        heard = transcript_html(received.transcript)
        await message.answer(heard, parse_mode=ParseMode.HTML, reply_parameters=_below(message))
    outcome = await turns.answer(
        message,
        person,
        t,
        queued,
        text=received.text,
        sent=received.attachments,
        parts=received.parts,
        joined=burst.joined,
    )
    if isinstance(outcome, AnswerFailed) and outcome.failure.code == BLIND and _asked(message):
        await _offer_words_only(message, person, t)


async def on_words_only(
    query: CallbackQuery,
    callback_data: WordsOnlyPress,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
) -> None:
    """Answer what was said with a picture, without it: as if it had been sent to somebody who cannot see it."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    shown = query.message.reply_to_message if isinstance(query.message, Message) else None
    text = _asked(shown) if shown is not None else ""
    if not isinstance(query.message, Message) or not text:
        await settle(query, t("photo-gone"))
        return
    await settle(query)
    if not await used_up(query.message, queued):
        return
    await turns.answer(query.message, person, t, queued, text=text, sent=[_unseen(shown)] if shown else [])


async def _offer_words_only(message: Message, person: Person, t: Translator) -> None:
    """Say that nobody sees it; what was said with it can be answered all the same."""
    said = bool(_asked(message))
    await message.answer(
        t("photo-unseen-offer" if said else "photo-unseen"),
        reply_parameters=_below(message),
        reply_markup=words_only_keyboard(t, person.id) if said else None,
    )


def _below(message: Message) -> ReplyParameters:
    """As a reply, to a message that may have been deleted meanwhile."""
    return ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)


def _asked(message: Message) -> str:
    """What can be answered without the picture."""
    return joined([said_in(message)])[0] if message.caption else ""


def _unseen(message: Message) -> Attachment:
    """The picture as it is told of: by its name, without what is in it."""
    document = message.document
    name = safe_name(document.file_name if document is not None else None, "photo.jpg")
    return Attachment(AttachmentKind.PHOTO, name, "image/*")
