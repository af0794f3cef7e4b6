"""A real model server goes away and comes back, or does not let the bot in."""

from __future__ import annotations

import pytest

from llm.errors import FailureKind
from tests.e2e.conftest import ME, House
from tests.engine.conftest import OpenBot
from tests.engine.engine import Engine
from tests.engine.stored import requests

pytestmark = pytest.mark.engine

PONG = "Reply with exactly the word PONG"


async def test_server_that_was_killed_idle_is_told_and_used_again_when_back(bot: OpenBot, own_engine: Engine):
    async with bot(own_engine) as house:
        assert await house.say(ME, PONG) == ["PONG"]
        own_engine.kill()
        [answer] = await house.say(ME, PONG)
        assert "does not answer" in answer
        own_engine.start()
        await house.say(ME, "/new")
        assert await house.say(ME, PONG) == ["PONG"]
        assert [row.failure for row in await requests(house)] == [None, FailureKind.TRANSPORT, None]


async def test_server_that_is_killed_while_answering_leaves_a_marked_part(bot: OpenBot, own_engine: Engine):
    async with bot(own_engine) as house:
        async with own_engine.slowed():
            house.page.say(ME, "Say banana forever")
            await house.page.wait_for(lambda: any("banana" in draft.text for draft in house.page.drafts(ME)), timeout=8)
            own_engine.kill()
            await house.page.wait_for(lambda: house.texts(ME))
        [answer] = house.texts(ME)
        assert answer.startswith("banana")
        assert "Please try again" in answer
        own_engine.start()
        await house.say(ME, "/new")
        assert await house.say(ME, PONG) == ["PONG"]


async def test_bot_that_starts_before_its_server_answers_once_it_is_there(bot: OpenBot, own_engine: Engine):
    own_engine.kill()
    async with bot(own_engine) as house:
        [answer] = await house.say(ME, PONG)
        assert "does not answer" in answer
        own_engine.start()
        assert (await house.say(ME, PONG))[-1].endswith("PONG")


@pytest.mark.parametrize("key", ["", "a-wrong-key"])
async def test_wrong_key_is_told_as_such(bot: OpenBot, locked_engine: Engine, key: str):
    async with bot(locked_engine, LLM_API_KEY=key) as house:
        [answer] = await house.say(ME, PONG)
        assert "LLM_API_KEY" in answer
        assert_never_said(house, key or "the-right-key")
        assert [row.failure for row in await requests(house)] == [FailureKind.AUTH]


async def test_right_key_lets_the_bot_in(bot: OpenBot, locked_engine: Engine):
    async with bot(locked_engine, LLM_API_KEY="the-right-key") as house:
        assert await house.say(ME, PONG) == ["PONG"]


def assert_never_said(house: House, secret: str) -> None:
    """A key must not be shown to anybody."""
    assert all(
        secret not in message.text for chat in house.page.world.chats.values() for message in chat.messages.values()
    )
