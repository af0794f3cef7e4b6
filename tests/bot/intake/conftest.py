"""A table of updates on disk, a clock that does not wait, and the playground in Telegram's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.playground.server import Playground
from llm.clock import SystemClock
from storage import Database, Inbox, open_database

TOKEN = "1:playground"


class HastyClock:
    """Real time in which nobody sleeps long; `slept` are the seconds that were asked for."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0.002)


@pytest.fixture
def hasty() -> HastyClock:
    return HastyClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", SystemClock()) as opened:
        yield opened


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, SystemClock())


@pytest.fixture
async def page() -> AsyncIterator[Playground]:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as playground:
        yield playground


@pytest.fixture
async def bot(page: Playground) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(page.base_url)))
    yield bot
    await bot.session.close()


async def until(reached: Callable[[], Awaitable[object]], within: float = 5.0) -> None:
    """Look again and again until something is true."""
    async with asyncio.timeout(within):
        while True:
            if await reached():
                return
            await asyncio.sleep(0.005)


async def nothing_waits(inbox: Inbox) -> None:
    """Wait until every update has been dealt with."""

    async def none() -> bool:
        return not await Inbox.waiting(inbox)

    await until(none)
