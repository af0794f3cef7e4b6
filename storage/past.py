"""The conversations that a chat has had: listed, taken up again, deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.types import Role
from storage.conversations import open_instead
from storage.database import Database
from storage.tables import conversations, messages, summaries

FIRST_WORDS = 200
"""So many characters of its first message are read to tell what a conversation is about."""


@dataclass(frozen=True, slots=True)
class PastConversation:
    """One with something in it: how many messages, when the last one came, with which words it began."""

    id: int
    messages: int
    last_at: datetime
    first_words: str = field(repr=False)
    open: bool


class PastConversations:
    """Those of a chat, and of a topic in it. Raises `ReadFailed`, `WriteFailed`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def count(self, chat_id: int, thread_id: int = 0) -> int:
        """How many there are with something in them."""
        found = _found(_of(chat_id, thread_id)).subquery()
        rows = await self._database.rows("past.count", select(func.count()).select_from(found))
        return int(rows[0][0])

    async def newest(
        self, chat_id: int, thread_id: int = 0, *, limit: int, offset: int = 0
    ) -> tuple[PastConversation, ...]:
        """Some of them, the one in which something was said last first."""
        query = _found(_of(chat_id, thread_id)).order_by(func.max(messages.c.id).desc()).limit(limit).offset(offset)
        return await self._read(query)

    async def get(self, conversation_id: int, chat_id: int, thread_id: int = 0) -> PastConversation | None:
        """One of them; None when it is none of this chat's, or gone."""
        found = await self._read(_found(_of(chat_id, thread_id) & (conversations.c.id == conversation_id)))
        return found[0] if found else None

    async def take_up(self, conversation_id: int, chat_id: int, thread_id: int = 0) -> bool:
        """Let one of them be the open one; False when it is none of this chat's."""
        here, now = _of(chat_id, thread_id), self._clock.now()

        async def take(connection: AsyncConnection) -> bool:
            wanted = here & (conversations.c.id == conversation_id)
            if await connection.scalar(select(conversations.c.id).where(wanted)) is None:
                return False
            await open_instead(connection, chat_id, thread_id, conversation_id, now)
            return True

        return await self._database.write("past.take_up", take)

    async def delete(self, conversation_id: int, chat_id: int, thread_id: int = 0) -> bool:
        """Delete one of them with all that was sent in it; False when it is none of this chat's."""

        async def work(connection: AsyncConnection) -> bool:
            wanted = _of(chat_id, thread_id) & (conversations.c.id == conversation_id)
            if await connection.scalar(select(conversations.c.id).where(wanted)) is None:
                return False
            for table in (summaries, messages):  # what belongs to a message goes with it
                await connection.execute(delete(table).where(table.c.conversation_id == conversation_id))
            await connection.execute(delete(conversations).where(wanted))
            return True

        return await self._database.write("past.delete", work)

    async def _read(
        self, query: Select[tuple[int, int, datetime, str, datetime | None]]
    ) -> tuple[PastConversation, ...]:
        rows = await self._database.rows("past.conversations", query)
        return tuple(
            PastConversation(row.id, row.number, row.last_at, row.first_words or "", row.closed_at is None)
            for row in rows
        )


def _of(chat_id: int, thread_id: int) -> ColumnElement[bool]:
    return (conversations.c.chat_id == chat_id) & (conversations.c.thread_id == thread_id)


def _found(which: ColumnElement[bool]) -> Select[tuple[int, int, datetime, str, datetime | None]]:
    first = messages.alias("first")
    words = (
        select(func.substr(first.c.text, 1, FIRST_WORDS))
        .where(first.c.conversation_id == conversations.c.id, first.c.role == Role.USER, first.c.text != "")
        .order_by(first.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            conversations.c.id,
            func.count().label("number"),
            func.max(messages.c.created_at, type_=messages.c.created_at.type).label("last_at"),
            words.label("first_words"),
            conversations.c.closed_at,
        )
        .join(messages, messages.c.conversation_id == conversations.c.id)
        .where(which, messages.c.replaced.is_(False))
        .group_by(conversations.c.id, conversations.c.closed_at)
    )
