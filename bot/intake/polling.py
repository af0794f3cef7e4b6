"""Long polling that tells Telegram "received" only after the updates are on disk."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import orjson
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from bot.events import Notice, Notify
from bot.intake.contact import Contact
from bot.intake.lanes import lane_of
from llm.clock import Clock
from storage import Inbox, NewUpdate, StorageError

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "inline_query",
    "chosen_inline_result",
    "stopped_message_generation",
)
POLL_SECONDS = 30
NETWORK_MARGIN_SECONDS = 10
CONFLICTS_TOLD = 3
CONFLICTS_WITHIN_SECONDS = 120.0
"""So many conflicts in so long are no accident."""


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` with its answer as it came.

    One update that this version of aiogram cannot read must not lose the whole batch, so each is read by itself later.
    """

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Polling:
    """Fetches updates for as long as it runs.

    A batch is stored in one transaction before the next request confirms it; aiogram's own polling confirms first
    (style of `start_polling`: the offset moves as soon as an update has been yielded).
    """

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        wake: Callable[[], None],
        *,
        clock: Clock,
        randomness: random.Random,
        notify: Notify | None = None,
    ) -> None:
        """`notify` is told when somebody else goes on taking the updates away."""
        self._bot = bot
        self._inbox = inbox
        self._wake = wake
        self._clock = clock
        self._notify = notify
        self._conflicts: deque[float] = deque(maxlen=CONFLICTS_TOLD)
        self._contact = Contact(clock, randomness)

    @property
    def last_contact(self) -> float | None:
        """When Telegram has answered last, as the clock's monotonic time; None: not yet."""
        return self._contact.last

    @property
    def failures(self) -> int:
        """How often it has not answered since then."""
        return self._contact.failures

    @property
    def hook(self) -> None:
        """There is no webhook."""
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def run(self) -> None:
        """Poll until cancelled. Raises `TelegramUnauthorizedError` when Telegram does not know the token."""
        offset: int | None = None
        while True:
            updates = await self._fetch(offset)
            if not updates:
                continue
            try:
                await self._inbox.put(
                    [NewUpdate(update["update_id"], lane_of(update), _payload(update)) for update in updates]
                )
            except StorageError as error:
                # Not confirmed, so Telegram will give the same updates again.
                await self._contact.pause("updates_not_stored", self._contact.backoff(), error=str(error))
                continue
            offset = max(update["update_id"] for update in updates) + 1
            self._wake()

    async def _fetch(self, offset: int | None) -> Sequence[dict[str, Any]]:
        request = GetRawUpdates(offset=offset, timeout=POLL_SECONDS, allowed_updates=list(ALLOWED_UPDATES))
        try:
            updates = await self._bot(request, request_timeout=POLL_SECONDS + NETWORK_MARGIN_SECONDS)
        except TelegramUnauthorizedError:
            raise
        except TelegramRetryAfter as error:
            await self._contact.pause("telegram_asks_to_wait", error.retry_after)
        except TelegramConflictError as error:
            hooked = "webhook" in error.message
            event = "a_webhook_is_set_for_this_token" if hooked else "another_program_polls_with_this_token"
            self._conflict("webhook" if hooked else "poller")
            await self._contact.pause(event, self._contact.backoff())
        except AiogramError as error:  # the network, the server, or a proxy's page in its place
            await self._contact.pause("telegram_unreachable", self._contact.backoff(), error=type(error).__name__)
        else:
            self._contact.made()
            return updates
        return ()

    def _conflict(self, other: str) -> None:
        """Tell of it when it goes on: at a restart the bot may meet its own last request."""
        self._conflicts.append(self._clock.monotonic())
        many = len(self._conflicts) == CONFLICTS_TOLD
        if many and self._notify is not None and self._conflicts[-1] - self._conflicts[0] <= CONFLICTS_WITHIN_SECONDS:
            self._notify(Notice("notice-conflict", mark=other, args={"other": other}))


def _payload(update: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(update)
    except TypeError:  # half a surrogate pair or a huge number, which it does not write; stored as it came
        return json.dumps(update).encode()
