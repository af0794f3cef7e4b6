"""The batching writer: rows gather, are written soon, and outlast a database that fails for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from llm.clock import SystemClock
from storage import WriteFailed, WriterLimits
from storage.writer import BatchWriter

FAR = 3600.0


class Table:
    """A place for rows that can be made to fail and to wait."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.failures = 0
        self.tries = 0
        self.open = asyncio.Event()
        self.open.set()
        self.changed = asyncio.Condition()

    @property
    def rows(self) -> list[int]:
        return [row for batch in self.batches for row in batch]

    async def write(self, rows: Sequence[int]) -> None:
        self.tries += 1
        await self._tell()
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise WriteFailed("test", "the disk is full")
        self.batches.append(list(rows))
        await self._tell()

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.rows) >= count)

    async def is_tried(self) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.tries > 0)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


@pytest.fixture
def table() -> Table:
    return Table()


def writer(table: Table, **limits: float) -> BatchWriter[int]:
    chosen = WriterLimits(**{"gather_seconds": FAR, "longest_pause_seconds": FAR, **limits})  # type: ignore[arg-type] # whole numbers are floats too
    return BatchWriter("test", table.write, clock=SystemClock(), limits=chosen)


async def test_rows_that_come_together_are_written_together(table: Table) -> None:
    async with writer(table, gather_seconds=0.01) as rows:
        for row in range(10):
            rows.add(row)
        await table.holds(10)
    assert table.batches == [list(range(10))]


async def test_a_full_batch_does_not_wait(table: Table) -> None:
    async with writer(table, batch_rows=5) as rows:
        for row in range(12):
            rows.add(row)
        await table.holds(12)
    assert table.batches == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11]]


async def test_a_flush_writes_at_once(table: Table) -> None:
    async with writer(table) as rows:
        rows.add(1)
        await rows.flush()
        assert table.rows == [1]
        await rows.flush()
        assert table.tries == 1


async def test_the_end_writes_the_rest(table: Table) -> None:
    async with writer(table) as rows:
        await asyncio.sleep(0)
        rows.add(1)
    assert table.rows == [1]


async def test_an_idle_writer_does_nothing_and_ends_at_once(table: Table) -> None:
    async with asyncio.timeout(1), writer(table):
        await asyncio.sleep(0.01)
    assert table.tries == 0


async def test_rows_survive_failed_writes_in_order(table: Table) -> None:
    table.failures = 3
    async with writer(table, gather_seconds=0.001) as rows:
        with capture_logs() as logs:
            rows.add(1)
            rows.add(2)
            await table.holds(2)
            rows.add(3)
            await table.holds(3)
    assert table.rows == [1, 2, 3]
    assert [entry["event"] for entry in logs] == ["rows_not_written"] * 3
    assert logs[0]["reason"] == "the disk is full"


async def test_the_pause_after_a_failure_is_not_cut_short_by_new_rows(table: Table) -> None:
    table.failures = 1
    async with writer(table, gather_seconds=0.02, batch_rows=1) as rows:
        rows.add(1)
        await table.is_tried()
        for row in (2, 3, 4):
            rows.add(row)
            await asyncio.sleep(0)
        assert table.tries == 1
        await table.holds(4)
    assert table.rows == [1, 2, 3, 4]


async def test_a_flush_that_fails_says_so_and_keeps_the_rows(table: Table) -> None:
    table.failures = 1
    async with writer(table) as rows:
        rows.add(1)
        with pytest.raises(WriteFailed):
            await rows.flush()
        assert rows.waiting == 1
        await rows.flush()
    assert table.rows == [1]


async def test_beyond_the_bound_the_oldest_rows_go_and_it_is_told(table: Table) -> None:
    with capture_logs() as logs:
        async with writer(table, most_waiting=3) as rows:
            for row in range(5):
                rows.add(row)
    assert table.rows == [2, 3, 4]
    assert [(entry["event"], entry["rows"]) for entry in logs] == [("rows_lost", 2)]


async def test_rows_that_cannot_be_written_at_the_end_are_told(table: Table) -> None:
    table.failures = 99
    with capture_logs() as logs:
        async with asyncio.timeout(1), writer(table) as rows:
            rows.add(1)
            rows.add(2)
    assert [(entry["event"], entry["rows"]) for entry in logs] == [("rows_not_written", 2), ("rows_lost", 2)]


async def test_rows_that_come_during_a_write_are_written_next(table: Table) -> None:
    table.open.clear()
    async with writer(table, gather_seconds=0.001) as rows:
        rows.add(1)
        await table.is_tried()
        rows.add(2)
        table.open.set()
        await table.holds(2)
    assert table.batches == [[1], [2]]
