"""The command menus that Telegram shows: one for everyone, a longer one for admins, in each language."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.i18n import Texts

logger = structlog.get_logger()

EVERYONE = (
    "start",
    "help",
    "new",
    "chats",
    "model",
    "retry",
    "stop",
    "improve",
    "why",
    "settings",
    "system",
    "export",
    "forget",
    "privacy",
)
ADMINS = ("stats", "models", "detect", "errors", "people", "health")
GROUPS = ("help", "new", "retry", "stop", "why", "settings", "quiet")
# Only the person who sends them sees them and what is answered.
EPHEMERAL = frozenset({"help", "settings"})
# What can be said to a bot that is to be silent.
ALWAYS_IN_GROUPS = frozenset({"start", "help", "settings", "quiet"})
IN_GROUPS = frozenset({"start", *GROUPS})
NOT_IN_GROUPS = frozenset(EVERYONE) - IN_GROUPS


class CommandMenus:
    """Tells Telegram which commands to offer to whom."""

    def __init__(self, bot: Bot, texts: Texts) -> None:
        self._bot = bot
        self._texts = texts

    async def show_everyone(self) -> None:
        """Set the menu of all private chats, and that of all groups."""
        await self._show(EVERYONE, BotCommandScopeAllPrivateChats())
        await self._show(GROUPS, BotCommandScopeAllGroupChats())

    async def show_admin(self, person_id: int) -> None:
        """Set the longer menu in one admin's chat."""
        await self._show(EVERYONE + ADMINS, BotCommandScopeChat(chat_id=person_id))

    async def hide_admin(self, person_id: int) -> None:
        """Take the longer menu away from who is no admin any more."""
        for language in (None, *self._texts.languages):
            try:
                await self._bot.delete_my_commands(BotCommandScopeChat(chat_id=person_id), language_code=language)
            except TelegramAPIError as error:
                logger.debug("command_menu_not_removed", error=type(error).__name__)
                return

    async def _show(self, names: tuple[str, ...], scope: BotCommandScopeUnion) -> None:
        in_groups = isinstance(scope, BotCommandScopeAllGroupChats)
        # English stands without a language code too: it is what people of all other languages see.
        for language in (None, *self._texts.languages):
            t = self._texts.translator(language)
            commands = [
                BotCommand(
                    command=name,
                    description=t(f"command-{name}"),
                    is_ephemeral=True if in_groups and name in EPHEMERAL else None,
                )
                for name in names
            ]
            try:
                await self._bot.set_my_commands(commands, scope=scope, language_code=language)
            except TelegramAPIError as error:
                # A menu is a convenience: an admin who never opened the chat gets it with /start.
                logger.debug("command_menu_not_set", scope=scope.type, error=type(error).__name__)
                return
