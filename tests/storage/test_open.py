"""Opening: the folder, the schema, the lock, what stops it, what it costs."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from llm.clock import SystemClock
from storage import (
    DatabaseLocked,
    DatabaseTooNew,
    DatabaseUnusable,
    Inbox,
    NewUpdate,
    People,
    ReadFailed,
    WriteFailed,
    open_database,
)
from storage.migrations import REVISIONS
from tests.storage.loop_time import watched_loop


def change(file: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, values)
        connection.commit()


def note(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(SHOPPING_LIST)


SHOPPING_LIST = b"eggs, milk, and enough of everything to be as long as the header of a database. " * 20


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o500)
    yield tmp_path
    tmp_path.chmod(0o700)


async def make(url: str, clock: SystemClock) -> None:
    async with open_database(url, clock) as database:
        await People(database, clock).seen(1, "Anna", None)


async def test_makes_its_folder_and_keeps_what_is_stored(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    await make(sqlite_url, clock)
    async with open_database(sqlite_url, clock) as database:
        assert [person.name for person in await People(database, clock).all()] == ["Anna"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
async def test_no_other_user_can_read_a_new_database(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as database:
        await People(database, clock).seen(1, "Anna", None)
        written = list(file.parent.glob("domovoy.db*"))
        assert {oct(path.stat().st_mode & 0o077) for path in written} == {"0o0"}
        assert len(written) == 4


async def test_leaves_everything_in_the_file_when_closed(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    await make(sqlite_url, clock)
    assert not file.with_name("domovoy.db-wal").exists()


async def test_commits_reach_the_disk_and_references_are_watched(sqlite_url: str, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as database:

        async def pragmas(connection):
            names = ("journal_mode", "synchronous", "foreign_keys")
            return [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]

        assert await database.write("test", pragmas) == ["wal", 2, 1]


async def test_readers_cannot_write(sqlite_url: str, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as database:
        with pytest.raises(ReadFailed, match="readonly"):
            await database.read("test", lambda connection: connection.exec_driver_sql("DELETE FROM people"))


async def test_refuses_work_after_it_was_closed(sqlite_url: str, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as database:
        inbox = Inbox(database, clock)
    with pytest.raises(WriteFailed):
        await inbox.put([NewUpdate(1, "1", b"{}")])
    with pytest.raises(ReadFailed):
        await inbox.waiting()


async def test_a_second_opening_is_refused_until_the_first_is_closed(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    async with open_database(sqlite_url, clock):
        with pytest.raises(DatabaseLocked) as caught:
            async with open_database(sqlite_url, clock):
                pass
        assert caught.value.path == str(file)
    await make(sqlite_url, clock)


async def test_a_newer_schema_is_left_alone(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    await make(sqlite_url, clock)
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew) as caught:
        await make(sqlite_url, clock)
    assert (caught.value.found, caught.value.known) == ("9999", REVISIONS[-1])
    change(file, "UPDATE alembic_version SET version_num = ?", REVISIONS[-1])
    await make(sqlite_url, clock)


async def test_a_file_that_is_no_database_is_named_and_kept(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    note(file)
    with pytest.raises(DatabaseUnusable, match="not a database") as caught:
        await make(sqlite_url, clock)
    assert caught.value.place == str(file)
    assert await asyncio.to_thread(file.read_bytes) == SHOPPING_LIST


async def test_tables_of_another_program_are_not_touched(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    file.parent.mkdir()
    change(file, "CREATE TABLE people (name TEXT)")
    with pytest.raises(DatabaseUnusable, match="already exists"):
        await make(sqlite_url, clock)
    with closing(sqlite3.connect(file)) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["people"]


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: SystemClock) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DatabaseUnusable) as caught:
        await make(f"sqlite+aiosqlite:///{tmp_path}/data/domovoy.db", clock)
    assert caught.value.place == str(tmp_path / "data")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever runs this may write everywhere")
async def test_a_folder_that_cannot_be_written_is_named(locked_folder: Path, clock: SystemClock) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be written") as caught:
        await make(f"sqlite+aiosqlite:///{locked_folder}/domovoy.db", clock)
    assert caught.value.place == str(locked_folder)


async def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path, clock: SystemClock) -> None:
    with pytest.raises(DatabaseUnusable, match="is a folder"):
        await make(f"sqlite+aiosqlite:///{tmp_path}", clock)


@pytest.mark.parametrize(
    "url",
    [
        "domovoy.db",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///domovoy.db",
        "mysql+aiomysql://root:s3cret@localhost/domovoy",
    ],
)
async def test_an_address_that_keeps_nothing_or_is_unknown_is_refused_without_its_password(
    url: str, clock: SystemClock
) -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        await make(url, clock)
    assert "s3cret" not in str(caught.value)


async def test_logging_stays_as_it_was_but_for_the_library_that_logs_texts(
    sqlite_url: str, clock: SystemClock, caplog: pytest.LogCaptureFixture
) -> None:
    handlers, disabled = list(logging.root.handlers), logging.getLogger("bot").disabled
    with caplog.at_level(logging.DEBUG):
        async with open_database(sqlite_url, clock) as database:
            await People(database, clock).seen(1, "a name to look for", None)
    assert (logging.root.handlers, logging.getLogger("bot").disabled) == (handlers, disabled)
    assert "a name to look for" not in caplog.text


async def test_an_opening_that_is_cancelled_can_be_repeated(sqlite_url: str, clock: SystemClock) -> None:
    for steps in (0, 1, 2, 5, 10, 20, 50, 100):
        opening = asyncio.create_task(make(sqlite_url, clock))
        for _ in range(steps):
            await asyncio.sleep(0.0005)
        opening.cancel()
        await asyncio.wait({opening})
    await make(sqlite_url, clock)


async def test_opening_leaves_the_loop_free(sqlite_url: str, clock: SystemClock) -> None:
    async with watched_loop() as migrating:
        await make(sqlite_url, clock)
    async with watched_loop() as opening:
        await make(sqlite_url, clock)
    assert (migrating.longest < 0.03, opening.longest < 0.03) == (True, True), (migrating, opening)


async def test_an_ordinary_start_loads_no_alembic_and_no_numpy(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    await make(sqlite_url, clock)
    program = """
import asyncio, sys
from llm.clock import SystemClock
from storage import open_database

async def main():
    async with open_database(sys.argv[1], SystemClock()):
        print(sorted({"alembic", "numpy", "aiogram"} & set(sys.modules)))

asyncio.run(main())
"""
    ran = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, sqlite_url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await ran.communicate()
    assert output == b"[]\n"
