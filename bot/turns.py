"""Carries one person's message through: turn opened, answer delivered, turn and update closed together."""

from __future__ import annotations

import math
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import structlog
from aiogram import Bot
from aiogram.types import Message

from bot.answering import Answering, StopSignal
from bot.delivery.answer import DeliveredAnswer, deliver_answer
from bot.delivery.answer_bot import AnswerBot
from bot.delivery.choose import Deliveries
from bot.delivery.sent_once import SentOnce
from bot.errors import DeliveryFailed
from bot.events import AnswerCompleted, AnswerEvent, AnswerFailed, AnswerStopped
from bot.i18n import Translator
from bot.running import RunningAnswers
from bot.settings import RichMode
from bot.summaries import RollingSummaries
from bot.views.failures import failure_words
from bot.views.keyboards import stop_keyboard
from bot.views.numbers import duration
from storage import AnswerState, Conversations, Inbox, Person, QueuedUpdate, Turn

logger = structlog.get_logger()

# A message that has brought the program down this often is not tried again.
MOST_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Words:
    """What stands below or instead of an answer, in the person's language."""

    t: Translator
    admin: bool

    def queued(self, place: int, seconds: float) -> str:
        """While all servers are at work for others."""
        if seconds < 1:
            return self.t("answer-queued", place=place)
        return self.t("answer-queued-for", place=place, time=duration(self.t, math.ceil(seconds)))

    def thinking(self) -> str:
        """While a model reasons."""
        return self.t("answer-thinking")

    def replaced(self) -> str:
        """While another answer is on its way in the place of one that broke off."""
        return self.t("answer-replaced")

    def stopped(self) -> str:
        """Below an answer that the person stopped."""
        return self.t("answer-stopped")

    def cut_off(self) -> str:
        """Below an answer that reached the limit of its length."""
        return self.t("answer-cut-off")

    def question_cut(self) -> str:
        """Below an answer to a message that was too long to be given to the model as a whole."""
        return self.t("answer-question-cut")

    def failed(self, event: AnswerFailed) -> str:
        """Instead of an answer, or below the part of it that had come."""
        return failure_words(self.t, event, admin=self.admin)


class Turns:
    """Answers messages, one at a time in each chat. `rich` holds for each answer that begins from now on."""

    def __init__(
        self,
        *,
        answering: Answering,
        conversations: Conversations,
        inbox: Inbox,
        deliveries: Deliveries,
        once: SentOnce,
        running: RunningAnswers,
        rich: RichMode,
        summaries: RollingSummaries,
    ) -> None:
        self._answering = answering
        self._conversations = conversations
        self._inbox = inbox
        self._deliveries = deliveries
        self._once = once
        self._running = running
        self.rich = rich
        self._summaries = summaries

    async def answer(
        self, message: Message, person: Person, t: Translator, queued: QueuedUpdate, *, text: str | None = None
    ) -> None:
        """Answer a message of text, whatever has become of earlier tries at the same update.

        With `text` that is what the person asks, where the message is, and not the message's own.
        """
        bot, said = message.bot, message.text if text is None else text
        if bot is None or said is None:
            raise ValueError("only a message of text, bound to its bot, can be answered")
        if await self._conversations.turn_answered(queued.update_id):
            return
        turn = await self._conversations.open_turn(
            chat_id=message.chat.id,
            thread_id=message.message_thread_id or 0,
            person_id=person.id,
            update_id=queued.update_id,
            text=said,
        )
        if queued.attempts > MOST_ATTEMPTS:
            logger.error("turn_given_up", update_id=queued.update_id, attempts=queued.attempts)
            await message.answer(t("answer-given-up", attempts=queued.attempts - 1))
            await self._close(turn, AnswerState.FAILED, "", None, ())
            return
        self._summaries.give_way(turn.conversation_id)
        # Closing belongs to it: whoever waits for the answer's end (a shutdown, /new) finds it stored.
        async with self._running.begin(turn.chat_id) as stop:
            try:
                delivered = await self._deliver(bot, message, turn, person, t, queued, stop)
            except DeliveryFailed as error:
                logger.warning("answer_undeliverable", chat_id=error.chat_id, reason=error.reason)
                await self._close(turn, AnswerState.FAILED, "", None, ())
                return
            await self._close_with(turn, delivered.outcome, delivered.message_ids)

    async def _deliver(
        self,
        bot: Bot,
        message: Message,
        turn: Turn,
        person: Person,
        t: Translator,
        queued: QueuedUpdate,
        stop: StopSignal,
    ) -> DeliveredAnswer:
        sender = AnswerBot(
            bot,
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
                private=True,
                thread_id=message.message_thread_id,
                rich=self.rich.applies(person.rich_messages),
                stop_markup=stop_keyboard(t),
                resume_message_id=queued.answer_message_id,
            ) as delivery,
            aclosing(self._answering.answer(turn, stop)) as events,
        ):
            return await deliver_answer(events, delivery, Words(t, person.admin))

    async def _close_with(self, turn: Turn, outcome: AnswerEvent, message_ids: tuple[int, ...]) -> None:
        match outcome:
            case AnswerCompleted(result=result, request_id=asked):
                await self._close(turn, AnswerState.COMPLETE, result.text, result.model, message_ids, asked)
                self._summaries.look(turn.conversation_id, result)
            case AnswerStopped(text=text, request_id=asked):
                await self._close(turn, AnswerState.STOPPED, text, None, message_ids, asked)
            case AnswerFailed(text=text, model=model, request_id=asked):
                await self._close(turn, AnswerState.FAILED, text, model, message_ids, asked)
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
