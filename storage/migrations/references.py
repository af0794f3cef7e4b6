"""Looks after a migration whether every foreign key still has its row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.errors import DatabaseUnusable


def check_references(connection: Connection) -> None:
    """Raise `DatabaseUnusable` when a row refers to nothing; SQLite does not watch while tables are rebuilt."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise DatabaseUnusable(str(connection.engine.url.database), f"rows of {broken[0]} refer to rows that are gone")
