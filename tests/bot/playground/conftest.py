"""A running playground, the real Bot API client in front of it, and time that tests move on by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.playground.server import Playground

TOKEN = "123456:playground"
ADMIN = 1
ME = 1001
STRANGER = 1002
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000030000000208020000000000")


class ManualClock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Client(Bot):
    """The real client, closed without the quarter of a second that its session waits for TLS connections."""

    def __init__(self, playground: Playground, token: str = TOKEN) -> None:
        self.real_session = AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url))
        super().__init__(token, session=self.real_session)

    async def aclose(self) -> None:
        await (await self.real_session.create_session()).close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def playground(clock: ManualClock) -> AsyncIterator[Playground]:
    async with Playground("127.0.0.1", 0, TOKEN, clock) as playground:
        playground.start(ME)
        yield playground


@pytest.fixture
async def bot(playground: Playground) -> AsyncIterator[Client]:
    bot = Client(playground)
    yield bot
    await bot.aclose()


@pytest.fixture
async def web(playground: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser without a page: plain HTTP to the playground."""
    async with aiohttp.ClientSession(playground.base_url) as session:
        yield session


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    return tmp_path / "playground.json"
