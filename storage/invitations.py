"""Invitations: codes that let people in, for a while and so many times."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.tables import invitations, people
from storage.types import Access


class Invitations:
    """The table of invitations. A code is known by its hash only. Raises `WriteFailed`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, code: str, *, expires_at: datetime, uses: int) -> None:
        """Let a code invite so many people until a moment; what has expired before is dropped."""
        now = self._clock.now()
        row = {"code_hash": _hash(code), "expires_at": expires_at, "uses_left": uses}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                delete(invitations).where((invitations.c.expires_at <= now) | (invitations.c.uses_left <= 0))
            )
            await connection.execute(insert(invitations).values(**row))

        await self._database.write("invitations.keep", work)

    async def use(self, code: str, person_id: int) -> bool:
        """Let a person in by a code, both or neither; False for one that is unknown, used up or expired."""
        used = (
            update(invitations)
            .where(
                invitations.c.code_hash == _hash(code),
                invitations.c.expires_at > self._clock.now(),
                invitations.c.uses_left > 0,
            )
            .values(uses_left=invitations.c.uses_left - 1)
        )
        let_in = update(people).where(people.c.id == person_id).values(access=Access.ALLOWED)

        async def work(connection: AsyncConnection) -> bool:
            good = (await connection.execute(used)).rowcount == 1
            if good:
                await connection.execute(let_in)
            return good

        return await self._database.write("invitations.use", work)


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
