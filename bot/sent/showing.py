"""Shows that something is being done, for as long as it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiogram.enums import ChatAction
from aiogram.exceptions import AiogramError
from aiogram.methods import SendChatAction
from aiogram.types import Message

from bot.delivery.flood import FrameSkipped
from bot.places import topic_of
from llm.clock import Clock

AGAIN_SECONDS = 4.5
"""Telegram shows an action for five seconds."""


@asynccontextmanager
async def typing(message: Message, clock: Clock) -> AsyncIterator[None]:
    """Show in a message's chat that the bot is typing. The message is bound to its bot.

    One sign that cannot be shown keeps none of the next from it.
    """
    chat_id, thread_id = message.chat.id, topic_of(message)
    action = SendChatAction(chat_id=chat_id, action=ChatAction.TYPING, message_thread_id=thread_id)

    async def show() -> None:
        while message.bot is not None:
            with suppress(AiogramError, FrameSkipped):
                await message.bot(action)
            await clock.sleep(AGAIN_SECONDS)

    showing = asyncio.create_task(show(), name="typing")
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
