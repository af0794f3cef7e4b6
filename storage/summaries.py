"""What the beginning of a long conversation came to, for when the whole of it no longer fits a model."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.tables import conversations, messages, summaries
from storage.types import Summary


class Summaries:
    """One summary for each conversation that has one; it goes as far as one of its messages."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, conversation_id: int) -> Summary | None:
        """The summary of a conversation. Raises `ReadFailed`."""
        query = select(summaries.c.text, summaries.c.message_id).where(summaries.c.conversation_id == conversation_id)
        rows = await self._database.rows("summaries.of", query)
        return Summary(rows[0].text, rows[0].message_id) if rows else None

    async def tell_long(self, conversation_id: int, *, left_out: int) -> int:
        """How many of its first messages no longer reach a model as they are, once for each conversation; else 0.

        Those that were summed up, and `left_out` that had no room after them. Raises `ReadFailed`, `WriteFailed`.
        """
        told = select(conversations.c.long_told).where(conversations.c.id == conversation_id)
        found = await self._database.rows("summaries.long_told", told)
        if not found or found[0].long_told:  # which is so of every further answer
            return 0
        covered = (
            select(func.count())
            .select_from(messages)
            .join(summaries, summaries.c.conversation_id == messages.c.conversation_id)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.replaced.is_(False),
                messages.c.id <= summaries.c.message_id,
            )
        )
        rows = await self._database.rows("summaries.covered", covered)
        number = left_out + int(rows[0][0])
        if not number:
            return 0
        once = (
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.long_told.is_(False))
            .values(long_told=True)
        )

        async def tell(connection: AsyncConnection) -> bool:
            return (await connection.execute(once)).rowcount == 1

        return number if await self._database.write("summaries.tell_long", tell) else 0

    async def revision(self, conversation_id: int) -> int:
        """How often what had been said in a conversation has been changed, by edits, other answers and branches."""
        query = select(conversations.c.revision).where(conversations.c.id == conversation_id)
        rows = await self._database.rows("summaries.revision", query)
        return rows[0].revision if rows else 0

    async def keep(self, conversation_id: int, summary: Summary, *, revision: int | None = None) -> bool:
        """Put a summary in the place of one that does not go so far; gives whether it was kept.

        With `revision` it is not kept when what had been said has changed since then. Raises `WriteFailed`, for a
        conversation that is gone too.
        """
        now = select(conversations.c.revision).where(conversations.c.id == conversation_id).with_for_update()
        new = self._database.insert(summaries).values(
            conversation_id=conversation_id,
            text=summary.text,
            message_id=summary.message_id,
            made_at=self._clock.now(),
        )
        put = new.on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={name: new.excluded[name] for name in ("text", "message_id", "made_at")},
            where=summaries.c.message_id < new.excluded.message_id,
        )

        async def work(connection: AsyncConnection) -> bool:
            if revision is not None and await connection.scalar(now) != revision:
                return False
            return (await connection.execute(put)).rowcount == 1

        return await self._database.write("summaries.keep", work)
