"""Every statement can be said to PostgreSQL as well (the other tests run there when a server is named)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import ClauseElement

from llm.capabilities.facts import Ability, Fact, Known, ModelKey, Source
from llm.capabilities.observation import Observation, Verdict
from llm.clock import SystemClock
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import (
    Access,
    Answers,
    AnswerState,
    Attachment,
    AttachmentKind,
    Attachments,
    CapabilityRows,
    Conversations,
    Database,
    Inbox,
    LearnedValues,
    NewUpdate,
    Part,
    People,
    PerformanceRows,
    Summaries,
    Summary,
    Turn,
    UnknownUpdate,
)
from storage.attachments import attachments_by_message
from storage.tables import metadata

DIALECT = asyncpg.dialect()


class PostgresByEar:
    """Takes statements as PostgreSQL would, writes them down, and finds nothing but what it is told to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.found: list[Any] = []

    async def execute(self, statement: ClauseElement, _: object = None) -> MagicMock:
        self.said.append(str(statement.compile(dialect=DIALECT)).replace("\n", ""))
        result = MagicMock(rowcount=1)
        result.all.return_value = self.found
        result.scalars.return_value.all.return_value = []
        result.one_or_none.return_value = None
        return result

    async def scalar(self, statement: ClauseElement) -> None:
        await self.execute(statement)

    async def read(self, operation: str, work: Any) -> Any:
        return await work(self)

    async def write(self, operation: str, work: Any) -> Any:
        return await work(self)

    async def rows(self, operation: str, statement: ClauseElement) -> list[Any]:
        await self.execute(statement)
        return []

    def insert(self, table: Table) -> postgresql.Insert:
        return postgresql.insert(table)


async def test_statements_of_the_repositories(clock: SystemClock) -> None:
    ear = PostgresByEar()
    database = cast(Database, ear)
    inbox, people, conversations = Inbox(database, clock), People(database, clock), Conversations(database, clock)
    await inbox.put([NewUpdate(1, "5", b"{}")])
    await inbox.waiting()
    with pytest.raises(UnknownUpdate):
        await inbox.begin(1)
    await inbox.note_answer_message(1, 2)
    await inbox.done(1)
    await inbox.forget_done(clock.now())
    await people.seen(1, "Anna", None)
    await people.get(1)
    await people.all()
    await people.admins()
    await people.ask(1)
    await people.set_access(1, Access.ALLOWED)
    await conversations.start_new(5)
    photo = Attachment(AttachmentKind.PHOTO, "a.jpg", "image/jpeg", data=b"x")
    await conversations.open_turn(chat_id=5, person_id=1, update_id=1, text="hello", sent=[photo], joined=[2])
    await conversations.turn_opened(1)
    await attachments_by_message(database, [1, 2], whole=3)
    await Attachments(database).forget_oldest()
    await conversations.history(1, before_message_id=2)
    await conversations.close_turn(Turn(1, 1, 1, 1, 1, ""), text="hi", model=None, state=AnswerState.COMPLETE)
    await conversations.turn_answered(1)
    await conversations.open_turn(chat_id=5, person_id=1, update_id=2, text="more", follows=3)
    await conversations.reopen_turn(chat_id=5, person_id=1, update_id=4)
    await conversations.edit_said(Part(3, "other"), chat_id=5, person_id=1, update_id=5)
    await Answers(database, clock).of(1)
    await Answers(database, clock).last_shown(5)
    await Answers(database, clock).react(chat_id=5, telegram_id=3, person_id=1, good=True)
    await Summaries(database, clock).of(1)
    await Summaries(database, clock).keep(1, Summary("all of it", 2))
    await LearnedValues(database, clock).everything()
    await LearnedValues(database, clock).keep({"a": 1})
    async with PerformanceRows(database, clock) as rows:
        rows.add(AttemptRecord(clock.now(), "m", "s", Task.CHAT, 1.0, None, None, None, None))
        await rows.stats(since=datetime.min.replace(tzinfo=UTC), model="m", task=Task.CHAT)
    await say_all_of_capabilities(ear, clock.now())
    assert any("ON CONFLICT (update_id) DO NOTHING RETURNING" in said for said in ear.said)
    assert any("ON CONFLICT (id) DO UPDATE SET name = excluded.name" in said for said in ear.said)
    assert any("string_agg(CASE WHEN" in said for said in ear.said)
    assert any("ON CONFLICT (span, began, model" in said for said in ear.said)
    assert any("ON CONFLICT (server, model) DO UPDATE SET fingerprint = excluded.fingerprint" in s for s in ear.said)
    assert any("ON CONFLICT (name) DO UPDATE SET value = excluded.value" in said for said in ear.said)
    assert any("WHERE summaries.message_id < excluded.message_id" in said for said in ear.said)
    assert any("row_number() OVER (PARTITION BY capability_history.ability" in said for said in ear.said)


async def say_all_of_capabilities(ear: PostgresByEar, now: datetime) -> None:
    key, rows = ModelKey("s", "m"), CapabilityRows(cast(Database, ear))
    await rows.known(key)
    await rows.everything()
    await rows.history(key)
    await rows.begun(key, "a file")
    await rows.observe(key, "a file", [Observation("word", Verdict.PASSED)])
    ear.found = [MagicMock(ability="vision", value=False)]
    await rows.conclude(key, Known("a file", {Ability.VISION: Fact(True, Source.PROBE, 0.9, now)}, now))
    ear.found = []


def test_the_schema_has_its_forms_in_postgresql() -> None:
    tables = "".join(str(CreateTable(table).compile(dialect=DIALECT)) for table in metadata.sorted_tables)
    assert "id BIGSERIAL NOT NULL" in tables
    assert "TIMESTAMP WITH TIME ZONE" in tables
    indexes = [
        str(CreateIndex(index).compile(dialect=DIALECT)) for table in metadata.sorted_tables for index in table.indexes
    ]
    assert any("WHERE closed_at IS NULL" in index for index in indexes)
