"""A running playground and the real Bot API client in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.playground.server import Playground
from llm.clock import SystemClock

TOKEN = "123456:playground"
ME = 1001
ADMIN = 1


class ManualClock(SystemClock):
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.added = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.added


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def playground(clock: ManualClock) -> AsyncIterator[Playground]:
    async with Playground("127.0.0.1", 0, TOKEN, clock) as playground:
        playground.start(ME)
        yield playground


def client(playground: Playground, token: str = TOKEN) -> Bot:
    """The real client. Its session must be closed."""
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url)))


@pytest.fixture
async def bot(playground: Playground) -> AsyncIterator[Bot]:
    bot = client(playground)
    await bot.session.create_session()  # type: ignore[attr-defined]
    yield bot
    # Not the session's own close(), which waits a quarter of a second for TLS connections that there are not.
    await bot.session._session.close()  # type: ignore[attr-defined]
