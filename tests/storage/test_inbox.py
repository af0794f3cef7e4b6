"""The inbox: kept once, counted, closed, forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from llm.clock import SystemClock
from storage import Database, Inbox, NewUpdate, QueuedUpdate, UnknownUpdate, WriteFailed
from storage.tables import updates


def new(update_id: int, payload: bytes = b"{}") -> NewUpdate:
    return NewUpdate(update_id, "5", payload)


async def ids(inbox: Inbox) -> list[int]:
    return [update.update_id for update in await inbox.waiting()]


async def test_a_batch_waits_in_the_order_of_its_ids(inbox: Inbox) -> None:
    assert await inbox.put([new(30), new(10, b'{"text": "\xd1\x8f"}'), new(20)]) == 3
    assert await ids(inbox) == [10, 20, 30]
    first = (await inbox.waiting())[0]
    assert first.received_at is not None
    assert replace(first, received_at=None) == QueuedUpdate(10, "5", b'{"text": "\xd1\x8f"}', attempts=0)


async def test_an_update_that_comes_twice_is_kept_once_and_as_it_was(inbox: Inbox) -> None:
    await inbox.put([new(1, b"first")])
    assert await inbox.put([new(1, b"second"), new(2), new(2)]) == 1
    assert [update.payload for update in await inbox.waiting()] == [b"first", b"{}"]


async def test_an_update_that_comes_again_after_it_was_done_stays_done(inbox: Inbox) -> None:
    await inbox.put([new(1)])
    await inbox.done(1)
    assert await inbox.put([new(1)]) == 0
    assert await ids(inbox) == []


async def test_nothing_of_a_batch_is_stored_when_a_part_of_it_cannot_be(inbox: Inbox) -> None:
    with pytest.raises((OverflowError, WriteFailed)):
        await inbox.put([new(1), new(2**70)])
    assert await ids(inbox) == []


async def test_an_empty_batch_is_nothing(inbox: Inbox) -> None:
    assert await inbox.put([]) == 0


async def test_each_beginning_is_counted(inbox: Inbox) -> None:
    await inbox.put([new(1)])
    assert [(await inbox.begin(1)).attempts for _ in range(3)] == [1, 2, 3]
    assert (await inbox.waiting())[0].attempts == 3


async def test_a_later_try_knows_the_message_of_an_earlier_one(inbox: Inbox) -> None:
    await inbox.put([new(1)])
    assert (await inbox.begin(1)).answer_message_id is None
    await inbox.note_answer_message(1, 2**40)
    assert (await inbox.begin(1)).answer_message_id == 2**40


@pytest.mark.parametrize("known", [False, True])
async def test_what_does_not_wait_cannot_be_begun(inbox: Inbox, known: bool) -> None:
    if known:
        await inbox.put([new(7)])
        await inbox.done(7)
    with pytest.raises(UnknownUpdate) as caught:
        await inbox.begin(7)
    assert caught.value.update_id == 7


async def test_what_is_done_keeps_nothing_of_what_it_said(database: Database, inbox: Inbox) -> None:
    await inbox.put([new(1, b"a secret")])
    await inbox.done(1)
    await inbox.done(1)
    rows = await database.rows("test", select(updates.c.payload))
    assert [row.payload for row in rows] == [b""]


async def test_only_what_was_done_long_enough_ago_is_forgotten(inbox: Inbox, clock: SystemClock) -> None:
    await inbox.put([new(1), new(2)])
    await inbox.done(1)
    assert await inbox.forget_done(clock.now() - timedelta(minutes=1)) == 0
    assert await inbox.forget_done(clock.now() + timedelta(minutes=1)) == 1
    assert await ids(inbox) == [2]
    assert await inbox.put([new(1)]) == 1


async def test_many_at_once_lose_nothing(inbox: Inbox) -> None:
    async def put_and_begin(start: int) -> None:
        await inbox.put([new(update_id) for update_id in range(start, start + 5)])
        assert (await inbox.begin(start)).attempts == 1
        await inbox.waiting()

    await asyncio.gather(*(put_and_begin(start) for start in range(0, 200, 5)))
    assert await ids(inbox) == list(range(200))
