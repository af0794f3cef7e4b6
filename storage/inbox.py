"""Updates of Telegram's, kept from the moment they come until they have been dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.errors import UnknownUpdate
from storage.tables import UpdateState, updates
from storage.types import NewUpdate, QueuedUpdate

OPEN = (UpdateState.WAITING, UpdateState.WANTED)
QUEUED_COLUMNS = (
    updates.c.update_id,
    updates.c.lane,
    updates.c.payload,
    updates.c.attempts,
    updates.c.answer_message_id,
    updates.c.received_at,
    updates.c.later_message_ids,
    updates.c.sending_after,
    updates.c.state,
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
            select(*QUEUED_COLUMNS).where(updates.c.state.in_(OPEN)).order_by(updates.c.update_id),
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
        query = select(func.count()).select_from(updates).where(updates.c.state.in_(OPEN))
        return int((await self._database.rows("inbox.count_waiting", query))[0][0])

    async def begin(self, update_id: int) -> QueuedUpdate:
        """Count one more try and return the update with what an earlier try left behind.

        The count is on disk before the try begins, so that an update which brings the program down is known by it.
        Raises `UnknownUpdate` when it does not wait.
        """
        statement = (
            update(updates)
            .where(updates.c.update_id == update_id, updates.c.state.in_(OPEN))
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

    async def note_answer_messages(self, update_id: int, message_ids: Sequence[int], sending_after: int | None) -> None:
        """Remember which messages the answer has, and that one more may be on its way, with an id above the last."""
        first, later = (message_ids[0], list(message_ids[1:])) if message_ids else (None, [])
        values = {"answer_message_id": first, "later_message_ids": later or None, "sending_after": sending_after}
        statement = update(updates).where(updates.c.update_id == update_id).values(values)
        await self._database.write("inbox.note_answer_messages", lambda connection: connection.execute(statement))

    async def put_back(self, update_id: int) -> None:
        """Take back the count of a try that was broken off on purpose: the update is not to blame for it."""
        statement = (
            update(updates)
            .where(updates.c.update_id == update_id, updates.c.state.in_(OPEN), updates.c.attempts > 0)
            .values(attempts=updates.c.attempts - 1)
        )
        await self._database.write("inbox.put_back", lambda connection: connection.execute(statement))

    async def done(self, update_id: int) -> None:
        """Close an update; only its id is kept. Closing it again changes nothing."""
        statement = closing_update(update_id, self._clock.now())
        await self._database.write("inbox.done", lambda connection: connection.execute(statement))

    async def put_off(self, update_id: int) -> None:
        """Keep an update that waited for too long, until somebody wants it or it is forgotten."""
        statement = (
            update(updates)
            .where(updates.c.update_id == update_id, updates.c.state == UpdateState.WAITING)
            .values(state=UpdateState.LATE, finished_at=self._clock.now())
        )
        await self._database.write("inbox.put_off", lambda connection: connection.execute(statement))

    async def any_put_off(self, chat_id: int, since: datetime) -> bool:
        """Whether something of a chat was put off since then."""
        query = select(updates.c.update_id).where(_late_in(chat_id), updates.c.finished_at >= since).limit(1)
        return bool(await self._database.rows("inbox.any_put_off", query))

    async def want(self, chat_id: int) -> int:
        """Let what was put off in a chat be dealt with after all, and return how much that is."""
        values = {"state": UpdateState.WANTED, "finished_at": None, "attempts": 0}
        statement = update(updates).where(_late_in(chat_id)).values(values)

        async def take_up(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self._database.write("inbox.want", take_up)

    async def forget_done(self, before: datetime) -> int:
        """Drop what was done or put off before a moment and return how many that were."""
        over = (UpdateState.DONE, UpdateState.LATE)
        statement = delete(updates).where(updates.c.state.in_(over), updates.c.finished_at < before)

        async def drop(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self._database.write("inbox.forget_done", drop)


def closing_update(update_id: int, now: datetime) -> Update:
    """The statement that marks an update as done and wipes what it said."""
    return (
        update(updates)
        .where(updates.c.update_id == update_id, updates.c.state.in_(OPEN))
        .values(state=UpdateState.DONE, payload=b"", finished_at=now)
    )


async def is_done(connection: AsyncConnection, update_id: int) -> bool:
    """Whether an update is known, and dealt with or taken back."""
    found = await connection.scalar(select(updates.c.state).where(updates.c.update_id == update_id))
    return found is UpdateState.DONE


def _late_in(chat_id: int) -> ColumnElement[bool]:
    in_chat = (updates.c.lane.startswith(f"{chat_id}{mark}") for mark in (":", "/"))  # its further lanes, its topics
    lanes = or_(updates.c.lane == str(chat_id), *in_chat)
    return and_(updates.c.state == UpdateState.LATE, lanes)


def _queued(row: Row[*tuple[Any, ...]]) -> QueuedUpdate:
    return QueuedUpdate(
        update_id=row.update_id,
        lane=row.lane,
        payload=row.payload,
        attempts=row.attempts,
        answer_message_id=row.answer_message_id,
        received_at=row.received_at,
        later_message_ids=tuple(row.later_message_ids or ()),
        sending_after=row.sending_after,
        wanted=row.state is UpdateState.WANTED,
    )
