"""What people sent with their messages: kept for as long as there is room for it, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.tables import attachments, conversations, messages, telegram_messages
from storage.types import Attachment

KEPT_BYTES = 1024 * 1024 * 1024
"""So much is kept of all people together."""
READ_WHOLE = 8
"""Of so many of the newest attachments in a history the contents are read; the others are only named."""
_AT_A_TIME = 500

_NAMED = (
    attachments.c.message_id,
    attachments.c.number,
    attachments.c.kind,
    attachments.c.name,
    attachments.c.mime,
)


class Attachments:
    """Looks after the room that attachments take."""

    def __init__(self, database: Database, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._database = database
        self._kept_bytes = kept_bytes

    async def at_hand(self, chat_id: int, telegram_id: int, *, thread_id: int = 0) -> bool:
        """Whether what was sent in a Telegram message is read whole with the chat's open conversation.

        Raises `ReadFailed`.
        """
        newest = (
            select(attachments.c.message_id)
            .join(messages, messages.c.id == attachments.c.message_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.chat_id == chat_id,
                conversations.c.thread_id == thread_id,
                conversations.c.closed_at.is_(None),
                messages.c.replaced.is_(False),
                or_(attachments.c.data.is_not(None), attachments.c.text.is_not(None)),
            )
            .order_by(attachments.c.message_id.desc(), attachments.c.number.desc())
            .limit(READ_WHOLE)
        )
        place = telegram_messages.c
        query = select(place.message_id).where(
            place.chat_id == chat_id,
            place.telegram_id == telegram_id,
            place.message_id.in_(newest),
        )
        return bool(await self._database.rows("attachments.at_hand", query))

    async def forget_oldest(self) -> int:
        """Give up the contents of the oldest when all together take too much room; how many that were.

        Their names stay. Raises `ReadFailed`, `WriteFailed`.
        """
        size = func.coalesce(func.length(attachments.c.data), 0) + func.coalesce(func.length(attachments.c.text), 0)
        query = (
            select(attachments.c.message_id, attachments.c.number, size.label("size"))
            .where(or_(attachments.c.data.is_not(None), attachments.c.text.is_not(None)))
            .order_by(attachments.c.message_id.desc(), attachments.c.number.desc())
        )
        left = self._kept_bytes
        old: list[tuple[int, int]] = []
        for row in await self._database.rows("attachments.sizes", query):
            left -= row.size
            if left < 0:
                old.append((row.message_id, row.number))
        for begin in range(0, len(old), _AT_A_TIME):
            await self._forget(old[begin : begin + _AT_A_TIME])
        return len(old)

    async def _forget(self, old: Sequence[tuple[int, int]]) -> None:
        these = or_(*(and_(attachments.c.message_id == message, attachments.c.number == n) for message, n in old))
        statement = update(attachments).where(these).values(data=None, text=None)
        await self._database.write("attachments.forget", lambda connection: connection.execute(statement))


async def add_attachments(connection: AsyncConnection, message_id: int, added: Sequence[Attachment]) -> None:
    """Store what was sent with a message, within the transaction that stores the message."""
    rows = [
        {
            "message_id": message_id,
            "number": number,
            "kind": one.kind,
            "name": one.name,
            "mime": one.mime,
            "text": one.text,
            "data": one.data,
        }
        for number, one in enumerate(added)
    ]
    if rows:
        await connection.execute(insert(attachments), rows)


async def attachments_of(connection: AsyncConnection, message_id: int) -> tuple[Attachment, ...]:
    """What was sent with one message, whole."""
    query = select(attachments).where(attachments.c.message_id == message_id).order_by(attachments.c.number)
    return tuple(_attachment(row) for row in (await connection.execute(query)).all())


async def attachments_by_message(
    database: Database, message_ids: Sequence[int], *, whole: int
) -> Mapping[int, tuple[Attachment, ...]]:
    """What was sent with messages; of the newest `whole` the contents too."""
    if not message_ids:
        return {}
    newest = (
        attachments.c.message_id.in_(message_ids),
        (attachments.c.message_id.desc(), attachments.c.number.desc()),
    )
    named = await database.rows("attachments.named", select(*_NAMED).where(newest[0]).order_by(*newest[1]))
    read: dict[tuple[int, int], Row[Any]] = {}
    if named and whole:
        rows = await database.rows(
            "attachments.whole", select(attachments).where(newest[0]).order_by(*newest[1]).limit(whole)
        )
        read = {(row.message_id, row.number): row for row in rows}
    found: defaultdict[int, list[Attachment]] = defaultdict(list)
    for row in reversed(named):
        known = read.get((row.message_id, row.number))
        found[row.message_id].append(_attachment(row) if known is None else _attachment(known))
    return {message_id: tuple(sent) for message_id, sent in found.items()}


def _attachment(row: Row[Any]) -> Attachment:
    contents = row._mapping
    return Attachment(row.kind, row.name, row.mime, contents.get("text"), contents.get("data"))
