"""What people change of what they have said: the last question is answered anew, older ones count as they are now."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import Message

from bot.i18n import Translator
from bot.limits import Limits
from bot.places import topic_of
from bot.said import said_in
from bot.sent.carried import CarriedKind, carried_by
from bot.sent.receiving import Receiving
from bot.turns import Asked, Turns
from bot.views.files import notes_words
from storage import Answers, Conversations, Part, Person, QueuedUpdate


def edits_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="edits")
    router.edited_message.register(on_edited, F.text | F.caption)
    return router


async def on_edited(
    message: Message,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    conversations: Conversations,
    answers: Answers,
    limits: Limits,
    receiving: Receiving,
) -> None:
    """Take the new words for the old ones; the answer to the last question is overwritten with the new one.

    Only what has to be answered counts against the limits of the person. What cannot be listened to again stays as it
    was, and the person is told why.
    """
    if not await answers.known(message.chat.id, message.message_id):
        return
    part = await _said_anew(message, person, t, receiving)
    if part is None:
        return
    asks = await answers.wanted_anew(message.chat.id, part)
    if asks and not await limits.lets_through(message, person, t, queued.update_id):
        return
    turn = await conversations.edit_said(part, chat_id=message.chat.id, person_id=person.id, update_id=queued.update_id)
    if turn is None or message.bot is None:
        return
    had = await answers.of(turn.message_id)
    asked = Asked(message.bot, message.chat.id, topic_of(message), person, t, queued)
    await turns.see_through(asked, turn, in_place=had[-1].telegram_ids if had else ())


async def _said_anew(message: Message, person: Person, t: Translator, receiving: Receiving) -> Part | None:
    """The words as they are now. Of what is spoken Telegram tells no words: it is listened to again; None: in vain."""
    carried = carried_by(message)
    if carried is None or carried.kind is not CarriedKind.SPEECH:
        return said_in(message)
    received = await receiving.receive([message], t, at_home=person.at_home)
    if received.refused:
        await message.answer(notes_words(t, received, admin=person.admin))
        return None
    [part] = received.parts
    return part
