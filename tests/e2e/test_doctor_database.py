"""Databases and disks that cannot be used: each is named rightly, with what to do."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.checkup.finding import Matter
from llm.clock import SystemClock
from storage import open_database
from storage.migrations import REVISIONS
from storage.migrations.runner import migrate
from tests.e2e.diagnosing import (
    SECRET,
    Doctor,
    doctor,
    free_port,
)

__all__ = ["doctor"]


async def test_a_database_that_another_program_holds(doctor: Doctor) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    with closing(sqlite3.connect(doctor.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await doctor.finds(Matter.DATABASE_LOCKED, code=1, mend="lsof")
        other.execute("ROLLBACK")
    await doctor.finds(code=0, mend="")
    # Nothing of ours is left beside it, which might belong to another user than the bot's.
    assert sorted(path.name for path in doctor.folder.iterdir()) == ["bot.db", "bot.db.lock"]


def overwritten(file: Path) -> None:
    """A page in its middle is not what it was."""
    with file.open("r+b") as writing:
        writing.seek(8192)
        writing.write(b"\xff" * 4096)


@pytest.mark.parametrize("damage", [lambda file: file.write_bytes(b"no database" * 500), overwritten])
async def test_a_damaged_database(doctor: Doctor, damage: Callable[[Path], None]) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    damage(doctor.database)
    await doctor.finds(Matter.DATABASE_BROKEN, code=1, mend="backup")


async def test_a_database_of_a_newer_version(doctor: Doctor) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    with closing(sqlite3.connect(doctor.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await doctor.finds(Matter.DATABASE_TOO_NEW, code=1, mend=REVISIONS[-1])


async def test_a_database_of_an_earlier_version(doctor: Doctor) -> None:
    url = make_url(f"sqlite+aiosqlite:///{doctor.database}")
    await asyncio.to_thread(migrate, url)
    await asyncio.to_thread(migrate, url, to=REVISIONS[0])
    await doctor.finds(Matter.DATABASE_OLDER, code=0, mend="next start")


async def test_a_folder_that_can_not_be_written(doctor: Doctor) -> None:
    given = {"can_write": lambda path: path != doctor.folder}
    await doctor.finds(Matter.DATABASE_READ_ONLY, code=1, mend="chown", **given)


@pytest.mark.skipif(os.name != "posix" or not os.getuid(), reason="root may write everywhere")
async def test_a_folder_without_the_right_to_write(doctor: Doctor) -> None:
    doctor.folder.chmod(0o500)
    await doctor.finds(Matter.DATABASE_READ_ONLY, code=1, mend="chown")


async def test_a_file_in_the_place_of_the_folder(doctor: Doctor) -> None:
    (doctor.folder / "data").write_text("")
    doctor.database = doctor.folder / "data" / "bot.db"
    await doctor.finds(Matter.DATABASE_UNUSABLE, code=1, mend="DATABASE_URL")


async def test_a_database_server_that_is_away_or_has_no_driver(doctor: Doctor) -> None:
    environ = {"DATABASE_URL": f"postgresql+asyncpg://me:{SECRET}@127.0.0.1:{free_port()}/bot"}
    await doctor.finds(Matter.DATABASE_UNUSABLE, code=1, mend="user and password", environ=environ)


@pytest.mark.parametrize(("free", "matter", "code"), [(10**8, Matter.DISK_LOW, 0), (10**6, Matter.DISK_FULL, 1)])
async def test_a_full_disk(doctor: Doctor, free: int, matter: Matter, code: int) -> None:
    await doctor.finds(matter, code=code, mend="Make room", free_of=lambda _: free)
