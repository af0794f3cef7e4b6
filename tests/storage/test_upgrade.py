"""From each earlier schema, with rows in every one of its tables, the start leads to today's and loses none."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Enum, make_url

from llm.clock import SystemClock
from storage import Conversations, Inbox, People, inspect_database, open_database, read_database
from storage.inspection import DatabaseState
from storage.migrations import REVISIONS
from storage.migrations.runner import migrate
from storage.tables import metadata

BRANCHES = "0007"
AT = "2026-01-02 03:04:05.000000"


def filled(file: Path) -> dict[str, int]:
    """Put a row into every table, those that others refer to first; how many rows each has."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            if name != "alembic_version"
        ]
        for table in tables:
            columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            row = {
                name: value_of(table, name, kind) for _, name, kind, needed, default, key in columns if needed or key
            }
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values()))  # noqa: S608
        connection.commit()
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return counted(file, tables)


def counted(file: Path, tables: list[str]) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        query = 'SELECT count(*) FROM "{}"'
        return {table: connection.execute(query.format(table)).fetchone()[0] for table in tables}


def value_of(table: str, name: str, kind: str) -> object:
    """A value that a column of this name and type may hold and that can be read back; its references lead to row 1."""
    today = metadata.tables[table].c.get(name) if table in metadata.tables else None
    if today is not None and isinstance(today.type, Enum):
        return today.type.enums[0]
    if name == "telegram_ids":
        return "[]"
    if name.endswith("_at") or name == "at" or "DATE" in kind or "TIME" in kind:
        return AT
    if "INT" in kind or "BOOL" in kind:
        return 1
    if "FLOAT" in kind or "REAL" in kind or "DOUBLE" in kind:
        return 1.0
    return b"{}" if "BLOB" in kind else "x"


@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_start_leads_from_each_schema_to_the_newest_and_keeps_the_rows(
    sqlite_url: str, file: Path, clock: SystemClock, revision: str
) -> None:
    file.parent.mkdir()
    url = make_url(sqlite_url)
    await asyncio.to_thread(migrate, url)
    if revision != REVISIONS[-1]:
        await asyncio.to_thread(migrate, url, to=revision)
    before = filled(file)
    assert {"people", "conversations", "messages"} <= before.keys()
    older = revision != REVISIONS[-1]
    assert (await inspect_database(sqlite_url)).state is (DatabaseState.OLDER if older else DatabaseState.GOOD)
    async with open_database(sqlite_url, clock) as database:
        person = await People(database, clock).get(1)
        assert person is not None
        assert await Inbox(database, clock).count_waiting() in {0, 1}
        history = await Conversations(database, clock).history(1)
        # Since then a conversation says itself which of its messages count; ours were not made by one.
        assert [message.text for message in history] == (["x"] if revision < BRANCHES else [])
        async with read_database(sqlite_url):
            pass
    assert counted(file, list(before)) == before
    found = await inspect_database(sqlite_url)
    assert (found.state, found.revision) == (DatabaseState.GOOD, REVISIONS[-1])
    copy = file.with_name(f"{file.name}.before-{REVISIONS[-1]}")
    assert copy.exists() is older
    if older:  # which is what one goes back to
        assert counted(copy, list(before)) == before
        assert (await inspect_database(sqlite_url.replace(file.name, copy.name))).revision == revision
