"""An answer in one inline message: in a chat that the bot is not in, known by nothing but the message's own id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardMarkup

from bot.delivery.base import Delivery, Frame, FrameOutcome, Target
from bot.delivery.code_files import CodeFile
from bot.delivery.edits import edit_pause
from bot.delivery.excerpt import FramePages
from bot.delivery.final import NO_PREVIEW
from bot.delivery.formatted import MESSAGE_LIMIT, Formatted, Mark, utf16_units
from bot.delivery.live import LiveDelivery, with_note
from bot.delivery.refusals import Refusal, refusal
from bot.delivery.rendering import Rendering
from bot.delivery.split import split
from bot.errors import DeliveryFailed
from llm.clock import Clock

logger = structlog.get_logger()

_LONGEST_HEAD = 300
_MOST_TRIES = 6
_FIRST_PAUSE_SECONDS = 1.0


class InlineMessage:
    """The message, and how long Telegram wants no more edits of it. Above each text stands the question."""

    def __init__(self, bot: Bot, inline_message_id: str, question: str, too_long: str, clock: Clock) -> None:
        """`too_long` is said below a text that had to be cut."""
        self._bot = bot
        self._id = inline_message_id
        shown = question if len(question) <= _LONGEST_HEAD else f"{question[: _LONGEST_HEAD - 1]}…"
        self._head = Formatted(shown, (Mark("blockquote", 0, utf16_units(shown)),))
        self._too_long = too_long
        self._clock = clock
        self._held_until = 0.0

    @property
    def held(self) -> float:
        """For how many seconds nothing may be edited."""
        return max(0.0, self._held_until - self._clock.monotonic())

    async def put(self, text: Formatted, markup: InlineKeyboardMarkup | None, *, cut: bool = False) -> None:
        """Let a text stand in the message. Raises what Telegram raises; a 429 is noted."""
        shown = self._fitting(text, cut=cut)
        try:
            await self._edit(shown, markup)
        except TelegramBadRequest as error:
            kind = refusal(error)
            if kind is Refusal.NOT_MODIFIED:
                return
            if kind is not Refusal.OTHER or not shown.marks:
                raise
            await self._edit(shown.plain, markup)

    def _fitting(self, text: Formatted, *, cut: bool) -> Formatted:
        whole = self._head.followed_by(text, "\n\n")
        if not cut and whole.units <= MESSAGE_LIMIT:
            return whole
        return with_note(split(whole, MESSAGE_LIMIT - utf16_units(self._too_long) - 2)[0], self._too_long)

    async def _edit(self, text: Formatted, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_text(
                text=text.text,
                inline_message_id=self._id,
                parse_mode=None,
                entities=text.entities(),
                link_preview_options=NO_PREVIEW,
                reply_markup=markup,
            )
        except TelegramRetryAfter as error:
            self._held_until = self._clock.monotonic() + error.retry_after
            raise


class InlineFrames:
    """Frames as edits of the inline message, with a Stop button below."""

    refresh_seconds: float | None = None
    message_id: int | None = None

    def __init__(self, message: InlineMessage, stop_markup: InlineKeyboardMarkup, rendering: Rendering) -> None:
        self._message = message
        self._stop_markup = stop_markup
        self._pages = FramePages(rendering)

    def pause_after(self, frame: Frame) -> float:
        """Longer for longer texts; no shorter than Telegram wants."""
        return max(edit_pause(frame), self._message.held)

    async def show(self, frame: Frame) -> FrameOutcome:
        """Show one frame, unless Telegram wants none now."""
        if self._message.held:
            return FrameOutcome.SKIPPED
        text = await self._pages.text(frame)
        try:
            await self._message.put(text if text.text else Formatted("…"), self._stop_markup)
        except AiogramError as error:
            logger.info("inline_frame_failed", error=type(error).__name__)
            return FrameOutcome.SKIPPED
        return FrameOutcome.SHOWN


class InlineText:
    """The final text. There is one message for it: what does not fit is left out, and that is said."""

    def __init__(self, message: InlineMessage, clock: Clock) -> None:
        self._message = message
        self._clock = clock

    async def send(
        self,
        pieces: Sequence[Formatted],
        *,
        replace: int | None = None,
        markup: InlineKeyboardMarkup | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        """Put the text into the message, however long Telegram wants to wait; gives no ids, as there are none.

        Raises `DeliveryFailed` when the message is gone, and the network's or the server's own error in the end.
        """
        text, cut = (pieces[0] if pieces else Formatted("…")), len(pieces) > 1 or bool(files)
        for tried in range(_MOST_TRIES):
            await self._clock.sleep(self._message.held)
            try:
                await self._message.put(text, markup, cut=cut)
            except TelegramRetryAfter:
                continue
            except (TelegramNetworkError, TelegramServerError):
                if tried == _MOST_TRIES - 1:
                    raise
                await self._clock.sleep(_FIRST_PAUSE_SECONDS * 2**tried)
                continue
            except AiogramError as error:
                raise DeliveryFailed(0, type(error).__name__) from error
            return ()
        raise DeliveryFailed(0, "held for too long")

    async def arrived(self, message_id: int, *, known: bool) -> tuple[int, ...]:
        """There are no ids to be kept."""
        return ()


@asynccontextmanager
async def inline_delivery(
    bot: Bot, message: InlineMessage, stop_markup: InlineKeyboardMarkup, rendering: Rendering, clock: Clock
) -> AsyncIterator[Delivery]:
    """Deliver one answer into an inline message. The frames end with the context."""
    frames, text = InlineFrames(message, stop_markup, rendering), InlineText(message, clock)
    delivery = LiveDelivery(Target(bot, 0), frames, text, clock, rendering)
    async with delivery:
        yield delivery
