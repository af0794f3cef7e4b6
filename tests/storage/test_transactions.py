"""Transactions: whole or not at all, one writer at a time, finished once begun."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.clock import SystemClock
from storage import Database, Inbox, NewUpdate, People, ReadFailed, WriteFailed, open_database
from storage.finishing import finish
from storage.tables import people, updates


async def test_a_fault_inside_undoes_the_whole_transaction(database: Database, inbox: Inbox) -> None:
    class OurFaultError(Exception):
        pass

    async def delete_and_fail(connection) -> None:
        await connection.execute(updates.delete())
        raise OurFaultError

    await inbox.put([NewUpdate(1, "5", b"{}")])
    with pytest.raises(OurFaultError):
        await database.write("test", delete_and_fail)
    assert len(await inbox.waiting()) == 1
    await inbox.done(1)


async def test_a_refused_statement_is_told_without_what_was_to_be_stored(database: Database) -> None:
    half_a_person = insert(people).values(id=1, username="a secret name")
    with pytest.raises(WriteFailed) as caught:
        await database.write("people.test", lambda connection: connection.execute(half_a_person))
    assert caught.value.operation == "people.test"
    told = [str(caught.value), str(caught.value.__cause__)]
    assert "secret" not in told[0]
    if database.insert(people).__module__.startswith("sqlalchemy.dialects.sqlite"):
        assert "secret" not in told[1]
        assert "NOT NULL" in caught.value.reason
    with pytest.raises(ReadFailed):
        await database.rows("test", select(text("nonsense")))


async def test_readers_see_only_what_is_committed_and_wait_for_nobody(database: Database, people: People) -> None:
    inside, leave = asyncio.Event(), asyncio.Event()

    async def slow(connection) -> None:
        await connection.execute(text("DELETE FROM people"))
        inside.set()
        await leave.wait()

    await people.seen(1, "Anna", None)
    async with asyncio.timeout(5):
        writing = asyncio.create_task(database.write("test", slow))
        await inside.wait()
        assert len(await people.all()) == 1
        leave.set()
        await writing
    assert await people.all() == []


async def test_a_transaction_that_has_begun_ends_before_its_cancelled_caller(
    database: Database, people: People
) -> None:
    inside, leave = asyncio.Event(), asyncio.Event()

    async def slow(connection) -> None:
        await connection.execute(text("DELETE FROM people"))
        inside.set()
        await leave.wait()

    await people.seen(1, "Anna", None)
    writing = asyncio.create_task(database.write("test", slow))
    await inside.wait()
    for _ in range(3):
        writing.cancel()
        await asyncio.sleep(0)
    assert not writing.done()
    leave.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await people.all() == []
    await people.seen(2, "Boris", None)


async def test_who_only_waits_for_the_writer_is_cancelled_at_once(database: Database, people: People) -> None:
    inside, leave = asyncio.Event(), asyncio.Event()

    async def slow(connection) -> None:
        inside.set()
        await leave.wait()

    first = asyncio.create_task(database.write("test", slow))
    await inside.wait()
    second = asyncio.create_task(people.seen(1, "Anna", None))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    leave.set()
    await first
    assert await people.all() == []


async def test_closing_waits_for_what_is_being_written(sqlite_url: str, clock: SystemClock) -> None:
    inside = asyncio.Event()

    async def slow(connection) -> None:
        await connection.execute(text("DELETE FROM people"))
        inside.set()
        await asyncio.sleep(0.01)

    async with open_database(sqlite_url, clock) as database:
        await People(database, clock).seen(1, "Anna", None)
        writing = asyncio.create_task(database.write("test", slow))
        await inside.wait()
    await writing
    async with open_database(sqlite_url, clock) as database:
        assert await People(database, clock).all() == []


async def test_many_readers_and_writers_get_on(database: Database, people: People) -> None:
    async def meet(person_id: int) -> None:
        await people.seen(person_id, "somebody", None)
        assert await people.get(person_id) is not None
        await people.all()

    await asyncio.gather(*(meet(person_id) for person_id in range(60)))
    assert len(await people.all()) == 60


async def test_a_full_disk_is_told_and_passes(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as database:
        inbox = Inbox(database, clock)
        await database.write("test", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=30"))
        with pytest.raises(WriteFailed, match="full"):
            await inbox.put([NewUpdate(1, "5", b"x" * 500_000)])
        await database.write("test", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=100000"))
        assert await inbox.put([NewUpdate(1, "5", b"x" * 500_000)]) == 1


async def test_finished_work_gives_its_result_or_its_fault() -> None:
    async def work(fails: bool) -> str:
        await asyncio.sleep(0)
        if fails:
            raise WriteFailed("test", "no")
        return "done"

    assert await finish(work(False)) == "done"
    with pytest.raises(WriteFailed):
        await finish(work(True))


async def test_a_fault_in_finished_work_gives_way_to_the_cancellation() -> None:
    leave = asyncio.Event()

    async def work() -> None:
        await leave.wait()
        raise WriteFailed("test", "no")

    task = asyncio.create_task(finish(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    leave.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_closing_waits_for_who_reads(url: str, clock: SystemClock) -> None:
    began, ended = asyncio.Event(), []

    async def slowly(connection: AsyncConnection) -> None:
        began.set()
        await connection.execute(text("SELECT 1"))
        await asyncio.sleep(0.1)
        await connection.execute(text("SELECT 1"))
        ended.append("read")

    async with open_database(url, clock) as database:
        reading = asyncio.create_task(database.read("test.slowly", slowly))
        await began.wait()
        reading.cancel()  # as at the program's end: the transaction is finished all the same
    assert ended == ["read"]
    with pytest.raises(asyncio.CancelledError):
        await reading
