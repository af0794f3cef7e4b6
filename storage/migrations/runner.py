"""Runs the migrations; loads Alembic, so it is imported only when there is something to migrate."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection

from storage.engines import make_migration_engine


def migrate(url: URL, *, to: str | None = None) -> None:
    """Bring the database to a revision, or to the newest; all or nothing. Blocks: to be called in a thread.

    The driver is asynchronous even here (PostgreSQL has no other one installed), hence the loop of its own.
    """
    asyncio.run(_migrate(url, to))


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, made here instead of in a file, so that it works from wherever the package lies."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def _migrate(url: URL, to: str | None) -> None:
    engine = make_migration_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, to)
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, to: str | None) -> None:
    config = alembic_config(connection)
    if to is None:
        command.upgrade(config, "head")
    else:
        command.downgrade(config, to)
