"""What each person asks of models, day by day, and which of their messages were let through lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.monitoring import AttemptRecord
from storage.database import Database
from storage.tables import admissions, usage
from storage.types import Use

KEEP_DAYS = timedelta(days=62)
KEEP_ADMISSIONS = timedelta(hours=1)
"""A message that was let through is so at its next try too, after a restart."""
MINUTE = timedelta(minutes=1)


class Usage:
    """The figures of people. What was written just now is in what it gives. Raises `ReadFailed`, `WriteFailed`."""

    def __init__(self, database: Database, clock: Clock, settle: Callable[[], Awaitable[None]]) -> None:
        """`settle` writes what was counted and is not stored yet."""
        self._database = database
        self._clock = clock
        self._settle = settle

    async def today(self, person_id: int) -> Use:
        """What a person has used since midnight UTC."""
        return (await self._since(self._today, person_id)).get(person_id, Use())

    async def this_month(self, person_id: int) -> Use:
        """What a person has used since the month began, in UTC."""
        return (await self._since(self._today.replace(day=1), person_id)).get(person_id, Use())

    async def of_all_today(self) -> Mapping[int, Use]:
        """What each person has used since midnight UTC; who has used nothing is not in it."""
        return await self._since(self._today)

    async def admit(self, person_id: int, update_id: int, *, most: int | None) -> datetime | None:
        """Let a message through unless `most` were within the last minute; then gives when the next one may come.

        A message that was let through before is so again.
        """
        now = self._clock.now()
        lately = (
            select(admissions.c.at)
            .where(admissions.c.person_id == person_id, admissions.c.at > now - MINUTE)
            .order_by(admissions.c.at.desc())
        )
        mine = (admissions.c.person_id == person_id, admissions.c.update_id == update_id)

        async def decide(connection: AsyncConnection) -> datetime | None:
            if await connection.scalar(select(admissions.c.at).where(*mine)) is not None:
                return None
            if most is not None:
                moments = (await connection.execute(lately.limit(most))).scalars().all()
                if len(moments) >= most:
                    oldest: datetime = moments[-1]
                    return oldest + MINUTE
            await connection.execute(delete(admissions).where(admissions.c.at < now - KEEP_ADMISSIONS))
            new = self._database.insert(admissions).values(person_id=person_id, update_id=update_id, at=now)
            await connection.execute(new)
            return None

        return await self._database.write("usage.admit", decide)

    async def admitted(self, person_id: int, update_id: int) -> bool:
        """Whether a message was let through before."""
        query = select(admissions.c.at).where(admissions.c.person_id == person_id, admissions.c.update_id == update_id)
        return bool(await self._database.rows("usage.admitted", query))

    @property
    def _today(self) -> date:
        return self._clock.now().date()

    async def _since(self, day: date, person_id: int | None = None) -> dict[int, Use]:
        await self._settle()
        query: Select[tuple[int, int, int]] = select(
            usage.c.person_id, func.sum(usage.c.requests), func.sum(usage.c.tokens)
        ).where(usage.c.day >= day)
        if person_id is not None:
            query = query.where(usage.c.person_id == person_id)
        rows = await self._database.rows("usage.since", query.group_by(usage.c.person_id))
        return {row[0]: Use(int(row[1]), int(row[2])) for row in rows}


async def count_use(connection: AsyncConnection, database: Database, records: Sequence[AttemptRecord]) -> None:
    """Add requests to the use of the people for whom they were made; a call of several attempts is one request."""
    requests: Counter[tuple[int, date]] = Counter()
    tokens: Counter[tuple[int, date]] = Counter()
    for record in records:
        if record.person is None or not record.person.isdecimal():
            continue
        key = (int(record.person), record.started_at.date())
        requests[key] += record.hop == 0
        tokens[key] += record.counted_tokens
    if not requests:
        return
    new = database.insert(usage)
    put = new.on_conflict_do_update(
        index_elements=["person_id", "day"],
        set_={
            "requests": usage.c.requests + new.excluded.requests,
            "tokens": usage.c.tokens + new.excluded.tokens,
        },
    )
    rows = [
        {"person_id": person_id, "day": day, "requests": number, "tokens": tokens[person_id, day]}
        for (person_id, day), number in requests.items()
    ]
    await connection.execute(put, rows)


async def forget_old_use(database: Database, now: datetime) -> None:
    """Drop the days that no figure reaches back to. Raises `WriteFailed`."""
    statement = delete(usage).where(usage.c.day < (now - KEEP_DAYS).date())
    await database.write("usage.forget", lambda connection: connection.execute(statement))
