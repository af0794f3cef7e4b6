"""A bot with a token and no admin: who sends the code that its log shows becomes the owner."""

from __future__ import annotations

from pathlib import Path

from bot.app import running_app
from bot.playground.server import Playground
from bot.settings import load_settings
from llm.clock import SystemClock
from tests.e2e.conftest import ME, STRANGER, House, find_nothing
from tests.e2e.talk import served_by, settled
from tests.fakes.model_server import ModelServer

TOKEN = "123456789:" + "A" * 35


async def test_the_owner_code_works_once_and_however_it_is_typed(tmp_path: Path, model_server: ModelServer) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        settings = load_settings(
            tmp_path / "no.env",
            {
                "BOT_TOKEN": TOKEN,
                "TELEGRAM_API_BASE": page.base_url,
                "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/bot.db",
                **served_by(model_server),
            },
        )
        async with running_app(settings, search=find_nothing) as app:
            home = House(app, page)
            assert app.owner_code is not None
            code = app.owner_code.shown
            assert code is not None
            assert (await home.say(STRANGER, "AAAA-BBBB-CCCC"))[0].startswith("This bot is private.")
            said = await home.say(ME, f" {code.lower().replace('-', ' ')} ", answers=2)
            assert said[0].startswith("Welcome! You are the owner")
            assert said[1].startswith("Stranger asks to use this bot."), "who asked before is not forgotten"
            home.page.say(STRANGER, code)
            await settled(home)
            assert len(home.texts(STRANGER)) == 1, "the code works once"
            assert "/stats" in (await home.say(ME, "/help"))[0]
        async with running_app(settings, search=find_nothing) as app:
            assert app.owner_code is None, "there is an admin now"
            assert await House(app, page).say(ME, "Hello") == ["Hello there!"]
    assert len(model_server.chats) == 1
