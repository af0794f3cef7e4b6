"""The buttons below the last answer of a chat: which there are, and their end when a newer answer comes."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import InlineKeyboardMarkup

from bot.callbacks import AnswerAct
from bot.delivery.answer import AnswerOutcome
from bot.delivery.flood import FrameSkipped, KeyboardFrame
from bot.events import AnswerCompleted
from bot.i18n import Translator
from bot.other_models import OtherModels
from bot.task_owner import TaskOwner
from bot.views.keyboards import answer_keyboard
from llm.clock import Clock
from llm.types import FinishReason
from storage import Answers, Turn

logger = structlog.get_logger()

SHORT_CHARACTERS = 280
"""An answer that is no longer than this need not be made shorter."""
_PAUSES_SECONDS = (0.0, 4.0, 15.0, 60.0)
"""When there is no room for taking buttons away, it is tried again after so long; a press finds them old anyhow."""


class AnswerButtons(TaskOwner):
    """Owns the work of taking buttons away, which no answer waits for; an async context manager."""

    def __init__(self, answers: Answers, others: OtherModels, clock: Clock) -> None:
        super().__init__()
        self._answers = answers
        self._others = others
        self._clock = clock

    def below(
        self, t: Translator, turn: Turn, outcome: AnswerOutcome, *, at_home: bool = False
    ) -> InlineKeyboardMarkup | None:
        """The buttons below an answer that ended so; with `at_home` none that asks a cloud."""
        acts = [AnswerAct.AGAIN]
        model: str | None = None
        if isinstance(outcome, AnswerCompleted):
            model = outcome.result.model
            if outcome.result.finish_reason is FinishReason.LENGTH:
                acts.append(AnswerAct.CONTINUE)
            if len(outcome.result.text) > SHORT_CHARACTERS:
                acts.append(AnswerAct.SHORTER)
        if model is not None and self._others.beside((model,), local=True) is not None:
            acts.append(AnswerAct.OTHER)
        elif model is not None and not at_home and self._others.beside((model,), local=False) is not None:
            acts.append(AnswerAct.CLOUD)
        return answer_keyboard(t, acts, message_id=turn.message_id, person_id=turn.person_id)

    async def leave_last(self, bot: Bot, chat_id: int, thread_id: int = 0, *, but: Collection[int] = ()) -> None:
        """Take the buttons below the last answer away, since it is not the last much longer; returns at once.

        Those of `but` are overwritten anyhow.
        """
        shown = await self._answers.last_shown(chat_id, thread_id)
        if shown is not None and shown not in but:
            self.take_away(bot, chat_id, shown)

    def take_away(self, bot: Bot, chat_id: int, message_id: int) -> None:
        """Take the buttons below a message away as soon as there is room for it."""
        self._begin(self._take_away(bot, chat_id, message_id), f"buttons {chat_id}")

    async def _take_away(self, bot: Bot, chat_id: int, message_id: int) -> None:
        for pause in _PAUSES_SECONDS:
            await self._clock.sleep(pause)
            try:
                await bot(KeyboardFrame(chat_id=chat_id, message_id=message_id, reply_markup=None))
            except FrameSkipped:
                continue
            except AiogramError as error:  # gone, too old, or without buttons already
                logger.debug("buttons_not_taken_away", chat_id=chat_id, error=type(error).__name__)
            return
