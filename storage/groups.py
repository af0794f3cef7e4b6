"""Groups that the bot is in: how it behaves there, and their conversations when a group gets another id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from storage.database import Database
from storage.tables import conversations, groups, messages, telegram_messages
from storage.types import Group

GROUP_COLUMNS = (
    groups.c.id,
    groups.c.title,
    groups.c.language,
    groups.c.quiet,
    groups.c.replies,
    groups.c.everybody,
    groups.c.reactions,
)


class Groups:
    """The table of groups. One that is not in it is as all are at the beginning."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, group_id: int, title: str = "") -> Group:
        """A group; `title` is for one that is not in the table."""
        rows = await self._database.rows("groups.get", select(*GROUP_COLUMNS).where(groups.c.id == group_id))
        return _group(rows[0]) if rows else Group(group_id, title)

    async def change(self, group: Group) -> None:
        """Keep a group as it is now."""
        values = _values(group)
        new = self._database.insert(groups).values(id=group.id, created_at=self._clock.now(), **values)
        statement = new.on_conflict_do_update(index_elements=["id"], set_=values)
        await self._database.write("groups.change", lambda connection: connection.execute(statement))

    async def forget(self, group_id: int) -> None:
        """Drop what was chosen in a group; what was said there stays with those who said it."""
        statement = delete(groups).where(groups.c.id == group_id)
        await self._database.write("groups.forget", lambda connection: connection.execute(statement))

    async def move(self, old_id: int, new_id: int) -> None:
        """Let a group go on under another id, with what was chosen and said in it; again, it changes nothing.

        Where something has been said under the new id already, that conversation stays the open one. Ids of Telegram
        messages do not come along: under the new id they are others'.
        """
        now = self._clock.now()

        async def move(connection: AsyncConnection) -> None:
            if await connection.scalar(select(groups.c.id).where(groups.c.id == new_id)) is None:
                await connection.execute(update(groups).where(groups.c.id == old_id).values(id=new_id))
            else:
                await connection.execute(delete(groups).where(groups.c.id == old_id))
            begun = select(conversations.c.thread_id).where(
                conversations.c.chat_id == new_id, conversations.c.closed_at.is_(None)
            )
            threads = (await connection.execute(begun)).scalars().all()
            old = conversations.c.chat_id == old_id
            await connection.execute(
                update(conversations)
                .where(old, conversations.c.thread_id.in_(threads), conversations.c.closed_at.is_(None))
                .values(closed_at=now)
            )
            moved = select(conversations.c.id).where(old)
            await connection.execute(
                update(messages).where(messages.c.conversation_id.in_(moved)).values(telegram_ids=[])
            )
            await connection.execute(delete(telegram_messages).where(telegram_messages.c.chat_id == old_id))
            await connection.execute(update(conversations).where(old).values(chat_id=new_id))

        await self._database.write("groups.move", move)


def _values(group: Group) -> dict[str, Any]:
    return {
        "title": group.title,
        "language": group.language,
        "quiet": group.quiet,
        "replies": group.replies,
        "everybody": group.everybody,
        "reactions": group.reactions,
    }


def _group(row: Row[*tuple[Any, ...]]) -> Group:
    return Group(
        id=row.id,
        title=row.title,
        language=row.language,
        quiet=row.quiet,
        replies=row.replies,
        everybody=row.everybody,
        reactions=row.reactions,
    )
