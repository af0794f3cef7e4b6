"""Who sent an update, and may they: handlers behind it get `person`, strangers get no further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.access import Doorkeeper
from bot.access_cards import AccessCards
from bot.commands import CommandMenus
from bot.cooldown import Cooldown
from bot.events import Notice
from bot.i18n import Texts, Translator
from bot.invitations import Inviting, code_in
from bot.notices import AdminNotices
from bot.presses import settle
from bot.settings import AccessMode
from bot.views.people import who
from llm.clock import Clock
from storage import Access, Person, QueuedUpdate

logger = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class PersonMiddleware(BaseMiddleware):
    """Lets permitted people through and deals with strangers itself, so that no handler can forget to."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        texts: Texts,
        menus: CommandMenus,
        cards: AccessCards,
        inviting: Inviting,
        notices: AdminNotices,
        clock: Clock,
    ) -> None:
        self._doorkeeper = doorkeeper
        self._texts = texts
        self._menus = menus
        self._cards = cards
        self._inviting = inviting
        self._notices = notices
        self._told_over = Cooldown(clock)

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on with `person` and `t` known, or end here."""
        if "person" in data:  # known from a middleware before: in a group, or where something was asked inline
            return await handler(event, data)
        chat: Chat | None = data.get("event_chat")
        user: User | None = data.get("event_from_user")
        if chat is None or chat.type != ChatType.PRIVATE or (user is not None and user.is_bot):
            return None
        # Telegram's own Stop button comes without a user; a private chat has its person's id.
        name, username = (user.full_name, user.username) if user else (chat.full_name, chat.username)
        language_code = user.language_code if user else None
        person = await self._doorkeeper.meet(chat.id, name, username, language_code)
        t = self._texts.translator(person.language or language_code)
        data["person"], data["t"] = person, t
        message = event.message if isinstance(event, Update) else None
        if message is not None and await self._claimed(message, person, t):
            return None
        if message is not None and await self._invited(message, person, t):
            data["person"] = person = await self._doorkeeper.meet(chat.id, name, username, language_code)
        if person.access is Access.ALLOWED:
            return await handler(event, data)
        if message is not None:
            queued: QueuedUpdate = data["queued"]
            await self._turn_away(message, person, t, queued.attempts)
        elif isinstance(event, Update) and isinstance(event.callback_query, CallbackQuery):
            await settle(event.callback_query)
        return None

    async def _claimed(self, message: Message, person: Person, t: Translator) -> bool:
        if not message.text or not await self._doorkeeper.claim(person, message.text):
            return False
        logger.info("owner_code_used", person_id=person.id)
        await self._menus.show_admin(person.id)
        await message.answer(t("access-owner-accepted"))
        await self._cards.send_waiting(person.id)
        return True

    async def _invited(self, message: Message, person: Person, t: Translator) -> bool:
        """Whether somebody who was not in has come in by an invitation. It opens no door to who was kept out."""
        code = code_in(message.text)
        if code is None or person.access is Access.ALLOWED or person.kept_out:
            return False
        if self._doorkeeper.mode is AccessMode.ALLOWLIST:
            return False
        if not await self._inviting.use(code, person.id):
            if self._told_over.passes(message.chat.id):
                await message.answer(t("invite-over"))
            return False
        logger.info("invitation_used", person_id=person.id)
        args = {"name": person.name, "who": who(person)}
        self._notices.tell(Notice("notice-invited", str(person.id), args))
        return True

    async def _turn_away(self, message: Message, person: Person, t: Translator, attempts: int) -> None:
        if person.access is Access.BLOCKED:
            await message.answer(t("access-blocked"))
            await self._doorkeeper.told_blocked(person)
            return
        # A second attempt at the same update means that the first was cut short: the cards may not have gone out.
        if not await self._doorkeeper.ask(person) and attempts <= 1:
            return
        if self._doorkeeper.mode is not AccessMode.APPROVE:
            await message.answer(t("access-private", id=str(person.id)))
            return
        await message.answer(t("access-waiting"))
        await self._cards.send(person)
