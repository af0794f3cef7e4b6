"""The inbox worker: each stored update once, in order within a lane, lanes side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import GetMe

from bot.intake.inbox import InboxWorker
from storage import Database, Inbox, NewUpdate, QueuedUpdate, ReadFailed, WriteFailed
from tests.bot.intake.conftest import HastyClock, nothing_waits


class Feeder:
    """Takes updates; an update waits for as long as its id is in `held`."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.ended: list[int] = []
        self.attempts: list[int] = []
        self.held: dict[int, asyncio.Event] = {}
        self.broken: set[int] = set()
        self.moved = asyncio.Condition()

    async def __call__(self, update: QueuedUpdate) -> None:
        self.began.append(update.update_id)
        self.attempts.append(update.attempts)
        await self._tell()
        if update.update_id in self.held:
            await self.held[update.update_id].wait()
        if update.update_id in self.broken:
            raise RuntimeError("what a person wrote")
        self.ended.append(update.update_id)
        await self._tell()

    def hold(self, *update_ids: int) -> None:
        self.held.update({update_id: asyncio.Event() for update_id in update_ids})

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(5), self.moved:
            await self.moved.wait_for(reached)

    async def _tell(self) -> None:
        async with self.moved:
            self.moved.notify_all()


@pytest.fixture
def feeder() -> Feeder:
    return Feeder()


@asynccontextmanager
async def working(
    inbox: Inbox, feed: Callable[[QueuedUpdate], Awaitable[None]], clock: HastyClock
) -> AsyncIterator[InboxWorker]:
    worker = InboxWorker(inbox, feed, clock=clock)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled(), task.exception()


def new(update_id: int, lane: str = "a") -> NewUpdate:
    return NewUpdate(update_id, lane, b"{}")


async def test_a_lane_is_worked_in_order_and_others_do_not_wait_for_it(
    inbox: Inbox, feeder: Feeder, hasty: HastyClock
) -> None:
    feeder.hold(1)
    await inbox.put([new(1), new(2), new(3, "b"), new(4)])
    async with working(inbox, feeder, hasty) as worker:
        await feeder.until(lambda: 3 in feeder.ended)
        assert feeder.began == [1, 3]
        await inbox.put([new(5), new(6, "b")])
        worker.wake()
        await feeder.until(lambda: 6 in feeder.ended)
        assert 2 not in feeder.began
        feeder.held[1].set()
        await feeder.until(lambda: 5 in feeder.ended)
        assert [number for number in feeder.ended if number not in (3, 6)] == [1, 2, 4, 5]
        await nothing_waits(inbox)
        assert worker.busy == 0


async def test_an_update_that_comes_twice_is_fed_once(inbox: Inbox, feeder: Feeder, hasty: HastyClock) -> None:
    feeder.hold(1)
    await inbox.put([new(1)])
    async with working(inbox, feeder, hasty) as worker:
        await feeder.until(lambda: feeder.began)
        await inbox.put([new(1)])
        worker.wake()
        await asyncio.sleep(0.02)
        feeder.held[1].set()
        await nothing_waits(inbox)
        await inbox.put([new(1), new(2)])
        worker.wake()
        await feeder.until(lambda: 2 in feeder.ended)
    assert feeder.began == [1, 2]


async def test_an_update_that_is_done_while_the_table_is_read_is_not_fed_again(
    database: Database, feeder: Feeder, hasty: HastyClock
) -> None:
    class SlowReading(Inbox):
        """Gives an old reading: what was waiting before `release`."""

        release: asyncio.Event | None = None

        async def waiting(self) -> list[QueuedUpdate]:
            found = await super().waiting()
            if self.release is not None:
                await self.release.wait()
            return found

    inbox = SlowReading(database, hasty)
    feeder.hold(1)
    await inbox.put([new(1)])
    async with working(inbox, feeder, hasty) as worker:
        await feeder.until(lambda: feeder.began)
        inbox.release = asyncio.Event()
        worker.wake()
        await asyncio.sleep(0.02)  # the old reading, in which 1 waits, is made
        feeder.held[1].set()
        await feeder.until(lambda: feeder.ended)
        await nothing_waits(inbox)
        inbox.release.set()
        await inbox.put([new(2)])
        worker.wake()
        await feeder.until(lambda: 2 in feeder.ended)
        worker.wake()
        await asyncio.sleep(0.02)
    assert feeder.began == [1, 2]


async def test_what_breaks_is_done_with_and_ends_nothing_else(
    inbox: Inbox, feeder: Feeder, hasty: HastyClock, capfd: pytest.CaptureFixture[str]
) -> None:
    feeder.broken = {1}
    await inbox.put([new(1), new(2)])
    async with working(inbox, feeder, hasty):
        await feeder.until(lambda: 2 in feeder.ended)
        await nothing_waits(inbox)
    assert feeder.began == [1, 2]
    log = "".join(capfd.readouterr())
    assert "RuntimeError" in log
    assert "what a person wrote" not in log


async def test_what_a_shutdown_interrupts_is_fed_again_with_one_more_attempt(
    inbox: Inbox, feeder: Feeder, hasty: HastyClock
) -> None:
    feeder.hold(1)
    await inbox.put([new(1), new(2)])
    async with working(inbox, feeder, hasty):
        await feeder.until(lambda: feeder.began)
    assert feeder.ended == []
    feeder.held.clear()
    async with working(inbox, feeder, hasty):
        await feeder.until(lambda: 2 in feeder.ended)
    assert feeder.began == [1, 1, 2]
    assert feeder.attempts == [1, 2, 1]


class TroubledInbox(Inbox):
    """Fails so many times at each step before it works."""

    def __init__(self, database: Database, clock: HastyClock, **faults: int) -> None:
        super().__init__(database, clock)
        self.faults = faults

    def _trouble(self, step: str) -> bool:
        self.faults[step] = self.faults.get(step, 0) - 1
        return self.faults[step] >= 0

    async def waiting(self) -> list[QueuedUpdate]:
        if self._trouble("waiting"):
            raise ReadFailed("inbox.waiting", "database is locked")
        return await super().waiting()

    async def begin(self, update_id: int) -> QueuedUpdate:
        if self._trouble("begin"):
            raise WriteFailed("inbox.begin", "database is locked")
        return await super().begin(update_id)

    async def done(self, update_id: int) -> None:
        if self._trouble("done"):
            raise WriteFailed("inbox.done", "database is locked")
        await super().done(update_id)


async def test_trouble_with_the_database_is_waited_out_and_loses_nothing(
    database: Database, feeder: Feeder, hasty: HastyClock
) -> None:
    inbox = TroubledInbox(database, hasty, waiting=2, begin=2)
    await inbox.put([new(1), new(2)])
    async with working(inbox, feeder, hasty):
        await feeder.until(lambda: 2 in feeder.ended)
        await nothing_waits(inbox)
    assert feeder.began == [1, 2]
    assert len(hasty.slept) == 4


async def test_an_update_that_cannot_be_closed_is_not_fed_twice_in_one_run(
    database: Database, feeder: Feeder, hasty: HastyClock
) -> None:
    inbox = TroubledInbox(database, hasty, done=1)
    await inbox.put([new(1), new(2)])
    async with working(inbox, feeder, hasty) as worker:
        await feeder.until(lambda: 2 in feeder.ended)
        worker.wake()
        await asyncio.sleep(0.02)
    assert feeder.began == [1, 2]
    assert [update.update_id for update in await inbox.waiting()] == [1]


async def test_an_update_that_telegram_s_absence_kept_from_being_answered_is_fed_again(
    inbox: Inbox, feeder: Feeder, hasty: HastyClock
) -> None:
    failures = [
        TelegramServerError(method=GetMe(), message="Bad Gateway"),
        TelegramNetworkError(method=GetMe(), message="Cannot connect"),
    ]

    async def feed(update: QueuedUpdate) -> None:
        if failures:
            raise failures.pop()
        await feeder(update)

    await inbox.put([new(1)])
    async with working(inbox, feed, hasty):
        await feeder.until(lambda: feeder.ended == [1])
        await nothing_waits(inbox)
    assert feeder.attempts == [3]
