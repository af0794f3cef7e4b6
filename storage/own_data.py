"""What is kept of one person, for that person: how much, which of it went to a cloud, and all of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.types import Role
from storage.database import Database
from storage.tables import attempts, conversations, messages, people
from storage.types import AnswerState, Person


@dataclass(frozen=True, slots=True)
class CloudMessage:
    """A message that was sent to a model in a cloud."""

    at: datetime
    model: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept. `asked` and `to_cloud` are the requests of which the figures still tell where they went."""

    conversations: int
    messages: int
    oldest: datetime | None
    asked: int
    to_cloud: int
    last_to_cloud: CloudMessage | None


@dataclass(frozen=True, slots=True)
class OwnConversation:
    """A conversation of a person's, or (`shared`) one of a group's in which they took part."""

    id: int
    person_id: int
    shared: bool
    started_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of a person's conversation. `cloud` is None where the figures do not tell any more."""

    id: int
    role: Role
    text: str = field(repr=False)
    created_at: datetime
    state: AnswerState
    model: str | None
    cloud: bool | None


class OwnData:
    """Reads what is a person's: what they said, wherever it was, and the answers to it. Raises `ReadFailed`."""

    def __init__(self, database: Database, settle: Callable[[], Awaitable[None]]) -> None:
        """`settle` writes figures that are not stored yet."""
        self._database = database
        self._settle = settle

    async def kept(self, person_id: int) -> Kept:
        """How much there is, and what of it went to a cloud."""

        async def look(connection: AsyncConnection) -> Kept:
            number = select(func.count()).select_from(conversations).where(taken_part_in(person_id))
            said = select(func.count(messages.c.id), func.min(messages.c.created_at)).where(said_by(person_id))
            made = messages.join(attempts, attempts.c.request_id == messages.c.request_id)
            asked = select(func.count(distinct(attempts.c.request_id))).select_from(made).where(said_by(person_id))
            last = (
                select(attempts.c.started_at, attempts.c.model, messages.c.text)
                .select_from(made)
                .where(said_by(person_id), ~attempts.c.local, messages.c.role == Role.USER)
                .order_by(attempts.c.started_at.desc(), attempts.c.id.desc())
                .limit(1)
            )
            count, oldest = (await connection.execute(said)).one()
            row = (await connection.execute(last)).one_or_none()
            return Kept(
                conversations=int(await connection.scalar(number) or 0),
                messages=int(count),
                oldest=oldest,
                asked=int(await connection.scalar(asked) or 0),
                to_cloud=int(await connection.scalar(asked.where(~attempts.c.local)) or 0),
                last_to_cloud=None if row is None else CloudMessage(row.started_at, row.model, row.text),
            )

        await self._settle()
        return await self._database.read("own_data.kept", look)

    async def conversations(self, person_id: int) -> Sequence[OwnConversation]:
        """All conversations, the oldest first."""
        await self._settle()
        query = select(conversations).where(taken_part_in(person_id)).order_by(conversations.c.id)
        rows = await self._database.rows("own_data.conversations", query)
        return [
            OwnConversation(row.id, person_id, row.chat_id != person_id, row.started_at, row.closed_at) for row in rows
        ]

    async def messages(
        self, conversation: OwnConversation, *, after: int = 0, limit: int = 500
    ) -> Sequence[OwnMessage]:
        """The first `limit` messages that are the person's of a conversation after one; none at its end."""
        made = attempts.c.request_id == messages.c.request_id
        query = (
            select(
                messages.c.id,
                messages.c.role,
                messages.c.text,
                messages.c.created_at,
                messages.c.state,
                messages.c.model,
                exists().where(made).label("known"),
                exists().where(made, ~attempts.c.local).label("cloud"),
            )
            .where(
                messages.c.conversation_id == conversation.id,
                messages.c.id > after,
                said_by(conversation.person_id),
            )
            .order_by(messages.c.id)
            .limit(limit)
        )
        rows = await self._database.rows("own_data.messages", query)
        return [
            OwnMessage(
                row.id, row.role, row.text, row.created_at, row.state, row.model, bool(row.cloud) if row.known else None
            )
            for row in rows
        ]

    async def since(self, person: Person) -> datetime | None:
        """When a person came."""
        rows = await self._database.rows("own_data.since", select(people.c.created_at).where(people.c.id == person.id))
        return rows[0].created_at if rows else None


def said_by(person_id: int) -> ColumnElement[bool]:
    """Which messages are a person's: what they said, and the answers to it."""
    return messages.c.person_id == person_id


def taken_part_in(person_id: int) -> ColumnElement[bool]:
    """Which conversations are a person's, or have messages of theirs."""
    said = select(messages.c.conversation_id).where(messages.c.person_id == person_id)
    return or_(conversations.c.chat_id == person_id, conversations.c.id.in_(said))
