"""A network that breaks between the bot and Telegram: it goes on by itself, nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bot.bursts
import bot.delivery.flood
import bot.intake.polling
from bot.app import App, running_app
from bot.intake import contact
from bot.playground.server import Playground
from bot.settings import load_settings
from bot.working import Patience
from llm.clock import SystemClock
from tests.e2e.conftest import ME, find_nothing
from tests.e2e.killing import UNLIMITED
from tests.e2e.talk import served_by, until
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Reply, Request, Stream
from tests.fakes.tcp_proxy import TcpProxy

TOKEN = "123456789:AAE" + "x" * 32
pytestmark = pytest.mark.timeout(120)


def echo(request: Request) -> Reply:
    """An answer that names its question."""
    asked = re.findall(r"Question (\d+)\?", str(request.json["messages"]))
    return Stream(f"Answer {asked[-1]}.", chunk_delay=0.01)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds that are tenths: pauses after failures, the length of a poll and the limits of requests."""
    monkeypatch.setattr(contact, "LONGEST_PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(bot.bursts, "WAIT_SECONDS", -1.0)  # each question is one of its own, however fast they come
    monkeypatch.setattr(bot.bursts, "SAME_STRETCH_SECONDS", -1.0)
    monkeypatch.setattr(bot.intake.polling, "POLL_SECONDS", 1)
    monkeypatch.setattr(bot.intake.polling, "NETWORK_MARGIN_SECONDS", 1)
    monkeypatch.setattr(bot.delivery.flood, "_FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(bot.delivery.flood, "_LONGEST_PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(bot.delivery.flood, "_MESSAGES", ((10_000, 1.0), (10_000, 1.0)))


@asynccontextmanager
async def behind_proxy(folder: Path, model: ModelServer) -> AsyncIterator[tuple[App, Playground, TcpProxy]]:
    model.otherwise(echo)
    async with (
        Playground("127.0.0.1", 0, TOKEN, SystemClock(), limits=UNLIMITED) as page,
        TcpProxy(page.port) as proxy,
    ):
        environ = {
            **served_by(model),
            "BOT_TOKEN": TOKEN,
            "ADMIN_IDS": "1",
            "ACCESS": "open",
            "TELEGRAM_API_BASE": proxy.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
            "REDETECT_EVERY": "0",
        }
        settings = load_settings(folder / "no.env", environ)
        async with running_app(settings, search=find_nothing, patience=Patience(1.0)) as app:
            app.bot.session.timeout = 2.0
            yield app, page, proxy


def heard(page: Playground) -> list[str]:
    return [message.text for message in page.messages(ME) if message.from_bot]


async def all_answered(app: App, page: Playground, count: int) -> None:
    """Each question has its answer, in order, once; and nothing else was said."""
    expected = [f"Answer {number}." for number in range(count)]

    async def quiet() -> bool:
        return len(heard(page)) >= count and not page.world.updates.pending and not await app.inbox.waiting()

    await until(quiet, within=60)
    assert heard(page) == expected


async def test_connections_that_are_cut_again_and_again_lose_nothing(
    tmp_path: Path, model_server: ModelServer, hasty: None
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    async with behind_proxy(tmp_path, model_server) as (app, page, proxy):
        for number in range(12):
            page.say(ME, f"Question {number}?")
            for _ in range(4):
                await asyncio.sleep(chance.uniform(0.0, 0.1))
                proxy.cut()
        await all_answered(app, page, 12)


async def test_a_reply_that_is_lost_sends_no_message_twice(
    tmp_path: Path, model_server: ModelServer, hasty: None
) -> None:
    """The message stands in the chat, and the bot cannot know it."""
    async with behind_proxy(tmp_path, model_server) as (app, page, proxy):
        lost: list[bytes] = []

        def first_tries(data: bytes) -> bool:
            if b"/sendMessage " not in data or len(lost) % 2:
                lost.extend([b""] if b"/sendMessage " in data else [])
                return False
            lost.append(data)
            return True

        proxy.cut_reply_to = first_tries
        for number in range(4):
            page.say(ME, f"Question {number}?")
        await all_answered(app, page, 4)
        assert lost


@pytest.mark.parametrize("replies_only", [False, True], ids=["both ways", "half open"])
async def test_a_route_that_is_dead_for_a_while_is_waited_out(
    tmp_path: Path, model_server: ModelServer, hasty: None, *, replies_only: bool
) -> None:
    async with behind_proxy(tmp_path, model_server) as (app, page, proxy):
        page.say(ME, "Question 0?")
        await all_answered(app, page, 1)
        proxy.stall(replies_only=replies_only)
        page.say(ME, "Question 1?")
        await asyncio.sleep(3.0)
        page.say(ME, "Question 2?")
        proxy.cut()
        proxy.go_on()
        await all_answered(app, page, 3)


async def test_telegram_away_for_a_while_and_its_gateway_are_waited_out(
    tmp_path: Path, model_server: ModelServer, hasty: None
) -> None:
    async with behind_proxy(tmp_path, model_server) as (app, page, proxy):
        page.say(ME, "Question 0?")
        await all_answered(app, page, 1)
        proxy.refuse()
        page.say(ME, "Question 1?")
        await asyncio.sleep(1.0)
        for method in ("getUpdates", "sendMessage", "sendMessageDraft"):
            page.faults.not_json(method, 2)
            page.faults.fail(method, 2, status=502, description="Bad Gateway")
        proxy.go_on()
        await all_answered(app, page, 2)


async def test_polls_that_hang_are_given_up_and_asked_again(
    tmp_path: Path, model_server: ModelServer, hasty: None
) -> None:
    async with behind_proxy(tmp_path, model_server) as (app, page, _):
        page.faults.hang("getUpdates", 2)
        for number in range(2):
            page.say(ME, f"Question {number}?")
        await all_answered(app, page, 2)
