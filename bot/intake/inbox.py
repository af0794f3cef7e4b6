"""Takes stored updates and feeds them to the bot: in order within a lane, lanes side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiogram.exceptions import TelegramNetworkError, TelegramServerError

from bot.faults import trace_of
from llm.clock import Clock
from storage import Inbox, QueuedUpdate, StorageError, UnknownUpdate

logger = structlog.get_logger()

Feed = Callable[[QueuedUpdate], Awaitable[None]]

DATABASE_PAUSE_SECONDS = 1.0
TELEGRAM_PAUSE_SECONDS = 10.0


class InboxWorker:
    """Deals with each stored update once.

    An update counts as done when `feed` has come back, whether it worked or not: a fault was told to the person by
    then. While Telegram stays away nothing can be told, so it is fed again. One that a shutdown or a crash interrupts
    stays, and is fed again after the restart. `attempts` counts.
    """

    def __init__(
        self, inbox: Inbox, feed: Feed, *, clock: Clock, waits: Sequence[Callable[[QueuedUpdate], None]] = ()
    ) -> None:
        """Each of `waits` is told of each update that has to wait for others of its lane."""
        self._inbox = inbox
        self._feed = feed
        self._clock = clock
        self._waits = waits
        self._news = asyncio.Event()
        self._lanes: dict[str, deque[QueuedUpdate]] = {}
        self._taken: set[int] = set()
        self._finished: set[int] = set()
        self._ending = False

    @property
    def busy(self) -> int:
        """How many lanes are being worked on."""
        return len(self._lanes)

    def wake(self) -> None:
        """Say that something new has been stored."""
        self._news.set()

    def begin_nothing(self) -> None:
        """Go on with what is under way, and leave the rest for the next start."""
        self._ending = True

    async def run(self) -> None:
        """Work until cancelled; then every task that was begun has ended."""
        async with asyncio.TaskGroup() as tasks:
            self._news.set()  # what an earlier run left behind
            while True:
                await self._news.wait()
                self._news.clear()
                # What was finished before the table is read cannot be in the reading; what ends meanwhile can.
                finished, self._finished = self._finished, set()
                waiting = await self._waiting()
                self._taken -= finished
                for update in waiting:
                    if self._ending or update.update_id in self._taken:
                        continue
                    self._taken.add(update.update_id)
                    lane = self._lanes.get(update.lane)
                    if lane is not None:
                        lane.append(update)
                        for told in self._waits:
                            told(update)
                        continue
                    self._lanes[update.lane] = deque([update])
                    tasks.create_task(self._work(update.lane), name=f"lane {update.lane}")

    async def _waiting(self) -> list[QueuedUpdate]:
        while True:
            try:
                return await self._inbox.waiting()
            except StorageError as error:
                logger.error("inbox_unreadable", error=str(error))
                await self._clock.sleep(DATABASE_PAUSE_SECONDS)

    async def _work(self, name: str) -> None:
        lane = self._lanes[name]
        try:
            while lane and not self._ending:
                await self._deal_with(lane[0])
                lane.popleft()
        finally:
            del self._lanes[name]

    async def _begun(self, update_id: int) -> QueuedUpdate | None:
        """Count the try. While the database is in trouble the lane waits: what was said must not be passed over."""
        while True:
            try:
                return await self._inbox.begin(update_id)
            except UnknownUpdate:
                return None
            except StorageError as error:
                logger.error("update_not_begun", update_id=update_id, error=str(error))
                await self._clock.sleep(DATABASE_PAUSE_SECONDS)

    async def _fed(self, update: QueuedUpdate) -> bool:
        """Whether the update has been dealt with; not so when Telegram stayed away, so that nothing could be said."""
        try:
            await self._feed(update)
        except asyncio.CancelledError:
            if self._ending:
                await self._put_back(update.update_id)
            raise
        except (TelegramNetworkError, TelegramServerError) as error:
            logger.warning("update_waits_for_telegram", update_id=update.update_id, error=type(error).__name__)
            return False
        except Exception as error:  # noqa: BLE001 - one update's fault must not end the others
            logger.error("update_failed", update_id=update.update_id, trace=trace_of(error))
        return True

    async def _put_back(self, update_id: int) -> None:
        try:
            await self._inbox.put_back(update_id)
        except StorageError as error:
            logger.warning("try_not_taken_back", update_id=update_id, error=str(error))

    async def _deal_with(self, update: QueuedUpdate) -> None:
        while True:
            begun = await self._begun(update.update_id)
            if begun is None:
                self._finished.add(update.update_id)
                return
            if await self._fed(begun):
                break
            await self._clock.sleep(TELEGRAM_PAUSE_SECONDS)
        try:
            await self._inbox.done(update.update_id)
        except StorageError as error:
            # It stays in the table and is tried again after a restart: better twice than never.
            logger.error("update_not_closed", update_id=update.update_id, error=str(error))
        else:
            self._finished.add(update.update_id)
