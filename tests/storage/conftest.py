"""A database of its own for each test: a SQLite file, and a PostgreSQL one too where a server is named.

`DOMOVOY_TEST_POSTGRES` is the URL of a server on which databases may be made, as in
`postgresql+asyncpg://postgres@127.0.0.1/postgres`.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from llm.clock import SystemClock
from storage import Conversations, Database, Inbox, People, open_database

POSTGRES = os.environ.get("DOMOVOY_TEST_POSTGRES")


class HandClock(SystemClock):
    """Stands at a moment of the calendar until it is moved; waits as long as any clock does."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "domovoy.db"


@pytest.fixture
def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
async def url(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[str]:
    if request.param == "sqlite" or POSTGRES is None:
        yield sqlite_url
        return
    name = f"domovoy_test_{uuid.uuid4().hex}"
    server = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    async with server.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name}"))
    await server.dispose()


@pytest.fixture
async def database(url: str, clock: SystemClock) -> AsyncIterator[Database]:
    async with open_database(url, clock) as opened:
        yield opened


@pytest.fixture
def inbox(database: Database, clock: SystemClock) -> Inbox:
    return Inbox(database, clock)


@pytest.fixture
def conversations(database: Database, clock: SystemClock) -> Conversations:
    return Conversations(database, clock)


@pytest.fixture
def people(database: Database, clock: SystemClock) -> People:
    return People(database, clock)
