"""Conversations and their messages; a turn is one message of a person with its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import dropwhile
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.types import Role
from storage.database import Database
from storage.inbox import closing_update
from storage.tables import conversations, messages
from storage.types import AnswerState, StoredMessage, Turn

HISTORY_MESSAGES = 200


class Conversations:
    """What was said in each chat. At most one conversation of a chat (or of a topic in it) is open."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self, chat_id: int, thread_id: int = 0) -> int:
        """The id of the open conversation; one is opened if there is none."""
        now = self._clock.now()
        return await self._database.write(
            "conversations.current", lambda connection: _current(connection, chat_id, thread_id, now)
        )

    async def start_new(self, chat_id: int, thread_id: int = 0) -> int:
        """Close the open conversation and return the id of a new one; a turn that is not closed stays in the old."""
        now = self._clock.now()

        async def start(connection: AsyncConnection) -> int:
            await connection.execute(
                update(conversations)
                .where(
                    conversations.c.chat_id == chat_id,
                    conversations.c.thread_id == thread_id,
                    conversations.c.closed_at.is_(None),
                )
                .values(closed_at=now)
            )
            return await _current(connection, chat_id, thread_id, now)

        return await self._database.write("conversations.start_new", start)

    async def open_turn(self, *, chat_id: int, thread_id: int = 0, person_id: int, update_id: int, text: str) -> Turn:
        """Add what a person said to the open conversation.

        An update opens one turn only: called again for it, this returns the turn that there is, in the conversation
        in which it was opened.
        """
        now = self._clock.now()

        async def open_it(connection: AsyncConnection) -> Turn:
            found = (
                await connection.execute(
                    select(messages.c.id, messages.c.conversation_id, messages.c.text).where(
                        messages.c.update_id == update_id
                    )
                )
            ).one_or_none()
            if found is None:
                conversation_id = await _current(connection, chat_id, thread_id, now)
                row = {"update_id": update_id, "role": Role.USER, "state": AnswerState.COMPLETE, "text": text}
                message_id, said = await _add(connection, conversation_id, row, now), text
            else:
                message_id, conversation_id, said = found
            return Turn(
                conversation_id=conversation_id,
                message_id=message_id,
                update_id=update_id,
                chat_id=chat_id,
                person_id=person_id,
                text=said,
            )

        return await self._database.write("conversations.open_turn", open_it)

    async def history(
        self,
        conversation_id: int,
        *,
        after_message_id: int = 0,
        before_message_id: int | None = None,
        limit: int = HISTORY_MESSAGES,
    ) -> list[StoredMessage]:
        """The last `limit` messages of a conversation, oldest first, or those after or before some of its messages.

        Messages without text are left out, and so are answers at the beginning whose question lies beyond the limit.
        A question whose answer failed is there: the person said it.
        """
        query = _with_text(conversation_id).where(messages.c.id > after_message_id)
        if before_message_id is not None:
            query = query.where(messages.c.id < before_message_id)
        rows = await self._database.rows("conversations.history", query.order_by(messages.c.id.desc()).limit(limit))
        found = [_message(row) for row in reversed(rows)]
        return list(dropwhile(lambda message: message.role is Role.ASSISTANT, found))

    async def part(self, conversation_id: int, *, after_message_id: int = 0, limit: int = 500) -> list[StoredMessage]:
        """The first `limit` messages with text after one of a conversation, oldest first; empty at its end."""
        query = _with_text(conversation_id).where(messages.c.id > after_message_id).order_by(messages.c.id).limit(limit)
        return [_message(row) for row in await self._database.rows("conversations.part", query)]

    async def close_turn(
        self,
        turn: Turn,
        *,
        text: str,
        model: str | None,
        state: AnswerState,
        telegram_ids: Sequence[int] = (),
        request_id: int | None = None,
    ) -> None:
        """Store the answer and mark the turn's update as done, both or neither.

        A turn is closed once: what comes later is not stored. A failed answer without text leaves no message.
        `request_id` is that of the attempts that were made for it.
        """
        now = self._clock.now()
        once = update(messages).where(messages.c.id == turn.message_id, messages.c.closed_at.is_(None))
        answer = {
            "role": Role.ASSISTANT,
            "state": state,
            "text": text,
            "model": model,
            "telegram_ids": list(telegram_ids),
        }

        async def close(connection: AsyncConnection) -> None:
            first = (await connection.execute(once.values(closed_at=now, request_id=request_id))).rowcount == 1
            if first and not (state is AnswerState.FAILED and not text.strip()):
                await _add(connection, turn.conversation_id, answer, now)
            await connection.execute(closing_update(turn.update_id, now))

        await self._database.write("conversations.close_turn", close)

    async def last_request(self, chat_id: int, thread_id: int = 0) -> int | None:
        """Which attempts were made for the last message of a chat whose turn is over; None: for none."""
        query = (
            select(messages.c.request_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.chat_id == chat_id,
                conversations.c.thread_id == thread_id,
                messages.c.request_id.is_not(None),
            )
            .order_by(messages.c.id.desc())
            .limit(1)
        )
        rows = await self._database.rows("conversations.last_request", query)
        return rows[0].request_id if rows else None

    async def last_places(self, limit: int = HISTORY_MESSAGES) -> list[tuple[int, int]]:
        """Where the newest answers stand: chats and ids of their messages."""
        query = (
            select(conversations.c.chat_id, messages.c.telegram_ids)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(messages.c.role == Role.ASSISTANT)
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        rows = await self._database.rows("conversations.last_places", query)
        return [(row.chat_id, message_id) for row in rows for message_id in row.telegram_ids]

    async def turn_answered(self, update_id: int) -> bool:
        """Whether the turn of an update has been closed, by an answer or by a failure that was told."""
        query = select(messages.c.id).where(messages.c.update_id == update_id, messages.c.closed_at.is_not(None))
        return bool(await self._database.rows("conversations.turn_answered", query))


def _with_text(conversation_id: int) -> Select[Any]:
    return select(messages).where(
        messages.c.conversation_id == conversation_id, func.length(func.trim(messages.c.text)) > 0
    )


def _message(row: Row[Any]) -> StoredMessage:
    return StoredMessage(
        id=row.id, role=row.role, text=row.text, created_at=row.created_at, state=row.state, model=row.model
    )


async def _current(connection: AsyncConnection, chat_id: int, thread_id: int, now: datetime) -> int:
    found: int | None = await connection.scalar(
        select(conversations.c.id).where(
            conversations.c.chat_id == chat_id,
            conversations.c.thread_id == thread_id,
            conversations.c.closed_at.is_(None),
        )
    )
    if found is not None:
        return found
    new = insert(conversations).values(chat_id=chat_id, thread_id=thread_id, started_at=now)
    opened: int = (await connection.execute(new.returning(conversations.c.id))).scalar_one()
    return opened


async def _add(connection: AsyncConnection, conversation_id: int, row: Mapping[str, object], now: datetime) -> int:
    new = insert(messages).values(**{"telegram_ids": [], **row, "conversation_id": conversation_id, "created_at": now})
    added: int = (await connection.execute(new.returning(messages.c.id))).scalar_one()
    return added
