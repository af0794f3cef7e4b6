"""Opens the database, brings its schema up to date, runs transactions on it, closes it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy import URL, Connection, Row, Select, Table, inspect, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from llm.clock import Clock
from storage.engines import is_sqlite, make_reader, make_writer
from storage.errors import DatabaseTooNew, DatabaseUnusable, ReadFailed, WriteFailed
from storage.finishing import finish
from storage.lock import FileLock
from storage.migrations import REVISIONS
from storage.sqlite_file import copy_before, file_of, make_folder, make_private
from storage.tables import metadata

logger = structlog.get_logger()

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]
if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert

    AnyInsert = sqlite.Insert | PostgresInsert

BACKENDS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Database:
    """Transactions on an open database.

    Those that write come one after another, so that none of them meets another one's half-done work; on SQLite they
    have their own connection. Readers see what was committed when they began and wait for nobody. A transaction that
    has begun is finished even when its caller is cancelled.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._writing = asyncio.Lock()
        self._closed = False
        self._reads = 0
        self._nobody_reads = asyncio.Event()
        self._trouble: str | None = None

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for a server."""
        return file_of(self._writer.url) if is_sqlite(self._writer.url) else None

    @property
    def trouble(self) -> str | None:
        """Why the last transaction that was to write failed; None when it did not."""
        return self._trouble

    async def read(self, operation: str, work: Work[Result]) -> Result:
        """Do `work` in a transaction that only reads. Raises `ReadFailed`."""
        if self._closed:
            raise ReadFailed(operation, "the database is closed")
        self._reads += 1
        try:
            return await finish(self._read(operation, work))
        finally:
            self._reads -= 1
            if not self._reads:
                self._nobody_reads.set()

    async def write(self, operation: str, work: Work[Result]) -> Result:
        """Do `work` in a transaction; it is on disk on return. Raises `WriteFailed`, and then nothing is stored."""
        async with self._writing:
            if self._closed:
                raise WriteFailed(operation, "the database is closed")
            return await finish(self._write(operation, work))

    async def rows(self, operation: str, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows of a query. Raises `ReadFailed`."""

        async def fetch(connection: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
            return (await connection.execute(statement)).all()

        return await self.read(operation, fetch)

    async def wipe_journal(self) -> bool:
        """Move SQLite's journal into the file and empty it, so that what was deleted is in neither.

        False when somebody has read what is older for longer than the database waits. Raises `WriteFailed`.
        """
        if not is_sqlite(self._writer.url):
            return True
        async with self._writing:
            return await finish(self._wipe_journal())

    def insert(self, table: Table) -> AnyInsert:
        """An INSERT of this database's dialect, which knows ON CONFLICT."""
        if self._writer.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # large, and most installations have SQLite

            return postgresql.insert(table)
        return sqlite.insert(table)

    async def aclose(self) -> None:
        """Wait for who writes or reads and close all connections; SQLite then moves its journal into the file."""
        async with self._writing:
            self._closed = True
            while self._reads:
                self._nobody_reads.clear()
                await finish(self._nobody_reads.wait())
            await finish(self._dispose())

    async def _read(self, operation: str, work: Work[Result]) -> Result:
        try:
            async with self._reader.begin() as connection:
                return await work(connection)
        except (SQLAlchemyError, OSError) as error:
            raise ReadFailed(operation, reason_of(error)) from error

    async def _write(self, operation: str, work: Work[Result]) -> Result:
        try:
            async with self._writer.begin() as connection:
                result = await work(connection)
        except (SQLAlchemyError, OSError) as error:
            self._trouble = reason_of(error)
            raise WriteFailed(operation, reason_of(error)) from error
        self._trouble = None
        return result

    async def _wipe_journal(self) -> bool:
        try:
            async with self._writer.connect() as connection:
                # The driver's own connection: through SQLAlchemy's a transaction would begin, within which it can't be.
                driver: Any = (await connection.get_raw_connection()).driver_connection
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    busy, *_ = await cursor.fetchone()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise WriteFailed("database.wipe_journal", reason_of(error)) from error
        return not busy

    async def _dispose(self) -> None:
        if self._reader is not self._writer:
            await self._reader.dispose()
        await self._writer.dispose()


def reason_of(error: Exception) -> str:
    """What the database said, without values: PostgreSQL's messages may repeat them, SQLite's do not."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(origin, "sqlite_errorname", None)
    return type(origin).__name__ if name is None else f"{origin} ({name})"


@asynccontextmanager
async def open_database(url: str, clock: Clock) -> AsyncIterator[Database]:
    """Open the database at an SQLAlchemy URL and bring its schema up to date; close it in the end.

    Raises `DatabaseUnusable`, `DatabaseLocked`, `DatabaseTooNew`. An older SQLite file is copied before it is
    migrated.
    """
    _quieten_libraries()
    address = _parsed(url)
    lock = FileLock(file_of(address)) if is_sqlite(address) else None
    try:
        if lock is not None:
            await finish(asyncio.to_thread(_prepare_file, address, lock))
        database = await _open(address, clock)
        try:
            yield database
        finally:
            await database.aclose()
    finally:
        if lock is not None:
            lock.release()


@asynccontextmanager
async def read_database(url: str) -> AsyncIterator[Database]:
    """Open a database only to read it, while a bot may be at work with it; nothing is made or migrated.

    Raises `DatabaseUnusable` when there is none, or none of this version's; `DatabaseTooNew`.
    """
    _quieten_libraries()
    address = _parsed(url)
    if is_sqlite(address) and not file_of(address).is_file():
        raise DatabaseUnusable(_place(address), "there is no database yet; it is made when the bot starts")
    engine = await asyncio.to_thread(make_reader if is_sqlite(address) else make_writer, address)
    try:
        found = await _revision(engine, address)
        if found != REVISIONS[-1]:
            raise DatabaseUnusable(_place(address), "it is of an earlier version; start the bot once to update it")
        yield Database(engine, engine)
    finally:
        await engine.dispose()


def _quieten_libraries() -> None:
    # Its DEBUG lines carry the parameters of each statement: what people write.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    # Its INFO lines say less than ours.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _parsed(url: str) -> URL:
    try:
        address = make_url(url)
    except SQLAlchemyError as error:
        raise DatabaseUnusable("the database's address", "is not a URL that SQLAlchemy can read") from error
    if address.drivername not in BACKENDS:
        raise DatabaseUnusable(_place(address), f"the address must begin with one of {', '.join(BACKENDS)}")
    return address


def _prepare_file(address: URL, lock: FileLock) -> None:
    path = file_of(address)
    make_folder(path)
    lock.take()
    make_private(path)


async def _open(address: URL, clock: Clock) -> Database:
    started = clock.monotonic()
    # In a thread: making an engine loads its driver.
    writer = await asyncio.to_thread(make_writer, address)
    try:
        found = await _revision(writer, address)
        if found is None:
            await finish(_create(writer, address))
        elif found != REVISIONS[-1]:
            await writer.dispose()
            await _migrate(address, found)
            seconds = round(clock.monotonic() - started, 3)
            logger.info("database_migrated", found=found, now=REVISIONS[-1], seconds=seconds)
        reader = await asyncio.to_thread(make_reader, address) if is_sqlite(address) else writer
    except BaseException:
        await writer.dispose()
        raise
    return Database(writer, reader)


async def _revision(engine: AsyncEngine, address: URL) -> str | None:
    """The schema's revision, None for an empty database. Raises `DatabaseTooNew` for one that is not ours."""
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(_read_revision)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(_place(address), reason_of(error)) from error
    if found is not None and found not in REVISIONS:
        raise DatabaseTooNew(found, REVISIONS[-1])
    return found


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def _create(engine: AsyncEngine, address: URL) -> None:
    """Give an empty database today's schema at once: the steps that lead to it need Alembic, which takes 9 MB."""
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_create_tables)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(_place(address), f"the tables cannot be made ({reason_of(error)})") from error
    logger.info("database_created", revision=REVISIONS[-1])


def _create_tables(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    # As Alembic makes it, so that it finds the revision when there is something to migrate.
    connection.execute(
        text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:now)"), {"now": REVISIONS[-1]})


async def _migrate(address: URL, found: str) -> None:
    if is_sqlite(address):
        copy = await finish(asyncio.to_thread(copy_before, file_of(address), REVISIONS[-1]))
        logger.info("database_copied", path=str(copy))
    try:
        await finish(asyncio.to_thread(_run_migrations, address))
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(_place(address), f"the migration failed ({reason_of(error)})") from error


def _run_migrations(address: URL) -> None:
    from storage.migrations.runner import migrate  # Alembic takes long to load, and a usual start does not need it

    migrate(address)


def _place(address: URL) -> str:
    return str(file_of(address)) if is_sqlite(address) else address.render_as_string(hide_password=True)
