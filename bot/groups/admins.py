"""Who decides in a group: its admins, as Telegram knows them at the moment."""

from __future__ import annotations

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

_DECIDE = frozenset({ChatMemberStatus.CREATOR, ChatMemberStatus.ADMINISTRATOR})


async def decides_in(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether somebody is the owner or an admin of a group; asked each time, since it is taken away at once too."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (TelegramBadRequest, TelegramForbiddenError):  # no member, or the bot is none any more
        return False
    return member.status in _DECIDE
