"""Detections shown in a chat: a message with a bar that moves, and in the end what was found out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError
from aiogram.types import InlineKeyboardMarkup, Message

from bot.delivery.flood import EditFrame, FrameSkipped
from bot.faults import trace_of
from bot.i18n import Translator
from bot.model_control import SteeredModel
from bot.task_owner import TaskOwner
from bot.views.detection import detection_view, progress_text, stopped_text, unfinished_text
from bot.views.keyboards import detection_keyboard
from bot.views.rich_tables import stats_rich
from bot.views.stats import stats_caption
from llm.capabilities.detector import DetectionUnfinished, Progress
from llm.capabilities.facts import Detection
from llm.clock import Clock
from llm.errors import NoModelAvailable
from llm.routing.detection import Detections, DetectionStopped

logger = structlog.get_logger()

EDIT_SECONDS = 1.5
"""No sooner is the bar moved again: Telegram permits about 20 edits a minute in a chat."""


class DetectionCards(TaskOwner):
    """Shows detections by tasks of its own, for as long as its context lasts; the command has ended long before."""

    def __init__(self, detections: Detections, clock: Clock) -> None:
        super().__init__()
        self._detections = detections
        self._clock = clock

    def begin(self, asked: Message, models: Sequence[SteeredModel], t: Translator, *, rich: bool) -> None:
        """Detect models, one after the other, each with a message of its own in the chat where it was asked for."""
        self._begin(self._show_all(asked, models, t, rich), "detection card")

    async def _show_all(self, asked: Message, models: Sequence[SteeredModel], t: Translator, rich: bool) -> None:
        for one in models:
            try:
                if not await _Card(self._detections, self._clock, one, t).show(asked, rich=rich):
                    return
            except AiogramError as error:
                logger.warning("detection_not_shown", error=type(error).__name__)
                return
            except Exception as error:  # noqa: BLE001 - a task of our own: nobody else would hear of it
                logger.error("detection_card_failed", trace=trace_of(error))
                return


class _Card:
    """One message about one detection."""

    def __init__(self, detections: Detections, clock: Clock, one: SteeredModel, t: Translator) -> None:
        self._detections = detections
        self._clock = clock
        self._one = one
        self._t = t
        self._progress: Progress | None = None
        self._news = asyncio.Event()

    async def show(self, asked: Message, *, rich: bool) -> bool:
        """Detect and show it; gives whether the next model may follow."""
        t, name = self._t, self._one.model.name
        keyboard = detection_keyboard(t, self._one)
        card = await asked.answer(progress_text(t, name, None), parse_mode=ParseMode.HTML, reply_markup=keyboard)
        moving = asyncio.create_task(self._move(card, keyboard), name="detection bar")
        try:
            detection = await self._detections.detect(self._one.model, self._tell)
        except DetectionStopped:
            await self._end(card, moving, stopped_text(t, name, self._progress))
            return False
        except DetectionUnfinished as error:
            await self._end(card, moving, unfinished_text(t, name, error.failure))
        except NoModelAvailable as error:
            reason = t(f"about-reason-{error.reason}".replace("_", "-"))
            await self._end(card, moving, unfinished_text(t, name, None, reason))
        else:
            await self._result(card, moving, detection, rich=rich)
        finally:
            await _over(moving)
        return True

    def _tell(self, progress: Progress) -> None:
        self._progress = progress
        self._news.set()

    async def _move(self, card: Message, keyboard: InlineKeyboardMarkup) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            text = progress_text(self._t, self._one.model.name, self._progress)
            frame = EditFrame(
                chat_id=card.chat.id,
                message_id=card.message_id,
                text=text,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
            )
            try:
                await frame.as_(card.bot)
            except FrameSkipped:
                self._news.set()  # there was no room for it now
            except AiogramError:
                pass  # it is gone, or shows that already
            await self._clock.sleep(EDIT_SECONDS)

    async def _result(self, card: Message, moving: asyncio.Task[None], detection: Detection, *, rich: bool) -> None:
        view = detection_view(self._t, detection, self._clock.now())
        if not rich:
            await self._end(card, moving, stats_caption(view))
            return
        await _over(moving)
        await card.edit_text(rich_message=stats_rich(view))

    async def _end(self, card: Message, moving: asyncio.Task[None], text: str) -> None:
        await _over(moving)
        await card.edit_text(text, parse_mode=ParseMode.HTML)


async def _over(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
