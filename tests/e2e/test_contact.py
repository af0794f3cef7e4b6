"""The first contact with Telegram: made when it can be made, and nothing waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import running_app
from bot.errors import StartError
from bot.playground.server import Playground
from bot.settings import load_settings
from llm.clock import SystemClock
from tests.e2e.conftest import ME, OpenHouse, find_nothing

TOKEN = "123456789:AAE" + "x" * 32


def settings_for(page: Playground, tmp_path: Path, token: str):
    environ = {
        "BOT_TOKEN": token,
        "ACCESS": "open",
        "TELEGRAM_API_BASE": page.base_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/bot.db",
    }
    return load_settings(tmp_path / "no.env", environ)


async def test_everyone_gets_a_menu_in_both_languages(house: OpenHouse):
    async with house() as opened:
        await opened.page.wait_for(lambda: len(opened.page.called("setMyCommands")) >= 3)
        assert opened.page.called("deleteWebhook")


async def test_a_bot_api_server_of_ones_own_is_used_with_a_token(tmp_path: Path):
    async with (
        Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page,
        running_app(settings_for(page, tmp_path, TOKEN), search=find_nothing) as app,
    ):
        assert app.playground is None
        assert app.owner_code is not None
        page.say(ME, "/help")
        await page.wait_for(lambda: any(message.from_bot for message in page.messages(ME)))


async def test_a_token_that_telegram_does_not_know_ends_the_program_with_a_sentence(tmp_path: Path):
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        with pytest.raises(StartError, match="BOT_TOKEN") as caught:
            async with running_app(settings_for(page, tmp_path, "987654321" + TOKEN[9:]), search=find_nothing) as app:
                await app.work
        assert TOKEN[9:] not in str(caught.value)


async def test_a_second_program_with_the_same_database_is_refused(tmp_path: Path):
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        settings = settings_for(page, tmp_path, TOKEN)
        async with running_app(settings, search=find_nothing):
            with pytest.raises(StartError, match="in use"):
                async with running_app(settings, search=find_nothing):
                    pass
