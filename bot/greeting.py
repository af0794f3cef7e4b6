"""The first contact with Telegram: who the bot is, no webhook in the way of polling, the command menus."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramUnauthorizedError

from bot.access import Doorkeeper
from bot.commands import CommandMenus
from llm.clock import Clock

logger = structlog.get_logger()

RETRY_SECONDS = 10.0


class Greeting:
    """Tries until Telegram answers; what the bot does for people does not wait for it."""

    def __init__(
        self, bot: Bot, menus: CommandMenus, doorkeeper: Doorkeeper, clock: Clock, *, polls: bool = True
    ) -> None:
        self._bot = bot
        self._menus = menus
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._polls = polls

    async def run(self) -> None:
        """Make contact once. A token that Telegram does not know is told by the polling, which ends with it."""
        while not await self._introduced():
            await self._clock.sleep(RETRY_SECONDS)
        await self._menus.show_everyone()
        for admin_id in await self._doorkeeper.admins():
            await self._menus.show_admin(admin_id)

    async def _introduced(self) -> bool:
        try:
            me = await self._bot.get_me()
            if self._polls:
                # One that was set before would keep every update from us; none that waits is dropped.
                await self._bot.delete_webhook()
        except TelegramUnauthorizedError:
            return False
        except AiogramError as error:
            logger.debug("bot_not_connected", error=type(error).__name__)
            return False
        logger.info("bot_connected", bot=f"@{me.username}")
        return True
