"""Fetching updates: on disk before they are confirmed, and through whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.methods import TelegramMethod

from bot.events import Notice
from bot.intake.contact import LONGEST_PAUSE_SECONDS
from bot.intake.polling import Polling
from bot.playground.server import Playground
from storage import Database, Inbox, NewUpdate, WriteFailed
from tests.bot.intake.conftest import HastyClock, until

ME = 1001


class GatedInbox(Inbox):
    """Holds each batch until the gate is open; `faults` many fail before."""

    def __init__(self, database: Database, clock: HastyClock, *, faults: int = 0) -> None:
        super().__init__(database, clock)
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()
        self.faults = faults

    async def put(self, batch: Sequence[NewUpdate]) -> int:
        self.reached.set()
        await self.gate.wait()
        if self.faults:
            self.faults -= 1
            raise WriteFailed("inbox.put", "disk full")
        return await super().put(batch)


@asynccontextmanager
async def polling(bot: Bot, inbox: Inbox, clock: HastyClock) -> AsyncIterator[asyncio.Event]:
    woken = asyncio.Event()
    task = asyncio.create_task(Polling(bot, inbox, woken.set, clock=clock, randomness=random.Random(1)).run())
    try:
        yield woken
    finally:
        task.cancel()
        await asyncio.wait({task})


def offsets(page: Playground) -> list[int]:
    """The offsets that confirmed something."""
    return [int(str(call.params["offset"])) for call in page.called("getUpdates") if call.params.get("offset")]


async def stored(inbox: Inbox, woken: asyncio.Event, count: int) -> list[str]:
    """The texts that wait, once there are so many."""
    async with asyncio.timeout(5):
        while len(waiting := await inbox.waiting()) < count:
            woken.clear()
            await woken.wait()
    return [orjson.loads(update.payload)["message"]["text"] for update in waiting]


async def test_a_batch_is_on_disk_before_the_next_request_confirms_it(
    page: Playground, bot: Bot, database: Database, hasty: HastyClock
) -> None:
    inbox = GatedInbox(database, hasty)
    first, second = (page.say(ME, text) for text in ("one", "two"))
    assert first != second
    last = page.world.updates.pending[-1]["update_id"]
    async with polling(bot, inbox, hasty) as woken:
        await inbox.reached.wait()
        await asyncio.sleep(0.05)
        assert offsets(page) == [], "nothing is confirmed while nothing is stored"
        assert len(page.world.updates.pending) == 2
        inbox.gate.set()
        assert await stored(inbox, woken, 2) == ["one", "two"]

        async def confirmed() -> bool:
            return bool(offsets(page))

        await until(confirmed)
        assert offsets(page) == [last + 1]


async def test_what_could_not_be_stored_is_not_confirmed_and_fetched_again(
    page: Playground, bot: Bot, database: Database, hasty: HastyClock
) -> None:
    inbox = GatedInbox(database, hasty, faults=2)
    inbox.gate.set()
    page.say(ME, "precious")
    async with polling(bot, inbox, hasty) as woken:
        assert await stored(inbox, woken, 1) == ["precious"]
    assert len(hasty.slept) == 2
    assert len([call for call in page.called("getUpdates") if not call.params.get("offset")]) == 3


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("terminated by other getUpdates request", "poller"),
        ("can't use getUpdates method while webhook is active", "webhook"),
    ],
)
async def test_that_somebody_else_goes_on_taking_the_updates_is_told(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock, said: str, other: str
) -> None:
    told: list[Notice] = []
    polls = Polling(bot, inbox, lambda: None, clock=hasty, randomness=random.Random(1), notify=told.append)

    async def meets(conflicts: int) -> None:
        for _ in range(conflicts):
            page.faults.fail("getUpdates", status=409, description=f"Conflict: {said}")
        task, before = asyncio.create_task(polls.run()), len(hasty.slept)

        async def waited() -> bool:
            return len(hasty.slept) == before + conflicts

        await until(waited)
        task.cancel()
        await asyncio.wait({task})

    await meets(2)
    assert told == [], "it may have met its own last request"
    await meets(1)
    assert told == [Notice("notice-conflict", mark=other, args={"other": other})]


async def test_each_kind_of_trouble_is_waited_out(page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    page.faults.drop("getUpdates")
    page.faults.not_json("getUpdates")
    page.faults.drop_reply("getUpdates")
    page.faults.fail("getUpdates", status=500, description="Internal Server Error")
    page.faults.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    page.faults.fail("getUpdates", status=403, description="Forbidden")
    page.say(ME, "still here")
    async with polling(bot, inbox, hasty) as woken:
        assert await stored(inbox, woken, 1) == ["still here"]
    assert len(hasty.slept) == 6
    limits = [0.5 * 2**number for number in range(6)]
    assert all(limit / 2 <= slept <= limit for slept, limit in zip(hasty.slept, limits, strict=True))


async def test_telegram_is_given_the_time_that_it_asks_for(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    page.faults.flood("getUpdates", 17)
    page.say(ME, "later")
    async with polling(bot, inbox, hasty) as woken:
        assert await stored(inbox, woken, 1) == ["later"]
    assert hasty.slept == [17]


async def test_pauses_have_a_longest_one_and_begin_anew_after_a_success(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    page.faults.fail("getUpdates", 12, status=502, description="Bad Gateway")
    page.say(ME, "one")
    async with polling(bot, inbox, hasty) as woken:
        await stored(inbox, woken, 1)
        assert max(hasty.slept) <= LONGEST_PAUSE_SECONDS
        assert hasty.slept[-1] >= LONGEST_PAUSE_SECONDS / 2
        hasty.slept.clear()
        page.faults.fail("getUpdates", status=502, description="Bad Gateway")
        page.say(ME, "two")
        page.say(ME, "three")
        await stored(inbox, woken, 3)
        assert all(slept <= 0.5 for slept in hasty.slept)


async def test_a_token_that_telegram_does_not_know_ends_it(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    page.faults.fail("getUpdates", status=401, description="Unauthorized")
    with pytest.raises(TelegramUnauthorizedError):
        await Polling(bot, inbox, lambda: None, clock=hasty, randomness=random.Random(1)).run()
    assert hasty.slept == []


async def test_updates_that_make_no_sense_lose_none_of_the_others(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    for odd in (
        {"text": "no chat at all"},
        {"chat": {"type": "private"}, "text": "a chat without an id"},
        {"chat": {"id": ME}, "entities": ["bold"], "text": "entities of another kind"},
        {"chat": {"id": ME}, "text": "half a pair \ud83d"},
        {"chat": {"id": 2**70}, "text": "an id of a later age"},
    ):
        page.world.updates.put("message", odd)
    page.world.updates.put("message", {**page.world.updates.pending[0]["message"], "text": "good"})
    pending = [dict(update) for update in page.world.updates.pending]

    class Scripted(Bot):
        """Gives the updates as they came: the page's own server could not write some of them."""

        given = False

        async def __call__(self, method: TelegramMethod[Any], request_timeout: int | None = None) -> Any:
            if self.given:
                await asyncio.Event().wait()
            self.given = True
            return pending

    async with polling(Scripted("1:x"), inbox, hasty):

        async def all_stored() -> bool:
            return len(await inbox.waiting()) == 6

        await until(all_stored)
    assert hasty.slept == []
