"""What was learned of servers and models, as plain values that outlive a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.tables import learned


class LearnedValues:
    """One value for each name, with the moment when it was kept."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def everything(self) -> Mapping[str, tuple[object, datetime]]:
        """All that is kept. Raises `ReadFailed`."""
        query = select(learned.c.name, learned.c.value, learned.c.at)
        return {row.name: (row.value, row.at) for row in await self._database.rows("learned.everything", query)}

    async def keep(self, values: Mapping[str, object]) -> None:
        """Keep values in the place of those of the same names, all or none. Raises `WriteFailed`."""
        now = self._clock.now()

        async def work(connection: AsyncConnection) -> None:
            for name, value in values.items():
                new = self._database.insert(learned).values(name=name, value=value, at=now)
                put = new.on_conflict_do_update(
                    index_elements=["name"], set_={"value": new.excluded.value, "at": new.excluded.at}
                )
                await connection.execute(put)

        await self._database.write("learned.keep", work)
