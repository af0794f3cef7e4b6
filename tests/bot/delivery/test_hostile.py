"""Hostile Markdown arrives whole in every form, and a server that is stricter than Telegram refuses none of it."""

from __future__ import annotations

import os
import random
import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest

from bot.delivery.answer import deliver_answer
from bot.delivery.base import AnswerPlace, Frame, FrameOutcome, Target
from bot.delivery.choose import Deliveries
from bot.delivery.draft import DraftFrames
from bot.delivery.edits import EditFrames
from bot.delivery.flood import FloodControl
from bot.delivery.rendering import Rendering
from bot.delivery.rich import RichText
from bot.delivery.rich_draft import RichDrafts
from bot.playground.limits import Limits
from bot.playground.server import Playground
from llm.clock import SystemClock
from tests.bot.delivery.conftest import CHAT, TOKEN
from tests.bot.delivery.hostile import BY_HAND, Hostile, generated
from tests.bot.delivery.test_answer import Words, completed, told

SEED = int(os.environ.get("HOSTILE_SEED", "20261126"))
WHOLE = 300
TEXTS = [*BY_HAND, *generated(SEED, WHOLE - len(BY_HAND))]
PREFIXES = 4


class PlainOnly(BaseRequestMiddleware):
    """A server that refuses all formatting."""

    async def __call__(self, make_request, bot, method):
        if getattr(method, "entities", None) or getattr(method, "rich_message", None):
            raise TelegramBadRequest(method, "Bad Request: can't parse entities: on order")
        return await make_request(bot, method)


@asynccontextmanager
async def server(*middlewares: BaseRequestMiddleware) -> AsyncIterator[tuple[Playground, Bot]]:
    """A strict server without limits, and a bot without flood control."""
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock(), limits=Limits((), (), ()), strict=True) as playground:
        session = AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url))
        for middleware in middlewares:
            session.middleware(middleware)
        playground.start(CHAT)
        try:
            yield playground, Bot(TOKEN, session=session)
        finally:
            if session._session is not None:
                await session._session.close()


async def arrived(playground: Playground) -> str:
    """All that can be read in the chat, files where they are spoken of; the chat is empty then."""
    messages = playground.messages(CHAT)
    text = "".join(message.text for message in messages)
    for message in messages:
        if message.document is not None:
            content = await playground.world.files.content(message.document.file_id)
            text = text.replace(f"lines in {message.document.name}", (content or b"").decode(), 1)
    playground.world.chats[CHAT].messages.clear()
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKC", text))


def lost(one: Hostile, text: str) -> list[str]:
    """The words that have not arrived in order, and those of headers that have not arrived at all."""
    # A formula may set the letter of a command apart from what follows it.
    found = iter(re.findall(r"\d+q", text))
    missing = [word for word in one.words if word[1:] not in found]
    return missing + sorted(one.anywhere - set(re.findall(r"h\d+q", text)))


def test_there_are_as_many_texts_as_promised() -> None:
    assert len(TEXTS) == WHOLE
    assert len({one.name for one in TEXTS}) == WHOLE


@pytest.mark.parametrize("way", ["classic", "rich", "plain"])
async def test_each_arrives_whole(way: str) -> None:
    print(f"seed {SEED}")  # noqa: T201
    async with server(*[PlainOnly()] if way == "plain" else []) as (playground, bot):
        deliveries = Deliveries(FloodControl(SystemClock()), SystemClock(), random.Random(1))
        wrong = []
        for one in TEXTS:
            async with deliveries.open(bot, CHAT, private=True, rich=way == "rich") as delivery:
                await deliver_answer(told(completed(one.text)), delivery, Words())
            sent = [call for call in playground.calls if call.method.startswith("send")]
            if len(sent) != len(playground.messages(CHAT)):
                wrong.append(f"{one.name}: refused")
            playground._bot_api.calls.clear()
            if missing := lost(one, await arrived(playground)):
                wrong.append(f"{one.name}: of {len(one.words)} words {missing[:4]} are lost")
        assert wrong == []


@pytest.mark.parametrize("way", ["draft", "rich", "edit"])
async def test_any_beginning_of_each_can_be_shown(way: str) -> None:
    print(f"seed {SEED}")  # noqa: T201
    chance = random.Random(SEED)
    async with server() as (playground, bot):
        target, rendering = Target(bot, CHAT), Rendering()
        wrong = []
        for number, one in enumerate(TEXTS, 1):
            flood = FloodControl(SystemClock())
            rich = RichDrafts(RichText(), rendering) if way == "rich" else None
            draft = DraftFrames(target, flood, rendering, draft_id=number, on_unknown_method=pytest.fail, rich=rich)
            frames = EditFrames(target, flood, rendering, AnswerPlace()) if way == "edit" else draft
            for length in sorted(chance.randint(0, len(one.text)) for _ in range(PREFIXES)):
                calls = len(playground._bot_api.calls)
                outcome = await frames.show(Frame(one.text[:length]))
                if outcome is not FrameOutcome.SHOWN or len(playground._bot_api.calls) != calls + 1:
                    wrong.append(f"{one.name}: the first {length} characters are refused")
                playground._bot_api.calls.clear()
            playground.world.chats[CHAT].messages.clear()
        assert wrong == []
