"""What comes from groups: only what is meant for the bot and comes from who may gets any further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, TelegramObject, Update, User

from bot.access import as_member
from bot.groups.gate import Verdict
from bot.groups.parts import GroupParts
from bot.presses import settle
from llm.clock import Clock

logger = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
STRANGER_SECONDS = 3600.0
_STRANGERS_KEPT = 1000


class GroupMiddleware(BaseMiddleware):
    """Stands before the one for private chats. Handlers behind it get `person`, `t` and `group`."""

    def __init__(self, parts: GroupParts, clock: Clock) -> None:
        self._gate = parts.gate
        self._eyes = parts.eyes
        self._groups = parts.groups
        self._personal = parts.personal
        self._clock = clock
        self._told: dict[tuple[int, int], float] = {}

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on with what is meant for the bot; leave private chats to others."""
        chat: Chat | None = data.get("event_chat")
        if chat is None or chat.type not in _GROUPS or not isinstance(event, Update):
            return await handler(event, data)
        if event.message is not None:
            return await self._message(handler, event, event.message, data)
        if event.edited_message is not None:
            return await self._edited(handler, event, event.edited_message, data)
        user: User | None = data.get("event_from_user")
        if user is None or user.is_bot:
            return None
        return await self._other(handler, event, chat, user, data)

    async def _message(self, handler: Handler, event: Update, message: Message, data: dict[str, Any]) -> Any:
        if message.migrate_to_chat_id is not None:
            return await self._move(message.chat.id, message.migrate_to_chat_id)
        if message.migrate_from_chat_id is not None:
            return await self._move(message.migrate_from_chat_id, message.chat.id)
        entry = await self._gate.look(message)
        if entry is None or entry.verdict is not Verdict.LET_IN:
            self._eyes.closed(message)
            if entry is not None and entry.verdict is Verdict.STRANGER and self._may_be_told(message):
                await self._personal.tell(message, entry.person.id, entry.t("group-stranger"))
            return None
        self._eyes.opened(entry)
        data.update(person=entry.person, t=entry.t, group=entry.group)
        try:
            return await handler(event.model_copy(update={"message": entry.message}), data)
        finally:
            self._eyes.closed(message)

    async def _edited(self, handler: Handler, event: Update, message: Message, data: dict[str, Any]) -> Any:
        """Changes of what has been answered; no other message is known by the handler."""
        entry = await self._gate.look(message)
        if entry is None or entry.verdict is not Verdict.LET_IN:
            return None
        data.update(person=entry.person, t=entry.t, group=entry.group)
        return await handler(event.model_copy(update={"edited_message": entry.message}), data)

    async def _other(self, handler: Handler, event: Update, chat: Chat, user: User, data: dict[str, Any]) -> Any:
        group = await self._gate.group(chat.id, chat.title or "")
        person, t = await self._gate.meet(user, group)
        of_membership = isinstance(event.event, ChatMemberUpdated)
        if not of_membership and not self._gate.may(person, group):
            if isinstance(event.callback_query, CallbackQuery):
                await settle(event.callback_query, t("group-stranger"), show_alert=True)
            return None
        data.update(person=as_member(person), t=t, group=group)
        return await handler(event, data)

    async def _move(self, old_id: int, new_id: int) -> None:
        logger.info("group_moved", old_id=old_id, new_id=new_id)
        await self._groups.move(old_id, new_id)

    def _may_be_told(self, message: Message) -> bool:
        """Once in an hour: who is not let in gets a word, and no conversation."""
        assert message.from_user is not None  # noqa: S101 - what is meant for the bot has a sender
        place, now = (message.chat.id, message.from_user.id), self._clock.monotonic()
        if now - self._told.get(place, -STRANGER_SECONDS) < STRANGER_SECONDS:
            return False
        self._told.pop(place, None)
        self._told[place] = now
        while len(self._told) > _STRANGERS_KEPT:
            del self._told[next(iter(self._told))]
        return True
