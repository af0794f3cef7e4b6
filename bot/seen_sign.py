"""👀 on a message: it was taken, and waits for its answer."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import ReactionTypeEmoji

logger = structlog.get_logger()

SEEN = "👀"


async def mark_seen(bot: Bot, chat_id: int, message_id: int, *, seen: bool) -> None:
    """Set the sign or take it away; a decoration, so that it is not worth a word when Telegram refuses."""
    try:
        await bot.set_message_reaction(chat_id, message_id, reaction=[ReactionTypeEmoji(emoji=SEEN)] if seen else [])
    except AiogramError as error:
        logger.debug("reaction_not_set", chat_id=chat_id, error=type(error).__name__)
