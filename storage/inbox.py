"""Updates of Telegram's, kept from the moment they come until they have been dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.errors import UnknownUpdate
from storage.tables import UpdateState, updates
from storage.types import NewUpdate, QueuedUpdate

QUEUED_COLUMNS = (
    updates.c.update_id,
    updates.c.lane,
    updates.c.payload,
    updates.c.attempts,
    updates.c.answer_message_id,
    updates.c.received_at,
)


class Inbox:
    """The table of updates: each is kept once and forgotten only after it is done."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, batch: Sequence[NewUpdate]) -> int:
        """Store a batch in one transaction and return how many of it were new.

        An update that was delivered before, done or not, is left as it is.
        """
        if not batch:
            return 0
        received_at = self._clock.now()
        insert = self._database.insert(updates).on_conflict_do_nothing(index_elements=["update_id"])
        rows = [
            {
                "update_id": new.update_id,
                "lane": new.lane,
                "payload": new.payload,
                "state": UpdateState.WAITING,
                "received_at": received_at,
                "attempts": 0,
            }
            for new in batch
        ]

        async def store(connection: AsyncConnection) -> int:
            return len((await connection.execute(insert.returning(updates.c.update_id), rows)).all())

        return await self._database.write("inbox.put", store)

    async def waiting(self) -> list[QueuedUpdate]:
        """All updates that are not done, in the order of their ids; `attempts` are those begun so far."""
        found = await self._database.rows(
            "inbox.waiting",
            select(*QUEUED_COLUMNS).where(updates.c.state == UpdateState.WAITING).order_by(updates.c.update_id),
        )
        return [_queued(row) for row in found]

    async def following(self, lane: str, update_id: int) -> list[QueuedUpdate]:
        """What waits behind an update in its lane, in the order of the ids."""
        query = (
            select(*QUEUED_COLUMNS)
            .where(updates.c.state == UpdateState.WAITING, updates.c.lane == lane, updates.c.update_id > update_id)
            .order_by(updates.c.update_id)
        )
        return [_queued(row) for row in await self._database.rows("inbox.following", query)]

    async def count_waiting(self) -> int:
        """How many updates are not done."""
        query = select(func.count()).select_from(updates).where(updates.c.state == UpdateState.WAITING)
        return int((await self._database.rows("inbox.count_waiting", query))[0][0])

    async def begin(self, update_id: int) -> QueuedUpdate:
        """Count one more try and return the update with what an earlier try left behind.

        The count is on disk before the try begins, so that an update which brings the program down is known by it.
        Raises `UnknownUpdate` when it does not wait.
        """
        statement = (
            update(updates)
            .where(updates.c.update_id == update_id, updates.c.state == UpdateState.WAITING)
            .values(attempts=updates.c.attempts + 1)
            .returning(*QUEUED_COLUMNS)
        )

        async def count(connection: AsyncConnection) -> QueuedUpdate | None:
            row = (await connection.execute(statement)).one_or_none()
            return None if row is None else _queued(row)

        begun = await self._database.write("inbox.begin", count)
        if begun is None:
            raise UnknownUpdate(update_id)
        return begun

    async def note_answer_message(self, update_id: int, message_id: int) -> None:
        """Remember the Telegram message in which the answer is being written, for a later try to go on in it."""
        statement = update(updates).where(updates.c.update_id == update_id).values(answer_message_id=message_id)
        await self._database.write("inbox.note_answer_message", lambda connection: connection.execute(statement))

    async def done(self, update_id: int) -> None:
        """Close an update; only its id is kept. Closing it again changes nothing."""
        statement = closing_update(update_id, self._clock.now())
        await self._database.write("inbox.done", lambda connection: connection.execute(statement))

    async def forget_done(self, before: datetime) -> int:
        """Drop what was done before a moment and return how many that were."""
        statement = delete(updates).where(updates.c.state == UpdateState.DONE, updates.c.finished_at < before)

        async def drop(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self._database.write("inbox.forget_done", drop)


def closing_update(update_id: int, now: datetime) -> Update:
    """The statement that marks an update as done and wipes what it said."""
    return (
        update(updates)
        .where(updates.c.update_id == update_id, updates.c.state == UpdateState.WAITING)
        .values(state=UpdateState.DONE, payload=b"", finished_at=now)
    )


def _queued(row: Row[*tuple[Any, ...]]) -> QueuedUpdate:
    return QueuedUpdate(
        update_id=row.update_id,
        lane=row.lane,
        payload=row.payload,
        attempts=row.attempts,
        answer_message_id=row.answer_message_id,
        received_at=row.received_at,
    )
