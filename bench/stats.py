"""What the figures cost: questions about a year of a million attempts, while many more come in.

    python -m bench.stats [--rows 1000000] [--file PATH]

Makes a database of a year (twelve models, some with long names, three servers, nights and weekends quiet, one attempt
in twenty failing), or uses the one at PATH when it is there. Then asks every view's questions again and again while 500
rows a second are written, and looks how long the event loop is held. The exit code is 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import delete, func, select

from llm.clock import SystemClock
from llm.errors import FailureKind, Phase
from llm.monitoring import AttemptRecord
from llm.spans import Span
from llm.types import Task, Why
from storage import Database, PerformanceRows, open_database
from storage.tables import attempt_totals
from storage.totals import add_up_spans

LIMIT_MS = 50.0
LIMIT_LOOP_MS = 10.0
LIMIT_DAY_SECONDS = 1.0
ROWS_A_SECOND = 500
SECONDS = 30.0
MODELS = tuple(f"vendor-with-a-long-name/model-{number}-instruct-q4_k_m" for number in range(12))
SERVERS = ("127.0.0.1:11434", "192.168.1.20:8000", "api.example.com")
FAILURES = (FailureKind.STALL, FailureKind.TRANSPORT, FailureKind.RATE_LIMIT, FailureKind.CANCELLED)
VIEWS = {"24h": 1, "7d": 7, "30d": 30, "all": 0}
EVER = datetime.min.replace(tzinfo=UTC)

Question = Callable[[], Awaitable[object]]


def record(chance: random.Random, at: datetime) -> AttemptRecord:
    """An attempt as it may happen."""
    number = min(int(chance.expovariate(0.4)), len(MODELS) - 1)
    failed = chance.random() < 0.05
    ttft = math.exp(chance.gauss(-0.7, 0.6))
    tokens = int(chance.expovariate(1 / 250)) + 2
    return AttemptRecord(
        started_at=at,
        model=MODELS[number],
        server=SERVERS[number % len(SERVERS)],
        task=chance.choices((Task.CHAT, Task.CLASSIFICATION, Task.AUGMENTATION), (8, 1, 1))[0],
        latency_seconds=ttft + tokens / 40,
        ttft_seconds=None if failed else ttft,
        prompt_tokens=None if failed else int(chance.expovariate(1 / 900)),
        completion_tokens=None if failed else tokens,
        failure=chance.choice(FAILURES) if failed else None,
        request_id=chance.getrandbits(63),
        why=Why.FIRST_CHOICE if number == 0 else Why.NEXT,
        instead_of=None if number == 0 else MODELS[0],
        cost=0.001 if number % len(SERVERS) == 2 else 0.0,
        phase=Phase.FIRST_TOKEN if failed else None,
    )


def year(rows: int, end: datetime) -> Iterator[AttemptRecord]:
    """So many attempts over the year before a moment, in their order."""
    chance = random.Random(1)
    moments = sorted(end - timedelta(seconds=chance.random() * 365 * 86400) for _ in range(rows))
    return (record(chance, moment) for moment in moments)


async def make(database: Database, clock: SystemClock, rows: int) -> None:
    """Write a year through the same door as the bot does."""
    async with PerformanceRows(database, clock) as kept:
        for number, one in enumerate(year(rows, clock.now())):
            kept.add(one)
            if number % 5000 == 4999:
                await kept.flush()
        await kept.flush()
        await kept.roll_up()
        await kept.forget_old()


async def write_all_the_time(kept: PerformanceRows, clock: SystemClock) -> None:
    """So many rows a second, until cancelled."""
    chance = random.Random(2)
    while True:
        for _ in range(ROWS_A_SECOND // 50):
            kept.add(record(chance, clock.now()))
        await asyncio.sleep(0.02)


async def watch_loop(longest: list[float]) -> None:
    """How late the event loop comes back, again and again."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest.append((time.perf_counter() - began) * 1e3 - 1.0)


async def measure(database: Database, clock: SystemClock) -> tuple[dict[str, list[float]], list[float], float]:
    """Milliseconds of each question, how long the loop was held, seconds to add up a day."""
    taken: dict[str, list[float]] = {}
    held: list[float] = []
    async with PerformanceRows(database, clock) as kept:
        questions: dict[str, Question] = {}
        for name, days in VIEWS.items():
            start = clock.now() - timedelta(days=days) if days else None
            questions[f"stats {name}"] = partial(kept.stats, since=start or EVER)
            questions[f"stats {name}, a model"] = partial(kept.stats, since=start or EVER, model=MODELS[0])
            questions[f"chart {name}"] = partial(kept.series, since=start)
        questions["errors 24h"] = partial(kept.failures, since=clock.now() - timedelta(days=1))
        questions["buttons"] = kept.subjects
        questions["why"] = partial(kept.attempts_of, 1)
        for ask in questions.values():
            await ask()
        # As the bot does when it is ready: what stays for good is not looked through again and again.
        gc.collect()
        gc.freeze()
        writing = asyncio.create_task(write_all_the_time(kept, clock))
        watching = asyncio.create_task(watch_loop(held))
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            for name, ask in questions.items():
                began = time.perf_counter()
                await ask()
                taken.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
                await asyncio.sleep(0.02)
        for task in (writing, watching):
            task.cancel()
        await asyncio.gather(writing, watching, return_exceptions=True)
    yesterday = Span.DAY.begin(clock.now()) - timedelta(days=1)
    drop = delete(attempt_totals).where(attempt_totals.c.span == Span.DAY, attempt_totals.c.began >= yesterday)
    await database.write("bench.drop", lambda connection: connection.execute(drop))
    began = time.perf_counter()
    days = await add_up_spans(database, clock.now())
    return taken, held, (time.perf_counter() - began) / max(1, days)


async def rows_in(database: Database) -> int:
    """How many rows of totals there are."""
    [row] = await database.rows("bench.rows", select(func.count()).select_from(attempt_totals))
    return int(row[0])


async def run(path: Path, rows: int) -> int:
    """Make, measure, judge."""
    clock = SystemClock()
    async with open_database(f"sqlite+aiosqlite:///{path}", clock) as database:
        if not await rows_in(database):
            began = time.perf_counter()
            await make(database, clock, rows)
            print(f"made {rows:,} attempts in {time.perf_counter() - began:.0f} s")
        taken, held, day = await measure(database, clock)
    size = await asyncio.to_thread(path.stat)
    print(f"{size.st_size / 1e6:.0f} MB\n")
    missed = False
    for name, each in taken.items():
        median = statistics.median(each)
        missed |= median > LIMIT_MS
        print(f"{name:<20} {median:7.1f} ms   {max(each):7.1f} at most {'   MISSED' if median > LIMIT_MS else ''}")
    held.sort()
    loop, usual = held[-1], held[int(len(held) * 0.999)]
    missed |= loop > LIMIT_LOOP_MS or day > LIMIT_DAY_SECONDS
    print(
        f"\nevent loop held      {loop:7.1f} ms at most, {usual:.1f} ms 999 times of 1000; limit {LIMIT_LOOP_MS:.0f} ms"
    )
    print(f"a day added up in    {day:7.3f} s; limit {LIMIT_DAY_SECONDS:.0f} s")
    return 1 if missed else 0


def main() -> int:
    """Read the arguments, run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.file is not None:
        return asyncio.run(run(options.file, options.rows))
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder) / "figures.db", options.rows))


if __name__ == "__main__":
    sys.exit(main())
