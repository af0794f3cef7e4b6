"""Killed while figures are written: the database opens, at most a second is missing, nothing is torn."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from llm.clock import SystemClock
from storage import PerformanceRows, open_database
from storage.tables import attempt_totals, attempts

ROWS_A_SECOND = 500
WRITER = """
import asyncio, sys
from llm.clock import SystemClock
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import PerformanceRows, open_database

async def main():
    clock = SystemClock()
    async with open_database(sys.argv[1], clock) as database, PerformanceRows(database, clock) as rows:
        number = 0
        while True:
            for _ in range(10):
                number += 1
                rows.add(AttemptRecord(clock.now(), "m", "s", Task.CHAT, 1.0, 0.5, number, 1, None, request_id=number))
            sys.stdout.write(f"{number}\\n")
            sys.stdout.flush()
            await asyncio.sleep(0.02)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.timeout(180)
async def test_a_kill_loses_at_most_a_second_and_tears_nothing(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    before = 0
    async with open_database(sqlite_url, clock):
        pass
    for _ in range(5):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, sqlite_url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert writer.stdout is not None
        times: list[tuple[float, int]] = []
        end = None
        while end is None or clock.monotonic() < end:
            times.append((clock.monotonic(), int(await writer.stdout.readline())))
            end = clock.monotonic() + chance.uniform(1.5, 3.5) if end is None else end
        writer.kill()
        killed = clock.monotonic()
        await writer.wait()
        async with open_database(sqlite_url, clock) as database, PerformanceRows(database, clock):
            [[kept, newest]] = await database.rows(
                "test", select(func.count(), func.max(attempts.c.request_id)).where(attempts.c.id > before)
            )
            [[totals, tokens]] = await database.rows(
                "test", select(func.sum(attempt_totals.c.requests), func.sum(attempt_totals.c.prompt_tokens))
            )
            [[rows, numbers]] = await database.rows("test", select(func.count(), func.sum(attempts.c.prompt_tokens)))
        assert (totals, tokens) == (rows, numbers)
        assert kept == newest  # the first so many, without a gap
        # What was added more than a second before the kill, and the time of a commit, is there.
        due = max(number for at, number in times if at < killed - 1.0 - 0.5)
        assert kept >= due
        before += kept
