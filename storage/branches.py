"""Which messages of a conversation count: of several branches and answers one path, from the first to the newest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.types import Role
from storage.tables import conversations, messages, summaries, telegram_messages
from storage.types import Part

_NEAR_FULL = 4000
"""Telegram cuts what is longer than 4,096 units into several messages, mostly at the end of a line."""


async def head_of(connection: AsyncConnection, conversation_id: int) -> int | None:
    """The newest message that counts."""
    head: int | None = await connection.scalar(_newest(conversation_id))
    return head


async def newest_question(connection: AsyncConnection, conversation_id: int) -> int | None:
    """The newest message of a person that counts."""
    newest: int | None = await connection.scalar(_newest(conversation_id).where(messages.c.role == Role.USER))
    return newest


def _newest(conversation_id: int) -> Select[tuple[int]]:
    return (
        select(messages.c.id)
        .where(messages.c.conversation_id == conversation_id, messages.c.replaced.is_(False))
        .order_by(messages.c.id.desc())
        .limit(1)
    )


async def go_on_from(connection: AsyncConnection, conversation_id: int, message_id: int) -> None:
    """Let the way from the first message to this one be what counts, and nothing after it."""
    path = select(messages.c.id, messages.c.parent_id).where(messages.c.id == message_id).cte("path", recursive=True)
    before = messages.alias("before")
    path = path.union_all(select(before.c.id, before.c.parent_id).where(before.c.id == path.c.parent_id))
    off = messages.c.id.not_in(select(path.c.id))
    here = messages.c.conversation_id == conversation_id
    await _replace(connection, conversation_id, here & (messages.c.replaced != off), off)


async def leave_answers(connection: AsyncConnection, conversation_id: int, question_id: int) -> None:
    """Let the answers that a question has had count no longer."""
    answers = (messages.c.parent_id == question_id) & (messages.c.role == Role.ASSISTANT)
    await _replace(connection, conversation_id, answers & messages.c.replaced.is_(False), True)


async def changed_from(connection: AsyncConnection, conversation_id: int, message_id: int) -> None:
    """Take note that what was said is another now from a message on: a summary that covers it is dropped."""
    await connection.execute(
        delete(summaries).where(summaries.c.conversation_id == conversation_id, summaries.c.message_id >= message_id)
    )
    await connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(revision=conversations.c.revision + 1)
    )


async def take_out(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Delete messages out of their conversations; what followed them follows what stood before them."""
    columns = (messages.c.id, messages.c.parent_id, messages.c.conversation_id)
    gone = (await connection.execute(select(*columns).where(which).order_by(messages.c.id))).all()
    before = {row.id: row.parent_id for row in gone}
    child = messages.alias("child")
    behind = select(child.c.id, child.c.parent_id).where(
        child.c.parent_id.in_(select(messages.c.id).where(which)), child.c.id.not_in(select(messages.c.id).where(which))
    )
    for row in (await connection.execute(behind)).all():
        parent = row.parent_id
        while parent in before:
            parent = before[parent]
        await connection.execute(update(messages).where(messages.c.id == row.id).values(parent_id=parent))
    first = {row.conversation_id: row.id for row in reversed(gone)}
    for conversation_id, message_id in first.items():
        await changed_from(connection, conversation_id, message_id)
    await connection.execute(delete(messages).where(which))


async def _replace(
    connection: AsyncConnection, conversation_id: int, which: ColumnElement[bool], replaced: ColumnElement[bool] | bool
) -> None:
    statement = update(messages).where(which).values(replaced=replaced).returning(messages.c.id)
    touched = (await connection.execute(statement)).scalars().all()
    first = min(touched, default=None)
    if first is not None:
        await changed_from(connection, conversation_id, first)


# Where messages stand in the chats


async def stand_at(connection: AsyncConnection, chat_id: int, message_id: int, parts: Sequence[Part]) -> None:
    """Keep which Telegram messages a person's message consists of."""
    rows = [
        {
            "chat_id": chat_id,
            "telegram_id": part.telegram_id,
            "message_id": message_id,
            "text": part.text,
            "context": part.context,
        }
        for part in parts
    ]
    await _place(connection, chat_id, rows)


async def answer_stands_at(
    connection: AsyncConnection, chat_id: int, message_id: int, telegram_ids: Sequence[int]
) -> None:
    """Keep in which Telegram messages an answer stands; those of an answer that it replaced are its own now."""
    rows = [
        {"chat_id": chat_id, "telegram_id": one, "message_id": message_id, "text": None, "context": None}
        for one in dict.fromkeys(telegram_ids)
    ]
    await _place(connection, chat_id, rows)


async def _place(connection: AsyncConnection, chat_id: int, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    ids = [row["telegram_id"] for row in rows]
    await connection.execute(
        delete(telegram_messages).where(
            telegram_messages.c.chat_id == chat_id, telegram_messages.c.telegram_id.in_(ids)
        )
    )
    await connection.execute(insert(telegram_messages), rows)


async def answer_at(connection: AsyncConnection, chat_id: int, thread_id: int, telegram_id: int) -> Any:
    """The answer that stands in a Telegram message, as (id, conversation_id) of one of the chat's conversations."""
    query = (
        select(messages.c.id, messages.c.conversation_id)
        .join(telegram_messages, telegram_messages.c.message_id == messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            telegram_messages.c.chat_id == chat_id,
            telegram_messages.c.telegram_id == telegram_id,
            conversations.c.chat_id == chat_id,
            conversations.c.thread_id == thread_id,
            messages.c.role == Role.ASSISTANT,
        )
    )
    return (await connection.execute(query)).one_or_none()


async def replace_part(connection: AsyncConnection, chat_id: int, part: Part) -> int | None:
    """Change what stands in one Telegram message, and the message that it is a part of; None: nothing has changed."""
    place = telegram_messages.c
    found = (
        await connection.execute(
            select(telegram_messages).where(place.chat_id == chat_id, place.telegram_id == part.telegram_id)
        )
    ).one_or_none()
    if found is None or found.text is None or (found.text, found.context or "") == (part.text, part.context):
        return None
    await connection.execute(
        update(telegram_messages)
        .where(place.chat_id == chat_id, place.telegram_id == part.telegram_id)
        .values(text=part.text, context=part.context)
    )
    rows = await connection.execute(
        select(telegram_messages).where(place.message_id == found.message_id).order_by(place.telegram_id)
    )
    text, context = joined([Part(row.telegram_id, row.text or "", row.context or "") for row in rows])
    await connection.execute(
        update(messages).where(messages.c.id == found.message_id).values(text=text, context=context)
    )
    message_id: int = found.message_id
    return message_id


def joined(parts: Sequence[Part]) -> tuple[str, str]:
    """What was said in several messages as one text, and what was quoted and forwarded in them.

    What was only forwarded is what was said, where nothing else was.
    """
    text = ""
    for before, part in zip((None, *parts), parts, strict=False):
        if text and part.text:
            text += "\n" if before is not None and len(before.text) >= _NEAR_FULL else "\n\n"
        text += part.text
    context = "\n\n".join(part.context for part in parts if part.context)
    return (text, context) if text.strip() or not context else (context, "")
