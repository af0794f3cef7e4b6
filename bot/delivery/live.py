"""One answer in one chat: frames at their own pace while it grows, then the final text."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

import structlog
from aiogram.types import InlineKeyboardMarkup

from bot.delivery.base import Frame, FrameOutcome, Frames, Target
from bot.delivery.code_files import CodeFile
from bot.delivery.formatted import Formatted, Mark, sendable, utf16_units
from bot.delivery.markup import render
from bot.delivery.rendering import Rendering
from bot.delivery.rich import RichText, rich_markdown
from bot.delivery.split import split
from bot.delivery.thinking import Thoughts, folded
from llm.clock import Clock

logger = structlog.get_logger()

# How long a frame that is on its way may hold up the final text. A server that takes longer may show the frame late.
_GRACE_SECONDS = 10.0
# Longer texts are rendered on a thread: 40,000 characters take about 70 ms.
_RENDERED_HERE = 1000
_NOTHING = "…"


class Ending(Protocol):
    """What sends the final text, as `FinalText` does."""

    async def send(
        self,
        pieces: Sequence[Formatted],
        *,
        replace: int | None = None,
        markup: InlineKeyboardMarkup | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        """Send a text in its pieces, and files; gives the ids of their messages."""

    async def arrived(self, message_id: int, *, known: bool) -> tuple[int, ...]:
        """Take note of a message that was sent in another way; gives all ids so far."""


class LiveDelivery:
    """A `Delivery`; to be used as an async context manager, which owns the task that sends the frames.

    The newest frame wins; none is queued. Leaving the context without `finish` sends nothing more.
    """

    def __init__(
        self,
        target: Target,
        frames: Frames,
        final: Ending,
        clock: Clock,
        rendering: Rendering,
        *,
        fallback: Callable[[], Frames] | None = None,
        rich: RichText | None = None,
        streaming: bool = True,
    ) -> None:
        """`fallback` makes the frames to go on with when `frames` are given up; `rich` is for who wants rich text."""
        self._target = target
        self._frames = frames
        self._final = final
        self._clock = clock
        self._rendering = rendering
        self._fallback = fallback
        self._rich = rich
        self._streaming = streaming
        self._latest: Frame | None = None
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ending = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the frames' task."""
        self._task = asyncio.create_task(self._run(), name=f"frames-{self._target.chat_id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the frames' task."""
        await self._cancel()

    async def show(self, markdown: str, *, status: str = "", thoughts: str = "") -> None:
        """See `Delivery.show`."""
        self._latest = Frame(markdown if self._streaming else "", status, thoughts)
        self._news.set()

    async def finish(
        self,
        markdown: str,
        *,
        note: str = "",
        markup: InlineKeyboardMarkup | None = None,
        thoughts: Thoughts | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        """See `Delivery.finish`. No frame is on its way any more when the final text is sent."""
        self._ending = True
        if not self._idle.is_set():
            await wait_for_event(self._idle, self._clock, _GRACE_SECONDS)
        await self._cancel()
        replace = self._frames.message_id
        if self._rich is not None and not self._rich.unknown:
            rich = await self._rendering.run(rich_markdown, markdown, note, thoughts)
            message_id = None
            if rich is not None:
                below = None if files else markup
                message_id = await self._rich.send(self._target, rich, replace=replace, markup=below)
            if message_id is not None:
                await self._final.arrived(message_id, known=message_id == replace)
                return await self._final.send((), markup=markup, files=files)
        if len(markdown) > _RENDERED_HERE or thoughts is not None:
            pieces = await self._rendering.run(final_pieces, markdown, note, thoughts)
        else:
            pieces = final_pieces(markdown, note)
        return await self._final.send(pieces, replace=replace, markup=markup, files=files)

    async def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        try:
            await self._show_frames()
        except Exception:  # a fault in showing frames must not cost the answer, which `finish` sends
            logger.exception("frames_failed", chat_id=self._target.chat_id)

    async def _show_frames(self) -> None:
        shown: Frame | None = None
        shown_at = -math.inf
        while not self._ending:
            frame = await self._worth_showing(shown, shown_at)
            self._idle.clear()
            try:
                outcome = await self._frames.show(frame)
            finally:
                self._idle.set()
            if outcome is FrameOutcome.SHOWN:
                shown, shown_at = frame, self._clock.monotonic()
            elif outcome is FrameOutcome.GIVEN_UP:
                if self._fallback is None:
                    return
                self._frames, self._fallback, shown = self._fallback(), None, None
                continue
            if not self._ending:
                await self._clock.sleep(self._frames.pause_after(frame))

    async def _worth_showing(self, shown: Frame | None, shown_at: float) -> Frame:
        """Wait for a frame that differs from the one that is shown, or for the time to show that one again."""
        refresh = self._frames.refresh_seconds
        while True:
            self._news.clear()
            latest = self._latest
            if latest is not None and (shown is None or latest.shown != shown.shown):
                return latest
            due = None if refresh is None or shown is None else shown_at + refresh - self._clock.monotonic()
            if due is not None and due <= 0 and latest is not None:
                return latest
            await wait_for_event(self._news, self._clock, due)


async def wait_for_event(event: asyncio.Event, clock: Clock, seconds: float | None) -> None:
    """Wait for an event, at most so long by the clock; None means without end."""
    if seconds is None:
        await event.wait()
        return
    racers = (asyncio.create_task(event.wait()), asyncio.ensure_future(clock.sleep(max(0.0, seconds))))
    try:
        await asyncio.wait(racers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for racer in racers:
            racer.cancel()
        await asyncio.gather(*racers, return_exceptions=True)


def final_pieces(markdown: str, note: str, thoughts: Thoughts | None = None) -> tuple[Formatted, ...]:
    """The messages of a final text; at least one."""
    text = with_note(render(markdown), note)
    return split(text if thoughts is None else folded(thoughts).followed_by(text, "\n\n"))


def with_note(text: Formatted, note: str) -> Formatted:
    """The text with a note set apart below it; the note alone when there is no text."""
    note = sendable(note).strip()
    if not text.text:
        return Formatted(note or _NOTHING)
    if not note:
        return text
    return text.followed_by(Formatted(note, (Mark("italic", 0, utf16_units(note)),)), "\n\n")
