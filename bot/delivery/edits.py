"""Frames as edits of one message: for groups, and for Bot API servers that do not know drafts."""

from __future__ import annotations

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramMigrateToChat

from bot.delivery.base import AnswerPlace, Frame, FrameOutcome, Target
from bot.delivery.excerpt import FramePages
from bot.delivery.final import NO_PREVIEW, reply_parameters
from bot.delivery.flood import EditFrame, FloodControl, FrameKind, FrameSkipped, MessageFrame
from bot.delivery.formatted import Formatted
from bot.delivery.refusals import Refusal, refusal
from bot.delivery.rendering import Rendering

logger = structlog.get_logger()

_SECONDS_BETWEEN = 3.0
_MORE_SECONDS_PER_CHARACTER = 1 / 1000
_MOST_SECONDS_BETWEEN = 10.0
_EMPTY = "…"


def edit_pause(frame: Frame) -> float:
    """How many seconds lie between two edits of a message: more for longer texts."""
    return min(_MOST_SECONDS_BETWEEN, _SECONDS_BETWEEN + len(frame.markdown) * _MORE_SECONDS_PER_CHARACTER)


class EditFrames:
    """Shows frames in a message of its own, sent at the first frame and then edited, with a Stop button below it.

    The message of an earlier, broken-off try at the same answer is taken over. A message that somebody deleted is
    replaced by a new one.
    """

    refresh_seconds: float | None = None

    def __init__(self, target: Target, flood: FloodControl, rendering: Rendering, place: AnswerPlace) -> None:
        self._target = target
        self._flood = flood
        self._place = place
        self._pages = FramePages(rendering)
        self.message_id: int | None = place.resume_message_id

    def pause_after(self, frame: Frame) -> float:
        """Longer for longer texts, which are harder on the limits and read more slowly, and where there were 429s."""
        return edit_pause(frame) * self._flood.slowness(self._target.chat_id)

    async def show(self, frame: Frame) -> FrameOutcome:
        """Show one frame."""
        if not self._flood.allows_frame(self._target.chat_id, FrameKind.EDIT):
            return FrameOutcome.SKIPPED
        text = await self._pages.text(frame)
        try:
            await self._put(text if text.text else Formatted(_EMPTY))
        except FrameSkipped:
            return FrameOutcome.SKIPPED
        except TelegramMigrateToChat as error:
            self._target.move(error.migrate_to_chat_id)
            self.message_id = None
            return FrameOutcome.SKIPPED
        except AiogramError as error:
            logger.warning("frame_failed", chat_id=self._target.chat_id, error=type(error).__name__)
            return FrameOutcome.SKIPPED
        return FrameOutcome.SHOWN

    async def _put(self, text: Formatted) -> None:
        try:
            await self._once(text)
        except TelegramBadRequest as error:
            kind = refusal(error)
            if kind is Refusal.NOT_MODIFIED:
                return
            if kind is Refusal.MESSAGE_GONE and self.message_id is not None:
                self.message_id = None
                await self._once(text)
            elif text.marks and kind is Refusal.OTHER:
                await self._once(text.plain)
            else:
                raise

    async def _once(self, text: Formatted) -> None:
        if self.message_id is None:
            await self._send(text)
            return
        await self._target.bot(
            EditFrame(
                chat_id=self._target.chat_id,
                message_id=self.message_id,
                text=text.text,
                parse_mode=None,
                entities=text.entities(),
                link_preview_options=NO_PREVIEW,
                reply_markup=self._place.stop_markup,
            )
        )

    async def _send(self, text: Formatted) -> None:
        sent = await self._target.bot(
            MessageFrame(
                chat_id=self._target.chat_id,
                text=text.text,
                message_thread_id=self._target.thread_id,
                parse_mode=None,
                entities=text.entities(),
                link_preview_options=NO_PREVIEW,
                reply_parameters=reply_parameters(self._target),
                reply_markup=self._place.stop_markup,
            )
        )
        self.message_id = sent.message_id
        if self._place.on_first_message is not None:
            await self._place.on_first_message(sent.message_id)
