"""Frames as native drafts: what a private chat shows while an answer is written."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound

from bot.delivery.base import Frame, FrameOutcome, Target
from bot.delivery.excerpt import FramePages
from bot.delivery.flood import FloodControl, FrameKind, FrameSkipped
from bot.delivery.formatted import Formatted
from bot.delivery.rendering import Rendering
from bot.delivery.rich_draft import RichDrafts

logger = structlog.get_logger()

_SECONDS_BETWEEN = 1.0
# A draft lives for 30 s (docs/delivery.md); a request may take a while.
_REFRESH_SECONDS = 18.0
_FAILURES_BORNE = 2


class DraftFrames:
    """Shows frames by `sendMessageDraft`, with Telegram's own Stop button. An empty frame shows "Thinking…".

    For who wants rich messages, frames that gain by it go as rich drafts. A server that does not know the method is
    reported by `on_unknown_method`; after it, or after three failures in a row that are no 429, this way is given up
    for the answer at hand.
    """

    refresh_seconds: float | None = _REFRESH_SECONDS

    def __init__(
        self,
        target: Target,
        flood: FloodControl,
        rendering: Rendering,
        *,
        draft_id: int,
        on_unknown_method: Callable[[], None],
        message_id: int | None = None,
        rich: RichDrafts | None = None,
    ) -> None:
        """`draft_id` is not zero and used for no other answer; `message_id` is what an earlier try has sent."""
        self.message_id = message_id
        self._target = target
        self._flood = flood
        self._draft_id = draft_id
        self._on_unknown_method = on_unknown_method
        self._rich = rich
        self._pages = FramePages(rendering)
        self._failures = 0

    def pause_after(self, frame: Frame) -> float:
        """A second, however long the text is; longer where Telegram has found that too fast."""
        return _SECONDS_BETWEEN * self._flood.slowness(self._target.chat_id)

    async def show(self, frame: Frame) -> FrameOutcome:
        """Show one frame."""
        if not self._flood.allows_frame(self._target.chat_id, FrameKind.DRAFT):
            return FrameOutcome.SKIPPED
        try:
            if self._rich is None or not await self._rich.show(self._target, self._draft_id, frame):
                await self._send(await self._pages.text(frame))
        except FrameSkipped:
            return FrameOutcome.SKIPPED
        except TelegramNotFound:
            logger.info("drafts_unknown", chat_id=self._target.chat_id)
            self._on_unknown_method()
            return FrameOutcome.GIVEN_UP
        except AiogramError as error:
            self._failures += 1
            logger.warning("draft_failed", chat_id=self._target.chat_id, error=type(error).__name__)
            return FrameOutcome.SKIPPED if self._failures <= _FAILURES_BORNE else FrameOutcome.GIVEN_UP
        self._failures = 0
        return FrameOutcome.SHOWN

    async def _send(self, text: Formatted) -> None:
        try:
            await self._request(text)
        except TelegramBadRequest:
            if not text.marks:
                raise
            await self._request(text.plain)

    async def _request(self, text: Formatted) -> None:
        await self._target.bot.send_message_draft(
            self._target.chat_id,
            self._draft_id,
            message_thread_id=self._target.thread_id,
            text=text.text,
            parse_mode=None,
            entities=text.entities(),
            can_stop=True,
            keep_on_stop=True,
        )
