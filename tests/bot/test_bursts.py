"""What belongs together of what a person sends, and how long is waited for more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiogram import Bot
from aiogram.types import Message, Update

from bot.bursts import FORWARD_WAIT_SECONDS, MOST_SECONDS, PIECE_WAIT_SECONDS, WAIT_SECONDS, Burst, Bursts
from storage import Database, Inbox, NewUpdate, open_database
from tests.bot.delivery.clocks import START, VirtualClock

FORWARD = {"type": "hidden_user", "date": 1750000000, "sender_user_name": "Anna"}


class Chat:
    """A chat whose messages are stored as they come."""

    def __init__(self, database: Database) -> None:
        self.clock = VirtualClock()
        self.inbox = Inbox(database, self.clock)
        self.bursts = Bursts(self.inbox, self.clock)
        self.bot = Bot("1:" + "a" * 35)
        self.count = 0

    def body(self, text: str, **fields: Any) -> dict[str, Any]:
        self.count += 1
        person = {"id": 5, "is_bot": False, "first_name": "Me"}
        return {
            "message_id": self.count,
            "date": int((START + timedelta(seconds=self.clock.monotonic())).timestamp()),
            "chat": {"id": 5, "type": "private", "first_name": "Me"},
            "from": person,
            "text": text,
            **fields,
        }

    async def comes(self, text: str, kind: str = "message", **fields: Any) -> int:
        body = self.body(text, **fields)
        update = {"update_id": 100 + self.count, kind: body}
        await self.inbox.put([NewUpdate(100 + self.count, "5", orjson.dumps(update))])
        return 100 + self.count

    async def comes_after(self, seconds: float, text: str, **fields: Any) -> None:
        await self.clock.sleep(seconds)
        await self.comes(text, **fields)

    async def gather(self) -> Burst:
        first = (await self.inbox.waiting())[0]
        read = Update.model_validate(orjson.loads(first.payload), context={"bot": self.bot})
        assert isinstance(read.message, Message)
        return await self.bursts.gather(read.message, first)


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", VirtualClock()) as database:
        chat = Chat(database)
        yield chat
        await chat.bot.session.close()


async def gathered(chat: Chat, *later: Any) -> tuple[Burst, float]:
    """The burst, and after how many seconds it was there. Time passes only while everybody sleeps by the clock."""
    waiting = [asyncio.ensure_future(one) for one in later]
    work = asyncio.ensure_future(chat.gather())
    while not work.done():
        await asyncio.sleep(0.005)
        asleep = sum(not sleeper.done() for _, _, sleeper in chat.clock._sleepers)
        if asleep == 1 + sum(not one.done() for one in waiting):
            chat.clock._jump(1e6)
    took = chat.clock.monotonic()
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return work.result(), took


async def test_a_short_message_alone_is_waited_for_a_moment_only(chat: Chat) -> None:
    await chat.comes("Hello")
    burst, took = await gathered(chat)
    assert (burst.text, burst.joined) == ("Hello", ())
    assert took == pytest.approx(WAIT_SECONDS)
    assert took < 0.5


async def test_a_message_that_has_waited_already_is_not_held_up(chat: Chat) -> None:
    await chat.comes("Hello")
    chat.clock._now += 5
    began = chat.clock.monotonic()
    assert (await gathered(chat))[0].text == "Hello"
    assert chat.clock.monotonic() == began


async def test_what_comes_within_the_moment_belongs_to_it(chat: Chat) -> None:
    await chat.comes("one")
    burst, took = await gathered(chat, chat.comes_after(0.3, "two"), chat.comes_after(0.6, "three"))
    assert burst.text == "one\n\ntwo\n\nthree"
    assert len(burst.joined) == 2
    assert took == pytest.approx(0.6 + WAIT_SECONDS)


async def test_what_comes_later_is_said_anew(chat: Chat) -> None:
    await chat.comes("one")
    burst, _ = await gathered(chat, chat.comes_after(WAIT_SECONDS + 0.1, "two"))
    assert burst.text == "one"


async def test_more_is_waited_for_after_a_full_message_and_after_a_forwarded_one(chat: Chat) -> None:
    await chat.comes("a" * 4000)
    burst, took = await gathered(
        chat, chat.comes_after(PIECE_WAIT_SECONDS - 0.1, "b", forward_origin=FORWARD), chat.comes_after(2.3, "c")
    )
    assert len(burst.parts) == 3
    assert took == pytest.approx(2.3 + WAIT_SECONDS)
    assert WAIT_SECONDS < FORWARD_WAIT_SECONDS < PIECE_WAIT_SECONDS


async def test_a_flood_is_ended(chat: Chat) -> None:
    await chat.comes("one")
    _, took = await gathered(chat, *(chat.comes_after(0.3 * number, "more") for number in range(1, 60)))
    assert took <= MOST_SECONDS + 1


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 6, "is_bot": False, "first_name": "Another"}},
        {"text": "/command"},
        {"text": None, "sticker": {"file_id": "a"}},
        {"message_thread_id": 7, "is_topic_message": True},
        {"reply_to_message": {"message_id": 77, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}},
    ],
    ids=["somebody else", "a command", "no text", "another topic", "a reply"],
)
async def test_what_is_something_else_ends_it(chat: Chat, fields: dict[str, Any]) -> None:
    await chat.comes("one")
    await chat.comes(**{"text": "two", **fields})
    await chat.comes("three")
    burst, _ = await gathered(chat)
    assert (burst.text, burst.joined) == ("one", ())


async def test_a_comment_in_code_is_no_command_and_belongs_to_it(chat: Chat) -> None:
    await chat.comes("What does this do?")
    await chat.comes("// add\nx + 1")
    burst, _ = await gathered(chat)
    assert burst.text == "What does this do?\n\n// add\nx + 1"


async def test_what_was_sent_long_apart_and_fetched_at_once_is_not_one(chat: Chat) -> None:
    await chat.comes("one", date=1750000000)
    await chat.comes("two", date=1750000060)
    burst, _ = await gathered(chat)
    assert burst.text == "one"


async def test_an_edit_that_waits_already_is_what_was_said(chat: Chat) -> None:
    await chat.comes("helo")
    await chat.comes("hello", kind="edited_message", message_id=1, edit_date=1750000000)
    burst, _ = await gathered(chat)
    assert (burst.text, len(burst.joined)) == ("hello", 1)


async def test_a_comment_comes_below_what_was_forwarded(chat: Chat) -> None:
    await chat.comes("Is this true?")
    await chat.comes("It rains.", forward_origin=FORWARD)
    burst, _ = await gathered(chat)
    assert (burst.text, burst.context) == ("Is this true?", "Forwarded from Anna:\nIt rains.")


async def test_what_is_only_forwarded_is_what_was_said(chat: Chat) -> None:
    await chat.comes("It rains.", forward_origin=FORWARD)
    burst, _ = await gathered(chat)
    assert (burst.text, burst.context) == ("Forwarded from Anna:\nIt rains.", "")
