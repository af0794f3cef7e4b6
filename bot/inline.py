"""What is asked in other chats (`@bot question`): which questions are offered, and their answers."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import aclosing

import structlog
from aiogram import Bot

from bot.answering import Answering
from bot.callbacks import mark_of
from bot.delivery.answer import deliver_answer
from bot.delivery.formatted import Formatted
from bot.delivery.inline import InlineMessage, inline_delivery
from bot.delivery.rendering import Rendering
from bot.errors import DeliveryFailed
from bot.events import AnswerCompleted, AnswerFailed
from bot.i18n import Translator
from bot.limits import Limits
from bot.manner import PLAIN
from bot.running import RunningAnswers
from bot.turns import MOST_ATTEMPTS
from bot.views.answer_words import Words
from bot.views.inline import inline_stop_keyboard
from bot.wishes import wishes_of
from llm.clock import Clock
from storage import AnswerState, Conversations, Person, QueuedUpdate, UnknownUpdate

logger = structlog.get_logger()

THREAD = -1
"""In the conversations of a person's chat what they ask elsewhere has a place of its own, and each question its own
conversation."""
QUESTIONS_KEPT = 1000


class InlineAnswers:
    """Answers questions into inline messages, each once.

    The question stands in the update that tells of a chosen result. Where BotFather's inline feedback is off there is
    no such update: then a button is pressed, and the question is known from when it was offered.
    """

    def __init__(
        self,
        answering: Answering,
        conversations: Conversations,
        limits: Limits,
        running: RunningAnswers,
        clock: Clock,
    ) -> None:
        self._answering = answering
        self._conversations = conversations
        self._limits = limits
        self._running = running
        self._clock = clock
        self._rendering = Rendering()
        self._offered: OrderedDict[str, str] = OrderedDict()
        self._places: dict[str, tuple[int, int]] = {}

    def offer(self, question: str) -> str:
        """Remember a question; the key stands for it in a button."""
        key = mark_of(question)
        self._offered[key] = question
        self._offered.move_to_end(key)
        while len(self._offered) > QUESTIONS_KEPT:
            self._offered.popitem(last=False)
        return key

    def offered(self, key: str) -> str | None:
        """The question of a key; None when it has been too long, or before the last start."""
        return self._offered.get(key)

    def at_work_on(self, inline_message_id: str) -> bool:
        """Whether an answer is being written into a message."""
        return inline_message_id in self._places

    async def stop(self, inline_message_id: str) -> bool:
        """Stop the answer in a message; False when none is being written there."""
        place = self._places.get(inline_message_id)
        return place is not None and await self._running.stop(*place)

    async def answer(
        self, bot: Bot, person: Person, t: Translator, queued: QueuedUpdate, *, inline_message_id: str, question: str
    ) -> None:
        """Answer a question into its message, whatever has become of earlier tries at the same update."""
        if self.at_work_on(inline_message_id) or await self._conversations.turn_answered(queued.update_id):
            return
        message = InlineMessage(bot, inline_message_id, question, t("inline-too-long"), self._clock)
        if (exceeded := await self._limits.admit(person, queued.update_id)) is not None:
            await message.put(Formatted(self._limits.words(t, exceeded)), None)
            return
        if not await self._conversations.turn_opened(queued.update_id):
            await self._conversations.start_new(person.id, THREAD)
        try:
            turn = await self._conversations.open_turn(
                chat_id=person.id, thread_id=THREAD, person_id=person.id, update_id=queued.update_id, text=question
            )
        except UnknownUpdate:  # the person has had everything deleted meanwhile
            return
        state, text, model, asked = AnswerState.FAILED, "", None, None
        place, wishes = (person.id, -queued.update_id), wishes_of(person)
        self._places[inline_message_id] = place
        try:
            async with self._running.begin(*place, person_id=person.id) as stop:
                if queued.attempts <= MOST_ATTEMPTS:
                    stop_markup = inline_stop_keyboard(t, person.id)
                    async with (
                        inline_delivery(bot, message, stop_markup, self._rendering, self._clock) as delivery,
                        aclosing(self._answering.answer(turn, stop, PLAIN, wishes)) as events,
                    ):
                        outcome = (
                            await deliver_answer(events, delivery, Words(t, admin=False, chosen=wishes.model))
                        ).outcome
                    asked = outcome.request_id
                    if isinstance(outcome, AnswerCompleted):
                        state, text, model = AnswerState.COMPLETE, outcome.result.text, outcome.result.model
                    elif isinstance(outcome, AnswerFailed):
                        text, model = outcome.text, outcome.model
                    else:
                        state, text = AnswerState.STOPPED, outcome.text
                await self._conversations.close_turn(turn, text=text, model=model, state=state, request_id=asked)
        except DeliveryFailed as error:
            logger.info("inline_answer_undeliverable", reason=error.reason)
            await self._conversations.close_turn(turn, text="", model=None, state=AnswerState.FAILED)
        finally:
            del self._places[inline_message_id]
