"""Parts of an album are gathered out of the inbox, in time that tests move on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiogram import Bot

from bot.sent.albums import LARGEST_ALBUM, LONGEST_SECONDS, QUIET_SECONDS, Album, Albums
from llm.clock import SystemClock
from storage import Inbox, NewUpdate, QueuedUpdate, open_database
from tests.bot.sent.messages import message, size


class Scripted(SystemClock):
    """Does something at moments of a time that only sleeping moves on."""

    def __init__(self) -> None:
        self.time = 0.0
        self.acts: list[tuple[float, Callable[[], Any]]] = []

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        while self.acts and self.acts[0][0] <= self.time:
            await self.acts.pop(0)[1]()


@pytest.fixture
def clock() -> Scripted:
    return Scripted()


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", SystemClock()) as database:
        yield Inbox(database, SystemClock())


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot = Bot("123456:AAE" + "x" * 32)
    yield bot
    await bot.session.close()


def part(number: int, group: str | None = "g", lane: str = "5") -> NewUpdate:
    fields: dict[str, Any] = {"photo": [size(number, 1)]} | ({} if group is None else {"media_group_id": group})
    raw = message(message_id=number, **fields).model_dump(mode="json", exclude_none=True)
    raw["from"] = raw.pop("from_user")
    return NewUpdate(number, lane, orjson.dumps({"update_id": number, "message": raw}))


async def gathered(inbox: Inbox, clock: Scripted, bot: Bot, group: str | None = "g") -> Album:
    await inbox.put([part(1, group)])
    first = QueuedUpdate(1, "5", b"", 1)
    return await Albums(inbox, clock).whole(bot, message(media_group_id=group, photo=[size(1, 1)]), first)


async def test_a_message_of_no_album_is_not_waited_for(inbox: Inbox, clock: Scripted, bot: Bot) -> None:
    album = await gathered(inbox, clock, bot, group=None)
    assert (len(album.messages), album.joined, clock.time) == (1, (), 0.0)


async def test_parts_are_waited_for_until_it_is_quiet_and_others_are_left_alone(
    inbox: Inbox, clock: Scripted, bot: Bot
) -> None:
    others = [part(2, "other"), part(3, lane="6"), part(4, None), NewUpdate(5, "5", b'{"g": broken')]
    clock.acts = [
        (0.1, lambda: inbox.put([*others, part(6)])),
        (0.5, lambda: inbox.put([part(7)])),
        (3.0, lambda: inbox.put([part(8)])),
    ]
    album = await gathered(inbox, clock, bot)
    assert [one.message_id for one in album.messages] == [1, 6, 7]
    assert album.joined == (6, 7)
    assert clock.time <= 0.6 + 2 * QUIET_SECONDS


async def test_a_whole_album_is_not_waited_for_and_an_endless_one_not_for_ever(
    inbox: Inbox, clock: Scripted, bot: Bot
) -> None:
    await inbox.put([part(number) for number in range(2, LARGEST_ALBUM + 3)])
    album = await gathered(inbox, clock, bot)
    assert (len(album.messages), clock.time) == (LARGEST_ALBUM, 0.0)
    for number in range(2, LARGEST_ALBUM + 3):
        await inbox.done(number)
    clock.acts = [(0.5 * n, partial(inbox.put, [part(100 + n)])) for n in range(1, 30)]
    slow = await gathered(inbox, clock, bot)
    assert clock.time <= LONGEST_SECONDS + QUIET_SECONDS
    assert len(slow.messages) > 3


async def test_what_was_passed_over_is_done(inbox: Inbox, clock: Scripted, bot: Bot) -> None:
    await inbox.put([part(2), part(3)])
    album = await gathered(inbox, clock, bot)
    await Albums(inbox, clock).passed_over(album)
    assert [one.update_id for one in await inbox.waiting()] == [1]
