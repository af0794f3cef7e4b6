"""Who may send when: one budget for each chat and one for the bot, for everything that goes out."""

from __future__ import annotations

import asyncio
import json
import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    EditMessageReplyMarkup,
    EditMessageText,
    Response,
    SendChatAction,
    SendMessage,
    SendMessageDraft,
    SendRichMessageDraft,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType

from bot.delivery.windows import Budget, Shares, Window
from bot.errors import BotError
from llm.clock import Clock

if TYPE_CHECKING:
    from aiogram import Bot

logger = structlog.get_logger()

# Telegram's limits (docs/delivery.md): 30 a second in all, one a second and about 20 a minute in a chat,
# edits included. None is published for drafts. Frames leave a part of each free for what must arrive.
# The windows are a little longer than Telegram's, since requests take unequal times to get there.
_MESSAGES = ((20, 61.0), (3, 3.1))
_MESSAGES_SPARE = (5, 1)
_DRAFTS = ((60, 60.0), (3, 2.0))
_OVERALL = ((30, 1.05),)
_OVERALL_SPARE = (6,)

# A hold on this many chats within this time means that the whole bot is too fast.
_CHATS_OF_GLOBAL_LIMIT = 3
_GLOBAL_LIMIT_SECONDS = 2.0

# After a 429 the frames of a chat keep longer pauses: this many times longer for each, until so long without one.
_SLOWER = 1.5
_SLOWEST = 4.0
_SLOW_SECONDS = 120.0

# For a 429 that does not say how long.
_UNNAMED_HOLD_SECONDS = 5.0

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_SERVER_ERRORS_BORNE = 5
_NETWORK_PATIENCE_SECONDS = 3600.0
_CHATS_KEPT = 1000

_SENDING = ("send", "edit", "copy", "forward")


class FrameKind(StrEnum):
    """What is shown for the moment only, and skipped when it cannot be shown now."""

    DRAFT = "draft"
    EDIT = "edit"


class FrameSkipped(BotError):
    """A frame was not shown, because the chat may not be written to now; what follows carries its text."""


class EditFrame(EditMessageText):
    """An edit that shows an answer on its way; skipped when there is no room for it."""


class KeyboardFrame(EditMessageReplyMarkup):
    """The end of a keyboard that is of no use any more; skipped when there is no room for it."""


class MessageFrame(SendMessage):
    """The message that the edits go to; skipped when there is no room for it."""


@dataclass(slots=True)
class _Chat:
    """What is known of one chat."""

    messages: Budget = field(default_factory=lambda: _budget(_MESSAGES, _MESSAGES_SPARE))
    drafts: Budget = field(default_factory=lambda: _budget(_DRAFTS, (0, 0)))
    held_until: float = 0.0
    slowness: float = 1.0
    limited_at: float = -math.inf
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class FloodControl(BaseRequestMiddleware):
    """Lets each request of a bot's session through when it may go; to be registered as its request middleware.

    Requests without a chat pass untouched. A frame (a draft, a chat action, `EditFrame`, `MessageFrame`) goes at once
    or raises `FrameSkipped`. Everything else must arrive: in each chat one after the other, it waits for the budget,
    and for the end of a hold however long it is; other chats go on. A 429 holds its chat for the seconds that Telegram
    names, and nothing at all is sent there before; 429s in several chats at once hold the whole bot.

    What must arrive is sent again after an error of the server (a few times) or of the network (for an hour). Where
    only the reply was lost, `SentOnce` finds the message that stands in the chat.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._chats: dict[int | str, _Chat] = {}
        self._overall = _budget(_OVERALL, _OVERALL_SPARE)
        self._held_until = 0.0
        self._limited: deque[tuple[float, int | str, float]] = deque(maxlen=_CHATS_OF_GLOBAL_LIMIT)
        self._shares = Shares(_OVERALL[0][0] - _OVERALL_SPARE[0], _OVERALL[0][1])

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let one request through."""
        chat_id = getattr(method, "chat_id", None)
        if chat_id is None:
            return await make_request(bot, method)
        kind = _frame_kind(method)
        if kind is not None:
            return await self._frame(make_request, bot, method, chat_id, kind)
        chat = self._chat(chat_id)
        async with chat.turn:
            return await self._must_arrive(make_request, bot, method, chat_id, chat)

    def allows_frame(self, chat_id: int, kind: FrameKind) -> bool:
        """Whether a frame would go through now. Drafts and edits have budgets of their own.

        What is left for frames of all is shared evenly among the chats that ask.
        """
        now = self._clock.monotonic()
        if not self._shares.allow(chat_id, now):
            return False
        chat = self._chat(chat_id)
        budget = chat.drafts if kind is FrameKind.DRAFT else chat.messages
        return (
            max(
                chat.held_until,
                self._held_until,
                budget.ready_at(now, spare=True),
                self._overall.ready_at(now, spare=True),
            )
            <= now
        )

    def slowness(self, chat_id: int | str) -> float:
        """How many times longer than usual the pauses between the frames of a chat should be: 1 without 429s."""
        chat = self._chat(chat_id)
        past = max(0.0, self._clock.monotonic() - max(chat.limited_at, chat.held_until))
        return float(max(1.0, chat.slowness / _SLOWER ** (past // _SLOW_SECONDS)))

    def held_for(self, chat_id: int) -> float:
        """How many seconds nothing may be sent to a chat any more; 0 when it is free."""
        held_until = max(self._chat(chat_id).held_until, self._held_until)
        return max(0.0, held_until - self._clock.monotonic())

    async def _frame(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
        chat_id: int,
        kind: FrameKind,
    ) -> Response[TelegramType]:
        if not self.allows_frame(chat_id, kind):
            raise FrameSkipped("no room")
        now = self._clock.monotonic()
        chat = self._chat(chat_id)
        (chat.drafts if kind is FrameKind.DRAFT else chat.messages).take(now)
        self._overall.take(now)
        self._shares.taken(chat_id, now)
        try:
            return await make_request(bot, method)
        except TelegramAPIError as error:
            if (seconds := _hold_seconds(error)) is None:
                raise
            self._hold(chat_id, seconds)
            raise FrameSkipped("held") from error

    async def _must_arrive(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
        chat_id: int | str,
        chat: _Chat,
    ) -> Response[TelegramType]:
        began: float | None = None
        errors = 0
        while True:
            await self._wait_turn(chat, counts=method.__api_method__.startswith(_SENDING))
            try:
                return await make_request(bot, method)
            except (TelegramAPIError, ClientDecodeError) as error:
                if (seconds := _hold_seconds(error)) is not None:
                    self._hold(chat_id, seconds)
                    continue
                began = self._clock.monotonic() if began is None else began
                errors += 1
                if not _passing(error) or self._exhausted(error, errors, began):
                    raise
                logger.warning("telegram_retry", method=method.__api_method__, error=type(error).__name__, tries=errors)
            await self._clock.sleep(min(_FIRST_PAUSE_SECONDS * 2 ** (errors - 1), _LONGEST_PAUSE_SECONDS))

    async def _wait_turn(self, chat: _Chat, *, counts: bool) -> None:
        """Wait for the chat, then for a place among all: those are given in the order in which they are asked for."""
        while True:
            now = self._clock.monotonic()
            ready = max(chat.held_until, chat.messages.ready_at(now)) if counts else chat.held_until
            if ready > now:
                await self._clock.sleep(ready - now)
                continue
            place = max(self._held_until, self._overall.ready_at(now))
            self._overall.take(place)
            if place > now:
                await self._clock.sleep(place - now)
                now = self._clock.monotonic()
            if max(chat.held_until, self._held_until) <= now:
                break
        if counts:
            chat.messages.take(now)

    def _hold(self, chat_id: int | str, seconds: float) -> None:
        now = self._clock.monotonic()
        chat = self._chat(chat_id)
        chat.slowness = min(_SLOWEST, _SLOWER * self.slowness(chat_id))
        chat.limited_at = now
        chat.held_until = max(chat.held_until, now + seconds)
        logger.warning("telegram_flood", chat_id=chat_id, retry_after_seconds=seconds)
        self._limited.append((now, chat_id, now + seconds))
        recent = [(chat, until) for moment, chat, until in self._limited if moment > now - _GLOBAL_LIMIT_SECONDS]
        if len({chat for chat, _ in recent}) >= _CHATS_OF_GLOBAL_LIMIT:
            self._held_until = max(self._held_until, min(until for _, until in recent))

    def _exhausted(self, error: Exception, errors: int, began: float) -> bool:
        if isinstance(error, TelegramNetworkError):
            return self._clock.monotonic() - began > _NETWORK_PATIENCE_SECONDS
        return errors > _SERVER_ERRORS_BORNE

    def _chat(self, chat_id: int | str) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= _CHATS_KEPT:
                self._forget_idle()
            chat = self._chats[chat_id] = _Chat()
        return chat

    def _forget_idle(self) -> None:
        now = self._clock.monotonic()
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if chat.turn.locked()
            or chat.held_until > now
            or self.slowness(chat_id) > 1
            or not (chat.messages.empty(now) and chat.drafts.empty(now))
        }


def _budget(windows: tuple[tuple[int, float], ...], spares: tuple[int, ...]) -> Budget:
    return Budget([Window(limit, seconds) for limit, seconds in windows], spares)


def _frame_kind(method: TelegramMethod[TelegramType]) -> FrameKind | None:
    if isinstance(method, SendMessageDraft | SendRichMessageDraft | SendChatAction):
        return FrameKind.DRAFT
    return FrameKind.EDIT if isinstance(method, EditFrame | KeyboardFrame | MessageFrame) else None


def _hold_seconds(error: Exception) -> float | None:
    """For how long Telegram wants silence; None when that is not what it said."""
    if isinstance(error, TelegramRetryAfter):
        return error.retry_after
    if type(error) is TelegramAPIError and error.message.startswith("Too Many Requests"):
        return _UNNAMED_HOLD_SECONDS
    return None


def _passing(error: Exception) -> bool:
    """Whether the same request may succeed later. A page of HTML from a proxy comes as a reply that is no JSON."""
    if isinstance(error, ClientDecodeError):
        return isinstance(error.original, json.JSONDecodeError)
    if isinstance(error, TelegramEntityTooLarge):
        return False
    return isinstance(error, TelegramServerError | TelegramNetworkError)
