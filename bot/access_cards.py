"""The cards by which admins let strangers in."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.access import Doorkeeper
from bot.i18n import Texts
from bot.views.keyboards import access_keyboard
from bot.views.people import access_question
from storage import Person

logger = structlog.get_logger()


class AccessCards:
    """Sends a card about a stranger to each admin, in the admin's language."""

    def __init__(self, bot: Bot, doorkeeper: Doorkeeper, texts: Texts) -> None:
        self._bot = bot
        self._doorkeeper = doorkeeper
        self._texts = texts

    async def send(self, stranger: Person) -> None:
        """Ask all admins; one who cannot be reached (never started the bot, say) does not keep the others from it."""
        for admin_id in await self._doorkeeper.admins():
            await self._send_to(admin_id, stranger)

    async def send_waiting(self, admin_id: int) -> None:
        """Ask one admin about everybody who still waits: an admin who comes later has missed the cards."""
        for stranger in await self._doorkeeper.waiting():
            await self._send_to(admin_id, stranger)

    async def _send_to(self, admin_id: int, stranger: Person) -> None:
        t = self._texts.translator(await self._doorkeeper.language_of(admin_id))
        try:
            await self._bot.send_message(
                admin_id, access_question(t, stranger), reply_markup=access_keyboard(t, stranger.id)
            )
        except AiogramError as error:
            logger.warning("access_card_not_sent", admin_id=admin_id, error=type(error).__name__)
