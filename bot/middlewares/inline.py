"""Who asks in another chat, and may they: strangers are offered nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQueryResultsButton, TelegramObject, Update, User

from bot.access import Doorkeeper, as_member
from bot.i18n import Texts
from bot.presses import settle
from storage import Access

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class InlineMiddleware(BaseMiddleware):
    """Lets permitted people through. Handlers behind it get `person`, who is no admin in a foreign chat, and `t`."""

    def __init__(self, doorkeeper: Doorkeeper, texts: Texts) -> None:
        self._doorkeeper = doorkeeper
        self._texts = texts

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on with `person` and `t` known, or end here; leave everything else to others."""
        user: User | None = data.get("event_from_user")
        if not isinstance(event, Update) or user is None or not _is_inline(event):
            return await handler(event, data)
        person = await self._doorkeeper.meet(user.id, user.full_name, user.username, user.language_code)
        t = self._texts.translator(person.language or user.language_code)
        if person.access is Access.ALLOWED:
            data["person"], data["t"] = as_member(person), t
            return await handler(event, data)
        if event.callback_query is not None:
            await settle(event.callback_query)
        if event.inline_query is not None:
            button = InlineQueryResultsButton(text=t("inline-stranger"), start_parameter="inline")
            try:
                await event.inline_query.answer([], cache_time=0, is_personal=True, button=button)
            except TelegramBadRequest:  # too old
                return None
        return None


def _is_inline(event: Update) -> bool:
    pressed = event.callback_query is not None and event.callback_query.inline_message_id is not None
    return pressed or event.inline_query is not None or event.chosen_inline_result is not None
