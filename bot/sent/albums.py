"""Several pictures or files that a person sent at once: Telegram brings each by itself, and they are one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from aiogram import Bot
from aiogram.types import Message, Update
from pydantic import ValidationError

from llm.clock import Clock
from storage import Inbox, QueuedUpdate

QUIET_SECONDS = 0.6
"""When no more of an album has come for so long, it is whole."""
LONGEST_SECONDS = 5.0
LARGEST_ALBUM = 10
"""Telegram's own limit."""


@dataclass(frozen=True, slots=True)
class Album:
    """The messages of an album in their order, and the updates that brought those after the first."""

    messages: tuple[Message, ...]
    joined: tuple[int, ...] = ()


class Albums:
    """Gathers albums out of the inbox, where each part is safe until the whole has been stored."""

    def __init__(self, inbox: Inbox, clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock

    async def whole(self, bot: Bot, message: Message, queued: QueuedUpdate) -> Album:
        """The album of which a message is the first part; the message alone when it is of none."""
        if message.media_group_id is None:
            return Album((message,))
        found: list[tuple[int, Message]] = []
        began = quiet_since = self._clock.monotonic()
        while True:
            now = self._clock.monotonic()
            latest = self._parts(bot, message.media_group_id, queued, await self._inbox.waiting())
            if len(latest) > len(found):
                found, quiet_since = latest, now
            if len(found) + 1 >= LARGEST_ALBUM or now - quiet_since >= QUIET_SECONDS or now - began >= LONGEST_SECONDS:
                break
            await self._clock.sleep(QUIET_SECONDS / 4)
        return Album((message, *(part for _, part in found)), tuple(update_id for update_id, _ in found))

    async def passed_over(self, album: Album) -> None:
        """Its other parts need not be dealt with one by one: what was to be said of them has been said."""
        for update_id in album.joined:
            await self._inbox.done(update_id)

    def _parts(
        self, bot: Bot, group: str, first: QueuedUpdate, waiting: Sequence[QueuedUpdate]
    ) -> list[tuple[int, Message]]:
        parts: list[tuple[int, Message]] = []
        for one in waiting:
            if one.lane != first.lane or one.update_id <= first.update_id or group.encode() not in one.payload:
                continue
            try:
                update = Update.model_validate(orjson.loads(one.payload), context={"bot": bot})
            except (ValueError, ValidationError):
                continue
            if update.message is not None and update.message.media_group_id == group:
                parts.append((one.update_id, update.message))
        return parts[: LARGEST_ALBUM - 1]
