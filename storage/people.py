"""The people who have written to the bot: who may, who is an admin, what they have chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.tables import people
from storage.types import Access, Acquaintance, Person, Preferences

PERSON_COLUMNS = (
    people.c.id,
    people.c.name,
    people.c.username,
    people.c.access,
    people.c.admin,
    people.c.language,
    people.c.rich_messages,
    people.c.model,
    people.c.persona,
    people.c.style,
    people.c.creativity,
    people.c.show_thinking,
    people.c.streaming,
    people.c.interrupts,
    people.c.reactions,
    people.c.at_home,
    people.c.messages_minute,
    people.c.tokens_day,
)


class People:
    """The table of people. Settings of somebody who has never written are not kept."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def seen(self, person_id: int, name: str, username: str | None) -> Person:
        """Note that somebody has written, under the name that they have now; return what is known of them."""
        now = self._clock.now()
        new = self._database.insert(people).values(
            id=person_id,
            name=name,
            username=username,
            access=Access.UNKNOWN,
            admin=False,
            created_at=now,
            seen_at=now,
        )
        statement = new.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": new.excluded.name, "username": new.excluded.username, "seen_at": new.excluded.seen_at},
        ).returning(*PERSON_COLUMNS)

        async def note(connection: AsyncConnection) -> Person:
            return _person((await connection.execute(statement)).one())

        return await self._database.write("people.seen", note)

    async def get(self, person_id: int) -> Person | None:
        """Somebody by their id; None when they have never written."""
        rows = await self._database.rows("people.get", select(*PERSON_COLUMNS).where(people.c.id == person_id))
        return _person(rows[0]) if rows else None

    async def all(self) -> list[Person]:
        """Everybody, in the order in which they came."""
        return _people(
            await self._database.rows("people.all", select(*PERSON_COLUMNS).order_by(people.c.created_at, people.c.id))
        )

    async def acquaintances(self) -> list[Acquaintance]:
        """Everybody with when they came and were seen last, who wrote last first."""
        query = select(*PERSON_COLUMNS, people.c.created_at, people.c.seen_at)
        rows = await self._database.rows("people.acquaintances", query.order_by(people.c.seen_at.desc(), people.c.id))
        return [Acquaintance(_person(row), row.created_at, row.seen_at) for row in rows]

    async def admins(self) -> list[Person]:
        """The admins that the database knows, in the order in which they came."""
        query = select(*PERSON_COLUMNS).where(people.c.admin).order_by(people.c.created_at, people.c.id)
        return _people(await self._database.rows("people.admins", query))

    async def ask(self, person_id: int) -> bool:
        """Note that a stranger wants in; True for the first time only, so that one card is shown."""
        statement = (
            update(people)
            .where(people.c.id == person_id, people.c.access == Access.UNKNOWN)
            .values(access=Access.ASKED)
        )

        async def note(connection: AsyncConnection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._database.write("people.ask", note)

    async def told_blocked(self, person_id: int) -> bool:
        """Note that somebody who was blocked is told so; True for the first time only."""
        statement = (
            update(people)
            .where(people.c.id == person_id, people.c.access == Access.BLOCKED)
            .values(access=Access.REFUSED)
        )

        async def note(connection: AsyncConnection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._database.write("people.told_blocked", note)

    async def set_access(self, person_id: int, access: Access) -> None:
        """Let somebody in or keep them out."""
        await self._set(person_id, access=access)

    async def set_admin(self, person_id: int, admin: bool) -> None:
        """Make somebody an admin, or no longer one."""
        await self._set(person_id, admin=admin)

    async def prefer(self, person_id: int, **chosen: Unpack[Preferences]) -> None:
        """Keep what somebody has chosen; what is not named stays as it is."""
        await self._set(person_id, **chosen)

    async def set_messages_minute(self, person_id: int, limit: int | None) -> None:
        """Keep how many messages a minute somebody may have answered; None is as in the settings, 0 is no limit."""
        await self._set(person_id, messages_minute=limit)

    async def set_tokens_day(self, person_id: int, limit: int | None) -> None:
        """Keep how many tokens a day somebody may use; None is as in the settings, 0 is no limit."""
        await self._set(person_id, tokens_day=limit)

    async def _set(self, person_id: int, **values: object) -> None:
        statement = update(people).where(people.c.id == person_id).values(**values)
        await self._database.write(f"people.set_{next(iter(values))}", lambda connection: connection.execute(statement))


def _people(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Person]:
    return [_person(row) for row in rows]


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        username=row.username,
        access=row.access,
        admin=row.admin,
        language=row.language,
        rich_messages=row.rich_messages,
        model=row.model,
        persona=row.persona,
        style=row.style,
        creativity=row.creativity,
        show_thinking=row.show_thinking,
        streaming=row.streaming,
        interrupts=row.interrupts,
        reactions=row.reactions,
        at_home=row.at_home,
        messages_minute=row.messages_minute,
        tokens_day=row.tokens_day,
    )
