"""Opens the delivery that fits a chat, and remembers what the Bot API server does not know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from random import Random

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup

from bot.delivery.base import AnswerPlace, Delivery, Frames, MessageIdSink, Target
from bot.delivery.draft import DraftFrames
from bot.delivery.edits import EditFrames
from bot.delivery.final import FinalText
from bot.delivery.flood import FloodControl
from bot.delivery.live import LiveDelivery
from bot.delivery.rendering import Rendering
from bot.delivery.rich import RichText
from bot.delivery.rich_draft import RichDrafts
from llm.clock import Clock

_FIRST_DRAFT_IDS = 2**30


class Deliveries:
    """Makes the deliveries of one bot.

    Private chats see drafts. Groups see edits, and so does everybody from the moment on that the server answers
    `sendMessageDraft` with 404, which servers older than Bot API 9.3 do.
    """

    def __init__(self, flood: FloodControl, clock: Clock, random: Random) -> None:
        """`flood` is the one that is registered in the bot's session; `random` gives the first draft's id."""
        self._flood = flood
        self._clock = clock
        self._draft_ids = count(random.randrange(1, _FIRST_DRAFT_IDS))
        self._rich = RichText()
        self._rendering = Rendering()
        self._drafts_known = True

    @asynccontextmanager
    async def open(
        self,
        bot: Bot,
        chat_id: int,
        *,
        private: bool,
        thread_id: int | None = None,
        reply_to: int | None = None,
        rich: bool = False,
        streaming: bool = True,
        stop_markup: InlineKeyboardMarkup | None = None,
        resume_message_id: int | None = None,
        on_first_message: MessageIdSink | None = None,
    ) -> AsyncIterator[Delivery]:
        """Deliver one answer. The frames end with the context; without `streaming` they show only that it is coming.

        `stop_markup` stands below frames that are edits. `resume_message_id` is the first message of an earlier try at
        the same answer: it is edited instead of sending another. `on_first_message` is told the id of the message that
        a later try would have to resume.
        """
        target = Target(bot, chat_id, thread_id, reply_to)
        place = AnswerPlace(stop_markup, on_first_message, resume_message_id)

        def edits() -> Frames:
            return EditFrames(target, self._flood, self._rendering, place)

        drafts = private and self._drafts_known
        delivery = LiveDelivery(
            target,
            self._drafts(target, resume_message_id, rich=rich) if drafts else edits(),
            FinalText(target, place),
            self._clock,
            self._rendering,
            fallback=edits if drafts else None,
            rich=self._rich if rich else None,
            streaming=streaming,
        )
        async with delivery:
            yield delivery

    def _drafts(self, target: Target, message_id: int | None, *, rich: bool) -> Frames:
        return DraftFrames(
            target,
            self._flood,
            self._rendering,
            draft_id=next(self._draft_ids),
            on_unknown_method=self._forget_drafts,
            message_id=message_id,
            rich=RichDrafts(self._rich, self._rendering) if rich else None,
        )

    def _forget_drafts(self) -> None:
        self._drafts_known = False
