"""Conversations and their messages; a turn is one message of a person with its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import dropwhile
from typing import Any

from sqlalchemy import Row, Select, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import Clock
from llm.types import Role
from storage.attachments import READ_WHOLE, add_attachments, attachments_by_message, attachments_of
from storage.branches import (
    answer_at,
    answer_stands_at,
    changed_from,
    go_on_from,
    head_of,
    leave_answers,
    newest_question,
    replace_part,
    stand_at,
)
from storage.database import Database
from storage.errors import UnknownUpdate
from storage.inbox import closing_update, is_done
from storage.tables import attachments, conversations, messages
from storage.types import AnswerState, Attachment, Part, StoredMessage, Turn

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
            await _close(connection, chat_id, thread_id, now)
            return await _current(connection, chat_id, thread_id, now)

        return await self._database.write("conversations.start_new", start)

    async def open_turn(
        self,
        *,
        chat_id: int,
        thread_id: int = 0,
        person_id: int,
        update_id: int,
        text: str,
        sent: Sequence[Attachment] = (),
        context: str = "",
        parts: Sequence[Part] = (),
        joined: Sequence[int] = (),
        follows: int | None = None,
    ) -> Turn:
        """Add what a person said, and sent with it, to the open conversation.

        `parts` are the Telegram messages in which it stands, `joined` further updates that brought some of them.
        `follows` is the Telegram message that it replies to: after an answer that is not the newest the conversation,
        a closed one too, goes on from there. An update opens one turn only: called again for it, this returns the turn
        that there is, in the conversation in which it was opened. Raises `UnknownUpdate` when what the update said has
        been taken back meanwhile.
        """
        now = self._clock.now()
        row = {
            "update_id": update_id,
            "person_id": person_id,
            "role": Role.USER,
            "state": AnswerState.COMPLETE,
            "text": text,
            "context": context or None,
            "joined_updates": list(joined) or None,
        }

        async def open_it(connection: AsyncConnection) -> Turn:
            known = await _turn_of(connection, update_id, chat_id, person_id)
            if known is not None:
                return known
            if await is_done(connection, update_id):
                raise UnknownUpdate(update_id)
            conversation_id = await _current(connection, chat_id, thread_id, now)
            if follows is not None:
                conversation_id = await _gone_on_from(connection, chat_id, thread_id, follows, now) or conversation_id
            parent = await head_of(connection, conversation_id)
            message_id = await _add(connection, conversation_id, {**row, "parent_id": parent}, now)
            await add_attachments(connection, message_id, sent)
            await stand_at(connection, chat_id, message_id, parts)
            said = (text, tuple(sent), context, tuple(joined))
            return Turn(conversation_id, message_id, update_id, chat_id, person_id, *said)

        return await self._database.write("conversations.open_turn", open_it)

    async def reopen_turn(
        self, *, chat_id: int, thread_id: int = 0, person_id: int, update_id: int, message_id: int | None = None
    ) -> Turn | None:
        """Take up the newest question again, for another answer; None when there is none, or `message_id` is another.

        The turn belongs to the update that asked for it; called again for that one, this returns the same turn. The
        answers that there are count until the turn is closed by another one.
        """
        now = self._clock.now()

        async def reopen(connection: AsyncConnection) -> Turn | None:
            known = await _turn_of(connection, update_id, chat_id, person_id)
            if known is not None:
                return known
            conversation_id = await _current(connection, chat_id, thread_id, now)
            newest = await newest_question(connection, conversation_id)
            if newest is None or message_id not in {None, newest}:
                return None
            await _take_over(connection, newest, update_id)
            return await _turn_of(connection, update_id, chat_id, person_id)

        return await self._database.write("conversations.reopen_turn", reopen)

    async def edit_said(self, part: Part, *, chat_id: int, person_id: int, update_id: int) -> Turn | None:
        """Change what a person said in one of their Telegram messages.

        Gives the turn when that was the newest question, which has to be answered anew; the answer that it had counts
        no longer. Older ones are changed for what follows.
        """

        async def edit(connection: AsyncConnection) -> Turn | None:
            known = await _turn_of(connection, update_id, chat_id, person_id)
            if known is not None:
                return known
            message_id = await replace_part(connection, chat_id, part)
            if message_id is None:
                return None
            query = select(conversations.c.id, conversations.c.closed_at).join(
                messages, messages.c.conversation_id == conversations.c.id
            )
            where = (await connection.execute(query.where(messages.c.id == message_id))).one()
            await changed_from(connection, where.id, message_id)
            if where.closed_at is not None or message_id != await newest_question(connection, where.id):
                return None
            await leave_answers(connection, where.id, message_id)
            await _take_over(connection, message_id, update_id)
            return await _turn_of(connection, update_id, chat_id, person_id)

        return await self._database.write("conversations.edit_said", edit)

    async def history(
        self,
        conversation_id: int,
        *,
        after_message_id: int = 0,
        before_message_id: int | None = None,
        limit: int = HISTORY_MESSAGES,
    ) -> list[StoredMessage]:
        """The last `limit` messages of a conversation, oldest first, or those after or before some of its messages.

        Messages without text are left out unless something was sent with them, and so are answers at the beginning
        whose question lies beyond the limit. A question whose answer failed is there: the person said it. Of the newest
        attachments the contents are read, the others are only named.
        """
        query = _with_text(conversation_id).where(messages.c.id > after_message_id)
        if before_message_id is not None:
            query = query.where(messages.c.id < before_message_id)
        rows = await self._database.rows("conversations.history", query.order_by(messages.c.id.desc()).limit(limit))
        found = await self._messages(rows[::-1], whole=READ_WHOLE)
        return list(dropwhile(lambda message: message.role is Role.ASSISTANT, found))

    async def part(self, conversation_id: int, *, after_message_id: int = 0, limit: int = 500) -> list[StoredMessage]:
        """The first `limit` messages after one of a conversation, oldest first; empty at its end.

        Those without text are left out unless something was sent with them, which is only named.
        """
        query = _with_text(conversation_id).where(messages.c.id > after_message_id).order_by(messages.c.id).limit(limit)
        return await self._messages(await self._database.rows("conversations.part", query), whole=0)

    async def _messages(self, rows: Sequence[Row[Any]], *, whole: int) -> list[StoredMessage]:
        sent = await attachments_by_message(self._database, [row.id for row in rows], whole=whole)
        return [_message(row, sent.get(row.id, ())) for row in rows]

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
        """Store the answer and mark the turn's updates as done, all or none.

        A turn is closed once: what comes later is not stored. The answer takes the place of one that there was, unless
        it failed or is empty. A failed answer without text leaves no message; where its words stand is kept with the
        question. `request_id` is that of the attempts that were made for it.
        """
        now = self._clock.now()
        once = update(messages).where(
            messages.c.id == turn.message_id,
            messages.c.update_id == turn.update_id,
            messages.c.closed_at.is_(None),
        )
        nothing = state is AnswerState.FAILED and not text.strip()
        over: dict[str, object] = {"closed_at": now, "request_id": request_id}
        if nothing:
            over["telegram_ids"] = list(telegram_ids)
        answer = {
            "role": Role.ASSISTANT,
            "state": state,
            "text": text,
            "model": model,
            "telegram_ids": list(telegram_ids),
            "request_id": request_id,
            "parent_id": turn.message_id,
            # In a group somebody else may ask for another answer; it belongs to the question all the same.
            "person_id": select(messages.c.person_id).where(messages.c.id == turn.message_id).scalar_subquery(),
        }

        async def close(connection: AsyncConnection) -> None:
            first = (await connection.execute(once.values(**over))).rowcount == 1
            if first and state is not AnswerState.FAILED and text.strip():
                await leave_answers(connection, turn.conversation_id, turn.message_id)
            if first and not nothing:
                message_id = await _add(connection, turn.conversation_id, answer, now)
                await answer_stands_at(connection, turn.chat_id, message_id, telegram_ids)
            for update_id in (turn.update_id, *turn.joined):
                await connection.execute(closing_update(update_id, now))

        await self._database.write("conversations.close_turn", close)

    async def last_request(self, chat_id: int, thread_id: int = 0) -> int | None:
        """Which attempts were made for the last message of a chat whose turn is over; None: for none."""
        query = (
            select(messages.c.request_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.chat_id == chat_id,
                conversations.c.thread_id == thread_id,
                messages.c.role == Role.USER,
                messages.c.request_id.is_not(None),
            )
            .order_by(messages.c.id.desc())
            .limit(1)
        )
        rows = await self._database.rows("conversations.last_request", query)
        return rows[0].request_id if rows else None

    async def turn_opened(self, update_id: int) -> bool:
        """Whether what an update brought has been stored: what it consists of need not be fetched again."""
        query = select(messages.c.id).where(messages.c.update_id == update_id)
        return bool(await self._database.rows("conversations.turn_opened", query))

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
    with_something = exists().where(attachments.c.message_id == messages.c.id)
    return select(messages).where(
        messages.c.conversation_id == conversation_id,
        messages.c.replaced.is_(False),
        or_(func.length(func.trim(messages.c.text)) > 0, with_something),
    )


def _message(row: Row[Any], sent: tuple[Attachment, ...]) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        role=row.role,
        text=row.text,
        created_at=row.created_at,
        state=row.state,
        model=row.model,
        attachments=sent,
        context=row.context or "",
    )


async def _turn_of(connection: AsyncConnection, update_id: int, chat_id: int, person_id: int) -> Turn | None:
    """The turn that an update has opened before."""
    found = (await connection.execute(select(messages).where(messages.c.update_id == update_id))).one_or_none()
    if found is None:
        return None
    return Turn(
        conversation_id=found.conversation_id,
        message_id=found.id,
        update_id=update_id,
        chat_id=chat_id,
        person_id=person_id,
        text=found.text,
        attachments=await attachments_of(connection, found.id),
        context=found.context or "",
        joined=tuple(found.joined_updates or ()),
    )


async def _take_over(connection: AsyncConnection, message_id: int, update_id: int) -> None:
    """Let a question wait for an answer again, for this update."""
    again = {"update_id": update_id, "closed_at": None, "joined_updates": None}
    await connection.execute(update(messages).where(messages.c.id == message_id).values(**again))


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


async def _close(connection: AsyncConnection, chat_id: int, thread_id: int, now: datetime) -> None:
    await connection.execute(
        update(conversations)
        .where(
            conversations.c.chat_id == chat_id,
            conversations.c.thread_id == thread_id,
            conversations.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )


async def open_instead(
    connection: AsyncConnection, chat_id: int, thread_id: int, conversation_id: int, now: datetime
) -> None:
    """Let a conversation of a chat be the open one, in the place of the one that is."""
    await _close(connection, chat_id, thread_id, now)
    await connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(closed_at=None))


async def _gone_on_from(
    connection: AsyncConnection, chat_id: int, thread_id: int, telegram_id: int, now: datetime
) -> int | None:
    """Let the conversation of an answer be the open one, and end with that answer; None: there is no such answer."""
    answer = await answer_at(connection, chat_id, thread_id, telegram_id)
    if answer is None:
        return None
    if answer.conversation_id != await _current(connection, chat_id, thread_id, now):
        await open_instead(connection, chat_id, thread_id, answer.conversation_id, now)
    if answer.id != await head_of(connection, answer.conversation_id):
        await go_on_from(connection, answer.conversation_id, answer.id)
    conversation_id: int = answer.conversation_id
    return conversation_id


async def _add(connection: AsyncConnection, conversation_id: int, row: Mapping[str, object], now: datetime) -> int:
    new = insert(messages).values(**{"telegram_ids": [], **row, "conversation_id": conversation_id, "created_at": now})
    added: int = (await connection.execute(new.returning(messages.c.id))).scalar_one()
    return added
