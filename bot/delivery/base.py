"""The protocols of showing an answer to a person: the delivery as a whole, and the ways to show its frames."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup

from bot.delivery.code_files import CodeFile
from bot.delivery.thinking import Thoughts

MessageIdSink = Callable[[int], Awaitable[None]]
"""Is told the id of an answer's first message as soon as there is one."""


class Delivery(Protocol):
    """Shows one answer in one chat: frames while it grows, then one final series of messages.

    A frame that cannot be shown now is skipped, never queued; what follows carries all its text. The final text always
    arrives, whatever the Bot API server says: with formatting if it can be, else plain.
    """

    async def show(self, markdown: str, *, status: str = "", thoughts: str = "") -> None:
        """Show the answer as far as it has come.

        `status` is a short line for the time when there is no text yet, `thoughts` the last of what the model thinks,
        which is shown until then. Returns at once: a frame is sent by the delivery's own task.
        """

    async def finish(
        self,
        markdown: str,
        *,
        note: str = "",
        markup: InlineKeyboardMarkup | None = None,
        thoughts: Thoughts | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        """Send the final text and return the ids of its messages.

        `note` is a line set apart below the text, `thoughts` are folded away above it, `files` follow it, `markup`
        stands below the last message. Raises `DeliveryFailed` only when the chat cannot be reached at all (the person
        blocked the bot, say).
        """


@dataclass(slots=True)
class Target:
    """Where an answer goes; it changes when a group becomes a supergroup or a topic is gone."""

    bot: Bot
    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None

    def move(self, chat_id: int) -> None:
        """Follow the chat; ids of messages and topics do not come along."""
        self.chat_id, self.thread_id, self.reply_to = chat_id, None, None


@dataclass(frozen=True, slots=True)
class Frame:
    """An answer on its way: its Markdown so far, or a line that says what is going on and the model's last thoughts."""

    markdown: str = field(repr=False)
    status: str = ""
    thoughts: str = field(default="", repr=False)

    @property
    def written(self) -> bool:
        """Whether there is something of the answer itself."""
        return bool(self.markdown) and not self.markdown.isspace()

    @property
    def shown(self) -> str:
        """What a person would see of it."""
        if self.written:
            return self.markdown
        return f"{self.status}\n{self.thoughts}" if self.thoughts else self.status


class FrameOutcome(StrEnum):
    """What became of a frame."""

    SHOWN = "shown"
    SKIPPED = "skipped"
    GIVEN_UP = "given_up"


class Frames(Protocol):
    """A way to show frames in a chat."""

    @property
    def refresh_seconds(self) -> float | None:
        """After how long the same frame is shown again, because it would vanish; None when it stays."""

    @property
    def message_id(self) -> int | None:
        """The message that holds the frames and is to become the final text's first; None when there is none."""

    def pause_after(self, frame: Frame) -> float:
        """How many seconds lie at least between this frame and the next."""

    async def show(self, frame: Frame) -> FrameOutcome:
        """Show one frame. `GIVEN_UP` means that this way is of no use for this answer."""


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """How an answer looks beside its text: the Stop button of its frames, who is told of its first message."""

    stop_markup: InlineKeyboardMarkup | None = None
    on_first_message: MessageIdSink | None = None
    resume_message_id: int | None = None
