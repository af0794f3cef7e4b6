"""Answers as people meet them: where they stand in the chat, which others there were, what is thought of them."""

from __future__ import annotations

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.types import Role
from storage.database import Database
from storage.tables import conversations, messages, reactions, telegram_messages
from storage.types import Part, StoredAnswer

_LOOKED_AT = 10


class Answers:
    """Looks at answers, and keeps what people think of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, question_id: int) -> list[StoredAnswer]:
        """All answers that a question has had, oldest first."""
        query = (
            select(messages)
            .where(messages.c.parent_id == question_id, messages.c.role == Role.ASSISTANT)
            .order_by(messages.c.id)
        )
        return [
            StoredAnswer(
                id=row.id,
                text=row.text,
                state=row.state,
                model=row.model,
                request_id=row.request_id,
                telegram_ids=tuple(row.telegram_ids),
                replaced=row.replaced,
            )
            for row in await self._database.rows("answers.of", query)
        ]

    async def last_shown(self, chat_id: int, thread_id: int = 0) -> int | None:
        """The Telegram message in which the chat's newest answer ends, or the words of its failure; None: none."""
        query = (
            select(messages.c.telegram_ids)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(conversations.c.chat_id == chat_id, conversations.c.thread_id == thread_id)
            .order_by(messages.c.id.desc())
            .limit(_LOOKED_AT)
        )
        rows = await self._database.rows("answers.last_shown", query)
        return max((telegram_id for row in rows for telegram_id in row.telegram_ids), default=None)

    async def request_of(self, chat_id: int, telegram_id: int) -> int | None:
        """Which attempts were made for what a Telegram message says or asks; None: for nothing in it."""
        query = (
            select(messages.c.request_id)
            .join(telegram_messages, telegram_messages.c.message_id == messages.c.id)
            .where(
                telegram_messages.c.chat_id == chat_id,
                telegram_messages.c.telegram_id == telegram_id,
                messages.c.request_id.is_not(None),
            )
            .order_by(messages.c.id.desc())
            .limit(1)
        )
        rows = await self._database.rows("answers.request_of", query)
        return rows[0].request_id if rows else None

    async def awaited(self, chat_id: int, telegram_id: int) -> bool:
        """Whether what a person said in a Telegram message waits for its answer."""
        query = (
            select(messages.c.id)
            .join(telegram_messages, telegram_messages.c.message_id == messages.c.id)
            .where(
                telegram_messages.c.chat_id == chat_id,
                telegram_messages.c.telegram_id == telegram_id,
                messages.c.role == Role.USER,
                messages.c.closed_at.is_(None),
            )
        )
        return bool(await self._database.rows("answers.awaited", query))

    async def known(self, chat_id: int, telegram_id: int) -> bool:
        """Whether a Telegram message belongs to a conversation."""
        place = telegram_messages.c
        query = select(place.message_id).where(place.chat_id == chat_id, place.telegram_id == telegram_id)
        return bool(await self._database.rows("answers.known", query))

    async def wanted_anew(self, chat_id: int, part: Part) -> bool:
        """Whether a person has changed the newest question of a conversation that is open: it wants another answer."""
        later = messages.alias("later")
        newer = exists().where(
            later.c.conversation_id == messages.c.conversation_id,
            later.c.role == Role.USER,
            later.c.replaced.is_(False),
            later.c.id > messages.c.id,
        )
        place = telegram_messages.c
        query = (
            select(messages.c.id)
            .join(telegram_messages, place.message_id == messages.c.id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                place.chat_id == chat_id,
                place.telegram_id == part.telegram_id,
                or_(place.text != part.text, func.coalesce(place.context, "") != part.context),
                messages.c.role == Role.USER,
                conversations.c.closed_at.is_(None),
                ~newer,
            )
        )
        return bool(await self._database.rows("answers.wanted_anew", query))

    async def react(self, *, chat_id: int, telegram_id: int, person_id: int, good: bool | None) -> int | None:
        """Keep what a person thinks of the answer in a Telegram message; None takes it back.

        Gives the answer's request id when that is news, and nothing when it is known, taken back, or of no answer.
        """
        now = self._clock.now()
        query = (
            select(messages.c.id, messages.c.request_id)
            .join(telegram_messages, telegram_messages.c.message_id == messages.c.id)
            .where(
                telegram_messages.c.chat_id == chat_id,
                telegram_messages.c.telegram_id == telegram_id,
                messages.c.role == Role.ASSISTANT,
            )
        )

        async def keep(connection: AsyncConnection) -> int | None:
            answer = (await connection.execute(query)).one_or_none()
            if answer is None:
                return None
            mine = (reactions.c.person_id == person_id) & (reactions.c.message_id == answer.id)
            before: bool | None = await connection.scalar(select(reactions.c.good).where(mine))
            if before == good:
                return None
            await connection.execute(delete(reactions).where(mine))
            if good is None:
                return None
            row = {"person_id": person_id, "message_id": answer.id, "good": good, "reacted_at": now}
            await connection.execute(reactions.insert().values(**row))
            request_id: int | None = answer.request_id
            return request_id

        return await self._database.write("answers.react", keep)
