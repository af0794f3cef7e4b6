"""Looks at a database without changing it: is it there, whole, of this version, free, and can it be written."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import URL

from storage.database import parsed_address, place_of, revision_of
from storage.engines import is_sqlite, make_writer
from storage.errors import DatabaseTooNew, DatabaseUnusable
from storage.lock import is_locked
from storage.migrations import REVISIONS
from storage.sqlite_file import file_of

SOUND_SECONDS = 5.0
"""So long a file is read through; a larger one counts as sound when nothing was found until then."""
BUSY_SECONDS = 1.5


class DatabaseState(StrEnum):
    """What a look at a database has shown."""

    GOOD = "good"
    NEW = "new"
    """There is none yet, and it can be made."""
    OLDER = "older"
    """It is brought up to date at the next start."""
    TOO_NEW = "too_new"
    LOCKED = "locked"
    """Another program, and not a bot, holds it."""
    BROKEN = "broken"
    READ_ONLY = "read_only"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Inspection:
    """`place` is its file, or its address without the password; `in_use`: a bot is at work with it.

    `revision` is that of its schema, `reason` what the database or the system said, without anything stored.
    """

    state: DatabaseState
    place: str
    file: Path | None = None
    in_use: bool = False
    revision: str = ""
    known: str = REVISIONS[-1]
    reason: str = ""


async def inspect_database(url: str, can_write: Callable[[Path], bool] | None = None) -> Inspection:
    """Look at the database of an SQLAlchemy URL; never raises for what is wrong with it.

    `can_write` says of a folder or file whether this user may write it; the system is asked where it is None.
    """
    try:
        address = parsed_address(url)
        if is_sqlite(address):
            return await asyncio.to_thread(_inspect_file, file_of(address), can_write or _can_write)
        return await _inspect_server(address)
    except DatabaseUnusable as error:
        return Inspection(DatabaseState.UNUSABLE, error.place, reason=error.reason)


async def _inspect_server(address: URL) -> Inspection:
    engine = await asyncio.to_thread(make_writer, address)
    try:
        return _by_revision(place_of(address), None, await revision_of(engine, address), in_use=False)
    except DatabaseTooNew as error:
        return Inspection(DatabaseState.TOO_NEW, place_of(address), revision=error.found)
    finally:
        await engine.dispose()


def _inspect_file(file: Path, can_write: Callable[[Path], bool]) -> Inspection:
    def found(state: DatabaseState, reason: str = "", **more: object) -> Inspection:
        return Inspection(state, str(file), file, reason=reason, **more)  # type: ignore[arg-type]

    there = next(one for one in (file, *file.parents) if one.exists())
    if (there is file and not file.is_file()) or (there is not file and not there.is_dir()):
        return found(DatabaseState.UNUSABLE, f"{there} is in the way")
    for needed in {there, file.parent if there is file else there}:
        if not can_write(needed):
            return Inspection(DatabaseState.READ_ONLY, str(needed), file)
    if there is not file or not file.stat().st_size:
        return found(DatabaseState.NEW)
    in_use = is_locked(file)
    try:
        revision = _read(file)
        if not in_use:
            _try_to_write(file)
    except sqlite3.Error as error:
        busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        return found(DatabaseState.LOCKED if busy else DatabaseState.BROKEN, str(error), in_use=in_use)
    return _by_revision(str(file), file, revision, in_use=in_use)


def _by_revision(place: str, file: Path | None, revision: str | None, *, in_use: bool) -> Inspection:
    state = DatabaseState.GOOD
    if revision is None:
        state = DatabaseState.NEW
    elif revision not in REVISIONS:
        state = DatabaseState.TOO_NEW
    elif revision != REVISIONS[-1]:
        state = DatabaseState.OLDER
    return Inspection(state, place, file, in_use, revision or "")


def _read(file: Path) -> str | None:
    """The revision of a file that is sound. Raises `sqlite3.Error` for one that is not."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        until = time.monotonic() + SOUND_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        verdict = "ok"
        with suppress(sqlite3.OperationalError):  # what takes longer is given up, and counts as sound
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        connection.set_progress_handler(None, 0)
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        if "alembic_version" not in tables:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _try_to_write(file: Path) -> None:
    """Whether a transaction that writes could begin; it is given up at once."""
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _can_write(path: Path) -> bool:
    return os.access(path, os.W_OK)
