"""Forgets a person: all that is theirs, found by the schema itself, so that no table can be left out unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    DefaultClause,
    Table,
    and_,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.branches import take_out
from storage.database import Database
from storage.own_data import said_by, taken_part_in
from storage.tables import UpdateState, conversations, messages, metadata, people, updates, usage

logger = structlog.get_logger()

MOST_TRIES = 3

KEPT_OF_PERSON = frozenset(
    {"id", "name", "username", "access", "admin", "created_at", "seen_at", "messages_minute", "tokens_day"}
)
"""What access needs, of the row in `people`: without it they would be a stranger. Everything else there is cleared."""

APART = {
    "people": "the row stays for the sake of access; all else in it is cleared",
    "updates": "what waits of the person's is wiped; what is done has been wiped before",
    "usage": "today's row stays, so that a limit is not got round",
    "admissions": "numbers only, which go by themselves within an hour",
}
"""Tables with something of people that is dealt with in its own way."""

NOTHING_OF_PEOPLE = {
    "attempts": "figures of models, which do not say for whom",
    "attempt_totals": "the same, added up",
    "capabilities": "what models can do",
    "capability_runs": "the same",
    "capability_history": "the same",
    "capability_observations": "the same",
    "groups": "what the admins of groups have chosen for them",
    "learned": "figures of servers and models",
    "invitations": "hashes of codes, which do not say whose",
}
"""Tables in which there is nothing of any person."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much there was of a person: their conversations, those in groups among them, and messages in all of them."""

    conversations: int
    messages: int


class Forgetting:
    """Deletes what is kept of a person. Raises `ReadFailed`, `WriteFailed`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def look(self, person_id: int) -> Forgotten:
        """What would be deleted."""
        return await self._database.read("forgetting.look", lambda connection: _count(connection, person_id))

    async def drop_waiting(self, person_id: int, *, before_update: int) -> None:
        """Take back what a person has written before and nobody has dealt with: it is not answered any more."""
        await self._database.write(
            "forgetting.drop_waiting", lambda connection: self._wipe(connection, person_id, before_update)
        )

    async def forget(self, person_id: int, *, before_update: int) -> Forgotten:
        """Delete everything, all or nothing, and overwrite it on the disk where the database is a file."""

        async def work(connection: AsyncConnection) -> Forgotten:
            found = await _count(connection, person_id)
            await self._wipe(connection, person_id, before_update)
            # In a group their messages stand between those of others.
            await take_out(connection, messages.c.person_id == person_id)
            for table, theirs in _theirs(person_id):
                await connection.execute(delete(table).where(theirs))
            today = self._clock.now().date()
            await connection.execute(delete(usage).where(usage.c.person_id == person_id, usage.c.day != today))
            cleared = {column.name: _as_new(column) for column in people.c if column.name not in KEPT_OF_PERSON}
            await connection.execute(update(people).where(people.c.id == person_id).values(**cleared))
            return found

        found = await self._database.write("forgetting.forget", work)
        for _ in range(MOST_TRIES):
            if await self._database.wipe_journal():
                return found
        logger.warning("journal_not_wiped")  # somebody reads for very long; the end of the program does it
        return found

    async def _wipe(self, connection: AsyncConnection, person_id: int, before_update: int) -> None:
        beside = (updates.c.lane.startswith(f"{person_id}{mark}", autoescape=True) for mark in (":", "/"))
        of_chat = or_(updates.c.lane == str(person_id), *beside)
        earlier = and_(updates.c.update_id < before_update, updates.c.state != UpdateState.DONE)
        elsewhere = await connection.execute(select(updates.c.update_id, updates.c.payload).where(earlier, ~of_chat))
        theirs = [row.update_id for row in elsewhere if sender_of(row.payload) == person_id]
        done = {"state": UpdateState.DONE, "payload": b"", "finished_at": self._clock.now()}
        which = or_(of_chat, updates.c.update_id.in_(theirs))
        await connection.execute(update(updates).where(earlier, which).values(**done))


def sender_of(payload: bytes) -> int | None:
    """Who has sent an update; None: nobody that it names."""
    try:
        update = json.loads(payload)
    except ValueError:
        return None
    contents = update.values() if isinstance(update, dict) else ()
    senders = (content.get("from") for content in contents if isinstance(content, dict))
    return next((sender.get("id") for sender in senders if isinstance(sender, dict)), None)


def is_found(table: Table) -> bool:
    """Whether rows of a table are known to be a person's by its columns."""
    return any(True for one, _ in _theirs(0) if one is table)


def _theirs(person_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table with rows of people and which of them are this person's, those that refer to others first.

    A row is theirs when it names them, or belongs to a conversation or a message that is theirs.
    """
    for table in reversed(metadata.sorted_tables):
        if table.name in APART or table.name in NOTHING_OF_PEOPLE:
            continue
        if (theirs := _condition(table, person_id)) is not None:
            yield table, theirs


def _condition(table: Table, person_id: int) -> ColumnElement[bool] | None:
    # In a private chat the chat has the person's id.
    names = [table.c[name] == person_id for name in ("person_id", "chat_id") if name in table.c]
    for key in table.foreign_keys:
        above = _condition(key.column.table, person_id)
        if above is not None:
            names.append(key.parent.in_(select(key.column).where(above)))
    return or_(false(), *names) if names else None


async def _count(connection: AsyncConnection, person_id: int) -> Forgotten:
    numbers = [
        await connection.scalar(select(func.count()).select_from(table).where(theirs))
        for table, theirs in ((conversations, taken_part_in(person_id)), (messages, said_by(person_id)))
    ]
    return Forgotten(*(int(number or 0) for number in numbers))


def _as_new(column: Column[Any]) -> ClauseElement | None:
    """What stands there for somebody who has chosen nothing."""
    if column.nullable:
        return None
    if not isinstance(column.server_default, DefaultClause):
        raise TypeError(f"{column} can neither be empty nor has a default")
    default = column.server_default.arg
    return literal_column(f"'{default}'") if isinstance(default, str) else default
