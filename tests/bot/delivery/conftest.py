"""A real Bot against the playground's Bot API, with time that runs faster for both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.delivery.choose import Deliveries
from bot.delivery.flood import FloodControl
from bot.playground.faults import Call
from bot.playground.server import Playground
from tests.bot.delivery.clocks import ScaledClock

TOKEN = "42:TEST"
CHAT = 1001
FASTER = 100.0


@dataclass
class Stage:
    """Everything that an answer passes on its way to a chat."""

    clock: ScaledClock
    playground: Playground
    bot: Bot
    flood: FloodControl
    deliveries: Deliveries
    first_messages: list[int] = field(default_factory=list)

    def open(self, **options: Any) -> Any:
        """Open a delivery to the chat, by default to a private one."""
        return self.deliveries.open(self.bot, CHAT, **{"private": True, "on_first_message": self.note_first, **options})

    async def note_first(self, message_id: int) -> None:
        self.first_messages.append(message_id)

    async def deliver(self, markdown: str, *, note: str = "", **options: Any) -> tuple[int, ...]:
        """Deliver a text without frames."""
        async with self.open(**options) as delivery:
            ids: tuple[int, ...] = await delivery.finish(markdown, note=note)
            return ids

    def texts(self) -> list[str]:
        """What stands in the chat, without what the person wrote."""
        return [message.text for message in self.playground.messages(CHAT) if message.from_bot]

    def calls(self, *methods: str) -> list[Call]:
        return [call for call in self.playground.calls if call.method in methods]

    async def until_called(self, method: str, times: int = 1) -> None:
        """Wait until a method was called so many times."""
        while len(self.calls(method)) < times:
            await self.clock.sleep(0.2)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = ScaledClock(FASTER)
    async with Playground("127.0.0.1", 0, TOKEN, clock) as playground:
        session = AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url))
        flood = FloodControl(clock)
        session.middleware(flood)
        playground.start(CHAT)
        try:
            yield Stage(clock, playground, Bot(TOKEN, session=session), flood, Deliveries(flood, clock, Random(1)))
        finally:
            if session._session is not None:  # its own close() sleeps for a quarter of a second
                await session._session.close()
