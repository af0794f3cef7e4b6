"""SQLAlchemy's engines as this program needs them, for SQLite and for PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, NullPool, Pool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

READERS = 4
POSTGRES_CONNECTIONS = 5
BUSY_MILLISECONDS = 5000

# FULL: what is committed has reached the disk, so that not even a power cut loses an update that Telegram will not
# send again. It costs a flush for each commit, on the connection's own thread.
# secure_delete: what is deleted is overwritten with zeros, and not only no longer found.
WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    f"busy_timeout={BUSY_MILLISECONDS}",
)
READER_PRAGMAS = ("query_only=ON", f"busy_timeout={BUSY_MILLISECONDS}")


def make_writer(url: URL) -> AsyncEngine:
    """An engine for transactions that write: on SQLite one connection that is never cut off half-way."""
    if is_sqlite(url):
        return _sqlite_engine(url, WRITER_PRAGMAS, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
    return create_async_engine(url, hide_parameters=True, pool_size=POSTGRES_CONNECTIONS, pool_pre_ping=True)


def make_reader(url: URL) -> AsyncEngine:
    """A SQLite engine that cannot write; its connections are opened as they are needed, each a thread."""
    return _sqlite_engine(url, READER_PRAGMAS, "BEGIN", pool_size=READERS, max_overflow=0, pool_use_lifo=True)


def make_migration_engine(url: URL) -> AsyncEngine:
    """An engine for one short use. On SQLite foreign keys are off: rebuilding a table must not touch its children."""
    if is_sqlite(url):
        return _sqlite_engine(url, (f"busy_timeout={BUSY_MILLISECONDS}",), "BEGIN IMMEDIATE", poolclass=NullPool)
    return create_async_engine(url, hide_parameters=True, poolclass=NullPool)


def is_sqlite(url: URL) -> bool:
    """Whether the database is a SQLite file."""
    return url.get_backend_name() == "sqlite"


def _sqlite_engine(url: URL, pragmas: tuple[str, ...], begin: str, **pool: int | bool | type[Pool]) -> AsyncEngine:
    # Without an isolation level the driver leaves transactions alone: by itself it would begin them only at the first
    # change, and commit before a CREATE TABLE in older versions.
    options: dict[str, Any] = {**pool, "connect_args": {"isolation_level": None}}
    engine = create_async_engine(url, hide_parameters=True, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
