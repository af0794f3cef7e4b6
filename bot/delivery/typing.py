"""Frames for who wants whole answers only: nothing but Telegram's own "typing…" while one is written."""

from __future__ import annotations

import structlog
from aiogram.enums import ChatAction
from aiogram.exceptions import AiogramError

from bot.delivery.base import Frame, FrameOutcome, Target
from bot.delivery.flood import FloodControl, FrameKind, FrameSkipped

logger = structlog.get_logger()

# Telegram shows an action for five seconds at most.
_REFRESH_SECONDS = 4.5


class TypingFrames:
    """Shows that an answer is being written, whatever it says so far."""

    refresh_seconds: float | None = _REFRESH_SECONDS

    def __init__(self, target: Target, flood: FloodControl, *, message_id: int | None = None) -> None:
        """`message_id` is what an earlier try has sent."""
        self.message_id = message_id
        self._target = target
        self._flood = flood

    def pause_after(self, frame: Frame) -> float:
        """As long as it shows."""
        return _REFRESH_SECONDS

    async def show(self, frame: Frame) -> FrameOutcome:
        """Say that it is being written."""
        if not self._flood.allows_frame(self._target.chat_id, FrameKind.DRAFT):
            return FrameOutcome.SKIPPED
        try:
            await self._target.bot.send_chat_action(
                self._target.chat_id, ChatAction.TYPING, message_thread_id=self._target.thread_id
            )
        except FrameSkipped:
            return FrameOutcome.SKIPPED
        except AiogramError as error:
            logger.warning("typing_failed", chat_id=self._target.chat_id, error=type(error).__name__)
            return FrameOutcome.SKIPPED
        return FrameOutcome.SHOWN
