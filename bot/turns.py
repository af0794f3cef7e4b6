"""Carries one person's message through: turn opened, answer delivered, turn and update closed together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial

import structlog
from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.types import InlineKeyboardMarkup, Message

from bot.answer_buttons import AnswerButtons
from bot.answering import Answering, StopSignal
from bot.delivery.answer import AnswerOutcome, DeliveredAnswer, deliver_answer
from bot.delivery.answer_bot import AnswerBot
from bot.delivery.choose import Deliveries
from bot.delivery.sent_once import SentOnce
from bot.errors import DeliveryFailed
from bot.events import AnswerCompleted, AnswerEvent, AnswerFailed, AnswerStopped
from bot.i18n import Translator
from bot.limits import Limits
from bot.manner import PLAIN, Manner
from bot.places import topic_of
from bot.running import RunningAnswers
from bot.said import said_in
from bot.settings import RichMode
from bot.summaries import RollingSummaries
from bot.views.answer_words import Words
from bot.views.keyboards import stop_keyboard
from bot.wishes import wishes_of
from storage import AnswerState, Attachment, Conversations, Inbox, Part, Person, QueuedUpdate, Turn, UnknownUpdate
from storage import joined as said_at_a_stretch

logger = structlog.get_logger()

# A message that has brought the program down this often is not tried again.
MOST_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants an answer, where, and by which update; in a group it replies to the message that asks."""

    bot: Bot
    chat_id: int
    thread_id: int | None
    person: Person
    t: Translator
    queued: QueuedUpdate
    reply_to: int | None = None


class Turns:
    """Answers messages, one at a time in each chat and topic. `rich` holds for each answer that begins from now on."""

    def __init__(
        self,
        *,
        answering: Answering,
        conversations: Conversations,
        inbox: Inbox,
        deliveries: Deliveries,
        once: SentOnce,
        running: RunningAnswers,
        limits: Limits,
        rich: RichMode,
        summaries: RollingSummaries,
        buttons: AnswerButtons,
    ) -> None:
        self._answering = answering
        self._conversations = conversations
        self._inbox = inbox
        self._deliveries = deliveries
        self._once = once
        self._running = running
        self._limits = limits
        self.rich = rich
        self._summaries = summaries
        self._buttons = buttons

    async def answer(
        self,
        message: Message,
        person: Person,
        t: Translator,
        queued: QueuedUpdate,
        *,
        text: str | None = None,
        sent: Sequence[Attachment] = (),
        parts: Sequence[Part] | None = None,
        joined: Sequence[int] = (),
    ) -> AnswerOutcome | None:
        """Answer a message, whatever has become of earlier tries at the same update; gives how that ended.

        `text` is what the person asks where that is not what the message says, `sent` what they sent with it. `parts`
        are the Telegram messages that they said it in, where there are several; `joined` are the further updates that
        brought them. None: there is nothing to be said any more, or nobody to say it to.
        """
        if (bot := message.bot) is None:
            raise ValueError("only a message that is bound to its bot can be answered")
        if await self._conversations.turn_answered(queued.update_id):
            return None
        if not await self._limits.lets_through(message, person, t, queued.update_id):
            return None
        if parts is None:
            own = message.from_user is not None and message.from_user.id == person.id
            parts = (said_in(message),) if own else ()
        said, context = said_at_a_stretch(parts)
        if text is not None and text != message.caption:
            said = text
        # In a group a reply of one person would take the others' words away from everybody.
        replied = message.reply_to_message if parts and message.chat.type == ChatType.PRIVATE else None
        try:
            turn = await self._conversations.open_turn(
                chat_id=message.chat.id,
                thread_id=topic_of(message) or 0,
                person_id=person.id,
                update_id=queued.update_id,
                text=said,
                sent=sent,
                context=context,
                parts=parts,
                joined=joined,
                follows=replied.message_id if replied is not None else None,
            )
        except UnknownUpdate:  # the person has had everything deleted while this was being read
            return None
        reply_to = message.message_id if turn.shared else None
        return await self.see_through(Asked(bot, message.chat.id, topic_of(message), person, t, queued, reply_to), turn)

    async def see_through(
        self, asked: Asked, turn: Turn, manner: Manner = PLAIN, *, in_place: Sequence[int] = ()
    ) -> AnswerOutcome | None:
        """Answer an open turn and close it. `in_place` are the messages of an answer that is to be overwritten."""
        if asked.queued.attempts > MOST_ATTEMPTS:
            logger.error("turn_given_up", update_id=turn.update_id, attempts=asked.queued.attempts)
            words = asked.t("answer-given-up", attempts=asked.queued.attempts - 1)
            await asked.bot.send_message(asked.chat_id, words, message_thread_id=asked.thread_id)
            await self._close(turn, AnswerState.FAILED, "", None, ())
            return None
        self._summaries.give_way(turn.conversation_id)
        await self._buttons.leave_last(asked.bot, asked.chat_id, asked.thread_id or 0, but=in_place)
        # Closing belongs to it: whoever waits for the answer's end (a shutdown, /new) finds it stored.
        async with self._running.begin(turn.chat_id, asked.thread_id or 0, person_id=asked.person.id) as stop:
            try:
                delivered = await self._deliver(asked, turn, manner, in_place, stop)
            except DeliveryFailed as error:
                logger.warning("answer_undeliverable", chat_id=error.chat_id, reason=error.reason)
                await self._close(turn, AnswerState.FAILED, "", None, ())
                return None
            await self._close_with(asked, turn, manner, delivered.outcome, delivered.message_ids)
        left = [one for one in in_place if one not in delivered.message_ids]
        if left:
            with suppress(TelegramAPIError):  # too old to be deleted, or gone
                await asked.bot.delete_messages(asked.chat_id, left)
        return delivered.outcome

    async def _deliver(
        self, asked: Asked, turn: Turn, manner: Manner, in_place: Sequence[int], stop: StopSignal
    ) -> DeliveredAnswer:
        def keyboard(outcome: AnswerOutcome) -> InlineKeyboardMarkup | None:
            return self._buttons.below(asked.t, turn, outcome, at_home=asked.person.at_home)

        person, queued, wishes = asked.person, asked.queued, wishes_of(asked.person)
        resumed = queued.answer_message_id
        sender = AnswerBot(
            asked.bot,
            self._once,
            partial(self._inbox.note_answer_messages, queued.update_id),
            earlier=queued.messages_sent,
            sending_after=queued.sending_after,
        )
        await sender.clear(turn.chat_id)
        async with (
            self._deliveries.open(
                sender,
                turn.chat_id,
                private=not in_place and not turn.shared,  # a draft is no edit, and groups have none
                thread_id=asked.thread_id,
                reply_to=asked.reply_to,
                # Whether it shows to all others in a group nobody knows.
                rich=self.rich.applies(None if turn.shared else person.rich_messages),
                streaming=person.streaming,
                stop_markup=stop_keyboard(asked.t),
                resume_message_id=in_place[0] if resumed is None and in_place else resumed,
            ) as delivery,
            aclosing(self._answering.answer(turn, stop, manner, wishes)) as events,
        ):
            words = Words(asked.t, person.admin, chosen=manner.own_choice or wishes.model)
            return await deliver_answer(
                events, delivery, words, markup_for=keyboard, show_thinking=person.show_thinking
            )

    async def _close_with(
        self, asked: Asked, turn: Turn, manner: Manner, outcome: AnswerEvent, message_ids: tuple[int, ...]
    ) -> None:
        match outcome:
            case AnswerCompleted(result=result, request_id=number):
                text, ids = _set_behind(manner, result.text, message_ids)
                await self._close(turn, AnswerState.COMPLETE, text, result.model, ids, number)
                self._summaries.look(turn.conversation_id, result, at_home=asked.person.at_home)
            case AnswerStopped(text=text, request_id=number):
                text, ids = _set_behind(manner, text, message_ids)
                await self._close(turn, AnswerState.STOPPED, text, None, ids, number)
            case AnswerFailed(text=text, model=model, request_id=number):
                await self._close(turn, AnswerState.FAILED, text, model, message_ids, number)
            case _:
                raise TypeError(f"{type(outcome).__name__} does not end an answer")

    async def _close(
        self,
        turn: Turn,
        state: AnswerState,
        text: str,
        model: str | None,
        message_ids: tuple[int, ...],
        request_id: int | None = None,
    ) -> None:
        await self._conversations.close_turn(
            turn, text=text, model=model, state=state, telegram_ids=message_ids, request_id=request_id
        )


def _set_behind(manner: Manner, text: str, message_ids: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """The whole of an answer that was gone on with, and all its messages."""
    if not manner.continues:
        return text, message_ids
    before = manner.earlier
    space = "" if not text or before[-1:].isspace() or text[:1].isspace() else " "
    return f"{before}{space}{text}", (*manner.earlier_ids, *message_ids)
