"""The way to today's schema: it leads exactly there, and back, and never half-way."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from llm.capabilities.facts import Ability, Fact, Known, ModelKey, Source
from llm.clock import SystemClock
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import (
    AnswerState,
    CapabilityRows,
    Conversations,
    DatabaseUnusable,
    People,
    PerformanceRows,
    WriteFailed,
    database,
    open_database,
    read_database,
)
from storage.engines import make_migration_engine
from storage.migrations import REVISIONS
from storage.migrations.references import check_references
from storage.migrations.runner import alembic_config, migrate
from storage.tables import metadata


async def with_connection(url: str, work):
    engine = make_migration_engine(make_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def differences(connection):
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_a_new_database_has_the_schema_and_the_revision_that_the_migrations_lead_to(
    url: str, clock: SystemClock
) -> None:
    async with open_database(url, clock):
        pass
    assert await with_connection(url, differences) == []
    revision = await with_connection(
        url, lambda connection: connection.scalar(text("SELECT version_num FROM alembic_version"))
    )
    assert revision == REVISIONS[-1]
    await asyncio.to_thread(migrate, make_url(url))  # finds nothing to do
    assert await with_connection(url, differences) == []


async def test_each_migration_can_be_undone_and_done_again(url: str, clock: SystemClock, file: Path) -> None:
    file.parent.mkdir()
    for revision in (*REVISIONS[-2::-1], "base"):
        await asyncio.to_thread(migrate, make_url(url))
        assert await with_connection(url, differences) == []
        await asyncio.to_thread(migrate, make_url(url), to=revision)
    left = await with_connection(url, lambda connection: connection.dialect.get_table_names(connection))
    assert left == ["alembic_version"]
    await asyncio.to_thread(migrate, make_url(url))
    assert await with_connection(url, differences) == []


async def test_the_known_revisions_are_those_of_the_files(sqlite_url: str, file: Path) -> None:
    file.parent.mkdir()

    def revisions(connection):
        directory = ScriptDirectory.from_config(alembic_config(connection))
        return tuple(script.revision for script in directory.walk_revisions())[::-1]

    assert await with_connection(sqlite_url, revisions) == REVISIONS


async def test_an_older_file_is_copied_before_it_is_migrated(
    sqlite_url: str, file: Path, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(sqlite_url, clock) as opened:
        await People(opened, clock).seen(1, "Anna", None)
    migrated: list[object] = []
    monkeypatch.setattr(database, "REVISIONS", (*REVISIONS, "0099"))
    monkeypatch.setattr(database, "_run_migrations", migrated.append)
    async with open_database(sqlite_url, clock):
        pass
    assert len(migrated) == 1
    with closing(sqlite3.connect(file.with_name("domovoy.db.before-0099"))) as copy:
        assert copy.execute("SELECT name FROM people").fetchall() == [("Anna",)]
    assert sorted(path.name for path in file.parent.iterdir()) == [
        "domovoy.db",
        "domovoy.db.before-0099",
        "domovoy.db.lock",
    ]


async def test_a_new_file_is_not_copied(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock):
        pass
    assert list(file.parent.glob("*.before-*")) == []


async def test_making_the_tables_leaves_nothing_behind_when_it_fails(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE attempts (id INTEGER)")  # in the way of one of the last
    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        async with open_database(sqlite_url, clock):
            pass
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("attempts",)]


async def test_a_migration_may_not_leave_a_reference_to_nothing(sqlite_url: str, file: Path) -> None:
    file.parent.mkdir()
    await asyncio.to_thread(migrate, make_url(sqlite_url))

    def break_one(connection) -> None:
        connection.execute(
            text(
                "INSERT INTO messages (conversation_id, role, text, created_at, state, telegram_ids)"
                " VALUES (77, 'user', 'hello', '2026-01-01 00:00:00', 'complete', '[]')"
            )
        )
        check_references(connection)

    with pytest.raises(DatabaseUnusable, match="messages"):
        await with_connection(sqlite_url, break_one)


async def test_figures_of_the_first_schema_count_after_the_update(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    file.parent.mkdir()
    await asyncio.to_thread(migrate, make_url(sqlite_url))
    await asyncio.to_thread(migrate, make_url(sqlite_url), to="0001")
    with closing(sqlite3.connect(file)) as connection:
        rows = [
            (f"2026-0{month}-03 12:00:00.000000", "qwen", "s:1", "chat", 2.0, 0.5, 100, 10, failure)
            for month in range(1, 10)
            for failure in (None, None, "stall")
        ]
        connection.executemany(
            "INSERT INTO attempts (started_at, model, server, task, latency_seconds, ttft_seconds, prompt_tokens,"
            " completion_tokens, failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.commit()
    for _ in range(2):  # once, however often it is opened
        async with open_database(sqlite_url, clock) as opened, PerformanceRows(opened, clock) as kept:
            (stats,) = await kept.stats(since=datetime.min.replace(tzinfo=UTC))
            await kept.roll_up()
        assert (stats.requests_count, stats.prompt_tokens, stats.failures) == (27, 2700, {FailureKind.STALL: 9})
        assert stats.p95_latency == pytest.approx(2.0, rel=0.02)


async def test_what_there_was_before_capabilities_were_kept_is_there_after_the_update(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    at = clock.now()
    async with open_database(sqlite_url, clock) as opened, PerformanceRows(opened, clock) as figures:
        await People(opened, clock).seen(1, "Anna", None)
        conversations = Conversations(opened, clock)
        turn = await conversations.open_turn(chat_id=5, person_id=1, update_id=1, text="hello")
        await conversations.close_turn(turn, text="hi", model="qwen", state=AnswerState.COMPLETE)
        figures.add(AttemptRecord(at, "qwen", "s:1", Task.CHAT, 1.0, 0.5, 100, 10, None))
        await figures.flush()
    await asyncio.to_thread(migrate, make_url(sqlite_url), to="0002")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%capabilit%'").fetchall() == []

    key, known = ModelKey("s:1", "qwen"), Known("a file", {Ability.VISION: Fact(True, Source.PROBE, 0.9, at)}, at)
    async with open_database(sqlite_url, clock) as opened, PerformanceRows(opened, clock) as figures:
        anna = await People(opened, clock).get(1)
        assert (anna and anna.name) == "Anna"
        history = await Conversations(opened, clock).history(turn.conversation_id)
        assert [message.text for message in history] == ["hello", "hi"]
        (stats,) = await figures.stats(since=datetime.min.replace(tzinfo=UTC))
        assert (stats.requests_count, stats.prompt_tokens) == (1, 100)
        capabilities = CapabilityRows(opened)
        assert await capabilities.everything() == {}
        await capabilities.conclude(key, known)
        assert await capabilities.everything() == {key: known}
    assert file.with_name(f"domovoy.db.before-{REVISIONS[-1]}").exists()


async def test_figures_can_only_be_read_of_a_database_of_this_version(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    async def refused() -> str:
        with pytest.raises(DatabaseUnusable) as error:
            async with read_database(sqlite_url):
                pass
        return error.value.reason

    assert "there is no database yet" in await refused()
    assert not file.exists()  # noqa: ASYNC240
    file.parent.mkdir()
    await asyncio.to_thread(migrate, make_url(sqlite_url))
    await asyncio.to_thread(migrate, make_url(sqlite_url), to="0001")
    assert "earlier version" in await refused()
    async with open_database(sqlite_url, clock) as writing:
        await People(writing, clock).seen(1, "Anna", None)
        async with read_database(sqlite_url) as reading:
            assert await People(reading, clock).get(1) is not None
            with pytest.raises(WriteFailed):
                await People(reading, clock).seen(2, "Boris", None)
