"""The playground calls a webhook as Telegram does: with the secret, in order, and again until it is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramConflictError
from aiohttp import web

from bot.playground import webhooks
from bot.playground.server import Playground
from tests.bot.playground.conftest import ME
from tests.bot.playground.test_messages import refused


class Ear:
    """A webhook that answers as it is told; `heard` are the texts and secrets of its calls."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def listen(self, request: web.Request) -> web.Response:
        update: dict[str, Any] = await request.json()
        self.heard.append((update["message"]["text"], request.headers.get(webhooks.SECRET_HEADER)))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def ear(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ear]:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_SECONDS", 0.01)
    ear = Ear()
    application = web.Application()
    application.router.add_post("/hook", ear.listen)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield ear
    await runner.cleanup()


async def test_updates_come_with_the_secret_and_in_order_and_are_then_forgotten(
    playground: Playground, bot: Client, ear: Ear
) -> None:
    playground.say(ME, "one")
    await bot.set_webhook(ear.url, secret_token="s-1")
    playground.say(ME, "two")
    await playground.wait_for(lambda: not playground.world.updates.pending)
    assert ear.heard == [("one", "s-1"), ("two", "s-1")]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.last_error_message) == (ear.url, 0, None)


async def test_what_was_not_heard_is_said_again_before_what_comes_after_it(
    playground: Playground, bot: Client, ear: Ear
) -> None:
    ear.statuses = [500, 403]
    await bot.set_webhook(ear.url)
    playground.say(ME, "one")
    playground.say(ME, "two")
    await playground.wait_for(lambda: not playground.world.updates.pending)
    assert [text for text, _ in ear.heard] == ["one", "one", "one", "two"]
    assert (await bot.get_webhook_info()).last_error_message == "Wrong response from the webhook: 403 Forbidden"


async def test_where_nobody_listens_updates_wait_and_the_reason_is_told(playground: Playground, bot: Client) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    playground.say(ME, "one")
    await playground.wait_for(lambda: playground.world.updates.last_error)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")


async def test_a_bot_with_a_webhook_cannot_ask_for_updates(playground: Playground, bot: Client, ear: Ear) -> None:
    asking = asyncio.create_task(bot.get_updates(timeout=20))
    await playground.wait_for(lambda: playground.world.updates.polled)
    await bot.set_webhook(ear.url)
    with pytest.raises(TelegramConflictError):
        await asking
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    playground.say(ME, "one")
    assert len(await bot.get_updates()) == 1
    assert ear.heard == []


async def test_addresses_and_secrets_that_telegram_refuses_are_refused(bot: Client) -> None:
    assert "this machine only" in await refused(bot.set_webhook("https://example.org/hook"))
    assert "HTTPS URL must be provided" in await refused(bot.set_webhook("ftp://127.0.0.1/hook"))
    assert "unallowed characters" in await refused(bot.set_webhook("http://127.0.0.1:9/", secret_token="a b"))
