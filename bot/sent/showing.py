"""Shows that something is being done, for as long as it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from llm.clock import Clock

AGAIN_SECONDS = 4.5
"""Telegram shows an action for five seconds."""


@asynccontextmanager
async def typing(bot: Bot, message: Message, clock: Clock) -> AsyncIterator[None]:
    """Show in a message's chat that the bot is typing."""

    async def show() -> None:
        while True:
            with suppress(TelegramAPIError):
                await bot.send_chat_action(
                    message.chat.id, ChatAction.TYPING, message_thread_id=message.message_thread_id
                )
            await clock.sleep(AGAIN_SECONDS)

    showing = asyncio.create_task(show(), name="typing")
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
