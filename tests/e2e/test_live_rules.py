"""Who may come in, who is an admin, what may be spent: written into the settings file and kept to at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import bot.jobs
from bot.app import running_app
from bot.live.settings_file import SettingsFile
from bot.playground.server import Playground
from bot.settings import load_settings
from llm.clock import SystemClock
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, find_nothing
from tests.e2e.living import APPLIED, Editor, open_live, serving, told
from tests.e2e.talk import nothing_left, settled
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream

TOKEN = "123456789:AAE" + "x" * 32
UNKNOWN = "I do not know this command. /help lists those that I do."


@pytest.fixture
async def cloud() -> AsyncIterator[ModelServer]:
    """A server that counts as a cloud: an answer is expected to cost 5, and costs 4."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "cloud", "object": "model"}]})
        server.otherwise(Stream("From the cloud", tokens=["From "] * 400, prompt_tokens=10))
        yield server


def menu(home: House, person_id: int) -> set[str]:
    """The commands that a person's client offers."""
    return {command["command"] for command in home.page.world.commands.resolve(person_id, "en")}


async def test_the_door_opens_and_closes_with_the_file(tmp_path: Path, model_server: ModelServer) -> None:
    values = {**serving(model_server, "m", "Hello there!"), "ACCESS": "allowlist", "ALLOWED_IDS": str(ME)}
    async with open_live(tmp_path, values) as (home, editor):
        assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.set(ALLOWED_IDS=str(STRANGER))
        words = await told(home, APPLIED)
        assert f"May use the bot: {STRANGER}" in words
        assert f"No longer named in ALLOWED_IDS: {ME}" in words
        assert await home.say(STRANGER, "Hello") == ["Hello there!"]
        assert (await home.say(ME, "Hello"))[0].startswith("This bot is private.")
        editor.set(ACCESS="open")
        assert "Everybody may use the bot." in await told(home, APPLIED, 2)
        assert await home.say(ME, "Hello") == ["Hello there!"]
        assert len(model_server.chats) == 3


async def test_a_limit_of_people_holds_from_the_next_message_on(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_live(tmp_path, serving(model_server, "m", "Hello there!")) as (home, editor):
        for _ in range(2):
            assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.set(LIMIT_MESSAGES_MINUTE="1")
        assert "LIMIT_MESSAGES_MINUTE: – → 1" in await told(home, APPLIED)
        assert await home.say(ME, "Hello") == ["Hello there!"], "what came before was not counted"
        assert (await home.say(ME, "Hello"))[0].startswith("I answer you one message a minute.")
        editor.set(LIMIT_MESSAGES_MINUTE="")
        assert "LIMIT_MESSAGES_MINUTE: 1 → –" in await told(home, APPLIED, 2)
        assert await home.say(ME, "Hello") == ["Hello there!"]


async def test_an_admin_comes_with_menu_and_cards_and_goes_without(tmp_path: Path, model_server: ModelServer) -> None:
    values = {**serving(model_server, "m", "Hello there!"), "ACCESS": "approve", "ADMIN_IDS": str(ADMIN)}
    async with open_live(tmp_path, {**values, "ALLOWED_IDS": str(ME)}) as (home, editor):
        await home.say(STRANGER, "Let me in")
        assert await home.say(ME, "/stats") == [UNKNOWN]
        assert "stats" not in menu(home, ME)
        editor.set(ADMIN_IDS=f"{ADMIN},{ME}")
        assert f"New admins: {ME}." in await told(home, APPLIED)
        await home.page.wait_for(lambda: "stats" in menu(home, ME))
        await home.page.wait_for(lambda: any(message.buttons for message in home.page.messages(ME)))
        await home.page.wait_for(lambda: any(APPLIED in text for text in home.texts(ME)))  # a new admin hears of it too
        assert await home.say(ME, "/stats") != [UNKNOWN]
        editor.set(ADMIN_IDS=str(ADMIN))
        assert f"No longer an admin by the settings: {ME}." in await told(home, APPLIED, 2)
        await home.page.wait_for(lambda: "stats" not in menu(home, ME))
        assert await home.say(ME, "/stats") == [UNKNOWN]
        assert "stats" in menu(home, ADMIN)


async def test_a_code_for_the_owner_is_worth_nothing_once_there_is_an_admin(
    tmp_path: Path, model_server: ModelServer
) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        editor = Editor(tmp_path / ".env")
        database = f"sqlite+aiosqlite:///{tmp_path}/bot.db"
        first = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": page.base_url, "DATABASE_URL": database}
        editor.set(**first, **serving(model_server, "m", "Hello there!"))
        settings = load_settings(editor.path, {})
        page.start(ADMIN)
        async with running_app(settings, search=find_nothing, file=SettingsFile(editor.path, {})) as app:
            home = House(app, page)
            assert app.owner_code is not None
            code = app.owner_code.shown
            assert code is not None
            editor.set(ADMIN_IDS=str(ADMIN))
            await told(home, APPLIED)
            page.say(ME, code)
            await settled(home)
            assert app.owner_code.shown == code, "nobody has used it"
            assert await home.say(ADMIN, "/models") != [UNKNOWN]
            # A bot that has a token does not become a page that is open to everyone.
            editor.set(BOT_TOKEN="")
            await told(home, "BOT_TOKEN: takes effect at the next start.")
            page.say(ME, "Hello")
            await settled(home)
            assert model_server.chats == []


async def test_a_budget_may_be_raised_lowered_and_lifted(tmp_path: Path, cloud: ModelServer) -> None:
    values = {
        "PRIMARY_MODEL__NAME": "cloud",
        "PRIMARY_MODEL__API_BASE": cloud.base,
        "PRIMARY_MODEL__LOCAL": "false",
        "PRIMARY_MODEL__PRICE_OUT": "10000",
    }
    spent = "The money for cloud models is used up"
    async with open_live(tmp_path, values) as (home, editor):
        for _ in range(2):
            assert (await home.say(ME, "Hello"))[0].startswith("From From")
        editor.set(CLOUD_BUDGET_DAY="5")  # 8 are spent, which counts although there was no budget then
        assert "CLOUD_BUDGET_DAY: – → 5" in await told(home, APPLIED)
        assert (await home.say(ME, "Hello"))[0].startswith(spent)
        await told(home, "The 5.00 that the cloud may cost a day are spent", within=15)
        editor.set(CLOUD_BUDGET_DAY="14")
        await told(home, APPLIED, 2)
        assert (await home.say(ME, "Hello"))[0].startswith("From From")
        await told(home, "The budget for the cloud has been changed", within=15)
        assert (await home.say(ME, "Hello"))[0].startswith(spent)
        editor.set(CLOUD_BUDGET_DAY="")
        await told(home, APPLIED, 3)
        assert (await home.say(ME, "Hello"))[0].startswith("From From")
    # The same after a restart: what was spent before counts although there was no budget at the start.
    async with open_live(tmp_path, values) as (home, editor):
        editor.set(CLOUD_BUDGET_MONTH="20")
        await told(home, "CLOUD_BUDGET_MONTH: – → 20")
        assert (await home.say(ME, "Hello"))[0].startswith(spent)


async def test_rich_messages_are_sent_from_the_next_answer_on(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_live(tmp_path, serving(model_server, "m", "| a | b |\n|---|---|\n| 1 | 2 |")) as (home, editor):
        await home.say(ME, "A table")
        await nothing_left(home)
        assert not home.page.called("sendRichMessage")
        editor.set(RICH_MESSAGES="always")
        assert "RICH_MESSAGES: ask → always" in await told(home, APPLIED)
        home.page.say(ME, "A table")
        await home.page.wait_for(lambda: home.page.called("sendRichMessage"))


async def test_detections_begin_by_themselves_from_when_they_are_wanted(
    tmp_path: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.jobs, "DETECT_SECONDS", 0.2)
    values = {**serving(model_server, "m", "PONG"), "REDETECT_EVERY": "0"}
    async with open_live(tmp_path, values, environ={}) as (home, editor):
        jobs = await jobs_of(home)
        assert "every model detected anew" not in jobs.lower()
        editor.set(REDETECT_EVERY="24h", DETECT_TOKENS="1000")
        words = await told(home, APPLIED)
        assert "REDETECT_EVERY: 0 → " in words
        await model_server.wait_requests(len(model_server.requests) + 3, within=20)
        assert len(await jobs_of(home)) > len(jobs)
        editor.set(REDETECT_EVERY="0")
        await told(home, APPLIED, 2)
        assert len(await jobs_of(home)) == len(jobs)


async def jobs_of(home: House) -> str:
    """What is said of the jobs to come, without their times."""
    [text] = await home.say(ADMIN, "/health")
    lines: list[Any] = text.splitlines()
    return "\n".join(line.partition(":")[0] for line in lines)
