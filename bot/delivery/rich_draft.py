"""Frames as rich drafts: thoughts as Telegram's own thinking block, tables and formulas while they are written."""

from __future__ import annotations

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramNotFound
from aiogram.types import InputRichBlockThinking, InputRichMessage

from bot.delivery.base import Frame, Target
from bot.delivery.excerpt import FramePages
from bot.delivery.flood import FrameSkipped
from bot.delivery.formatted import sendable
from bot.delivery.markup import completed
from bot.delivery.rendering import Rendering
from bot.delivery.rich import RichText, rich_markdown
from bot.delivery.thinking import live

logger = structlog.get_logger()


class RichDrafts:
    """The rich frames of one answer; given up for it at the first refusal."""

    def __init__(self, rich: RichText, rendering: Rendering) -> None:
        self._rich = rich
        self._rendering = rendering
        self._pages = FramePages(rendering)
        self._refused = False

    async def show(self, target: Target, draft_id: int, frame: Frame) -> bool:
        """Show a frame; False when a classic draft shows it as well, or is all that can be had.

        Raises `FrameSkipped` when nothing may be shown now, and the network's own errors.
        """
        if self._refused or self._rich.drafts_unknown or (message := await self._message(frame)) is None:
            return False
        try:
            await target.bot.send_rich_message_draft(
                target.chat_id,
                draft_id,
                message,
                message_thread_id=target.thread_id,
                can_stop=True,
                keep_on_stop=True,
            )
        except (FrameSkipped, TelegramNetworkError):
            raise
        except TelegramAPIError as error:
            self._refused = True
            self._rich.drafts_unknown = isinstance(error, TelegramNotFound)
            logger.warning("rich_draft_refused", chat_id=target.chat_id, error=type(error).__name__)
            return False
        return True

    async def _message(self, frame: Frame) -> InputRichMessage | None:
        if frame.written:
            page = self._pages.page(sendable(frame.markdown))
            markdown = await self._rendering.run(_rich_page, page)
            return None if markdown is None else InputRichMessage(markdown=markdown)
        if not frame.thoughts:
            return None
        return InputRichMessage(blocks=[InputRichBlockThinking(text=live(frame.status, frame.thoughts).text)])


def _rich_page(page: str) -> str | None:
    return rich_markdown(completed(page), "")
