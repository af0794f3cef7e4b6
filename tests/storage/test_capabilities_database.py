"""What is known of models, in the database: limits, newer versions, restarts, faults, kills."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.capabilities.facts import Ability, FactValue
from llm.capabilities.observation import Observation, Verdict
from llm.clock import SystemClock
from storage import CapabilityRows, Database, ReadFailed, WriteFailed, open_database, read_database
from storage.capabilities import MOST_PAST
from storage.tables import capabilities, capability_history, capability_observations
from tests.storage.test_capabilities import ELSEWHERE, HOUR, NOON, QWEN, SEEN, fact, known, rows, said

__all__ = ["rows"]

# What only the database does.


async def test_of_each_ability_the_last_fifty_values_are_kept(database: Database, rows: CapabilityRows) -> None:
    await rows.conclude(ELSEWHERE, known({Ability.CONTEXT: 1}))
    await rows.conclude(ELSEWHERE, known({}, at=NOON + HOUR))
    await rows.conclude(QWEN, known({Ability.CONTEXT: 0, Ability.VISION: True}))
    for number in range(1, MOST_PAST + 20):
        await rows.conclude(QWEN, known({Ability.CONTEXT: number}, at=NOON + number * HOUR))
    past = await rows.history(QWEN)
    contexts = [fact.value for ability, fact, _ in past if ability is Ability.CONTEXT]
    assert contexts == list(range(MOST_PAST + 18, 18, -1))
    assert [ability for ability, _, _ in past if ability is not Ability.CONTEXT] == [Ability.VISION]
    assert len(await rows.history(ELSEWHERE)) == 1
    assert (await database.rows("test", select(func.count()).select_from(capability_history)))[0][0] == MOST_PAST + 2


async def test_what_a_newer_version_has_written_is_left_out(database: Database, rows: CapabilityRows) -> None:
    facts: dict[Ability, FactValue] = {
        Ability.CONTEXT: 4096,
        Ability.VISION: True,
        Ability.STOP: True,
        Ability.TOOLS: True,
        Ability.ENGLISH: 0.5,
    }
    strange = (
        (Ability.VISION, {"ability": "smell"}),
        (Ability.STOP, {"source": "hearsay"}),
        (Ability.TOOLS, {"value": ["parallel"]}),
        (Ability.ENGLISH, {"value": None}),
    )

    async def change(connection: AsyncConnection) -> None:
        for ability, values in strange:
            await connection.execute(
                update(capabilities).where(capabilities.c.ability == ability.value).values(**values)
            )
        await connection.execute(
            update(capability_observations)
            .where(capability_observations.c.number == 1)
            .values(observation={"probe": "smell", "verdict": "stinks", "calls": 1, "seen": {}})
        )

    await rows.conclude(QWEN, known(facts))
    await rows.observe(QWEN, "a file", SEEN)
    await database.write("test", change)
    assert await rows.begun(QWEN, "a file") == (SEEN[0], SEEN[2])
    assert await rows.known(QWEN) == known({Ability.CONTEXT: 4096})
    assert await rows.everything() == {QWEN: known({Ability.CONTEXT: 4096})}

    # It is not lost when it is replaced: the newer version may come back.
    await rows.conclude(QWEN, known({Ability.TOOLS: True}, at=NOON + HOUR))
    assert await rows.history(QWEN) == ((Ability.CONTEXT, fact(4096), NOON + HOUR),)
    table = capability_history.c
    query = select(table.ability, table.source, table.value).order_by(table.id)
    assert [tuple(row) for row in await database.rows("test", query)] == [
        ("max_context", "probe", 4096),
        ("smell", "probe", True),
        ("stop_strings", "hearsay", True),
        ("tools", "probe", ["parallel"]),
        ("english", "probe", None),
    ]


async def test_text_that_is_no_json_is_left_out(database: Database, rows: CapabilityRows) -> None:
    async def change(connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE capabilities SET value = '40,' WHERE ability = 'max_context'"))
        await connection.execute(text("UPDATE capability_observations SET observation = '{' WHERE number > 0"))

    await rows.conclude(QWEN, known({Ability.CONTEXT: 4096, Ability.VISION: True}))
    await rows.observe(QWEN, "a file", SEEN)
    await database.write("test", change)
    assert await rows.known(QWEN) == known({Ability.VISION: True})
    assert await rows.begun(QWEN, "a file") == SEEN[:1]


async def test_all_of_it_is_there_after_a_restart(url: str, clock: SystemClock) -> None:
    async with open_database(url, clock) as database:
        rows = CapabilityRows(database)
        await rows.conclude(QWEN, known({Ability.CONTEXT: 4096, Ability.VISION: True}))
        await rows.conclude(QWEN, known({Ability.CONTEXT: 8192, Ability.VISION: True}, at=NOON + HOUR))
        await rows.conclude(ELSEWHERE, known({}))
        await rows.observe(QWEN, "another file", SEEN)
        before = await said(rows)
    async with open_database(url, clock) as database:
        rows = CapabilityRows(database)
        assert await said(rows) == before
        assert await rows.begun(QWEN, "another file") == SEEN
    with pytest.raises(ReadFailed):
        await rows.known(QWEN)
    with pytest.raises(WriteFailed):
        await rows.conclude(QWEN, known({}))


async def test_it_can_be_read_beside_a_bot_at_work(sqlite_url: str, clock: SystemClock) -> None:
    async with open_database(sqlite_url, clock) as writing, read_database(sqlite_url) as reading:
        rows, mirror = CapabilityRows(writing), CapabilityRows(reading)
        await rows.conclude(QWEN, known({Ability.CONTEXT: 4096}))
        await rows.conclude(QWEN, known({Ability.CONTEXT: 8192}, at=NOON + HOUR))
        await rows.observe(QWEN, "a file", SEEN)
        before = await said(rows)
        assert await said(mirror) == before
        with pytest.raises(WriteFailed):
            await mirror.conclude(QWEN, known({}))
        with pytest.raises(WriteFailed):
            await mirror.observe(QWEN, "a file", ())
        assert await said(rows) == before


class FaultError(Exception):
    """Something that no statement raises by itself."""


@contextmanager
def failing_at(statement: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Raise `FaultError` in place of a statement, the first being number 0."""
    execute, numbers = AsyncConnection.execute, count()

    async def execute_or_fail(*of):
        if next(numbers) == statement:
            raise FaultError
        return await execute(*of)

    with monkeypatch.context() as patched:
        patched.setattr(AsyncConnection, "execute", execute_or_fail)
        yield


@pytest.mark.parametrize("statement", range(7))
async def test_a_conclusion_that_fails_half_way_leaves_the_old_one(
    rows: CapabilityRows, statement: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rows.conclude(QWEN, known({Ability.CONTEXT: 4096, Ability.VISION: True}))
    await rows.conclude(QWEN, known({Ability.CONTEXT: 8192}, at=NOON + HOUR))
    await rows.observe(QWEN, "a file", SEEN)
    before = await said(rows)
    new = known({Ability.CONTEXT: 2048, Ability.STOP: True}, at=NOON + 2 * HOUR, fingerprint="another file")
    with failing_at(statement, monkeypatch), pytest.raises(FaultError):
        await rows.conclude(QWEN, new)
    assert await said(rows) == before
    await rows.conclude(QWEN, new)
    assert await rows.known(QWEN) == new


@pytest.mark.parametrize("statement", range(2))
async def test_what_was_seen_is_kept_when_more_of_it_cannot_be(
    rows: CapabilityRows, statement: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rows.observe(QWEN, "a file", SEEN[:2])
    with failing_at(statement, monkeypatch), pytest.raises(FaultError):
        await rows.observe(QWEN, "a file", SEEN)
    assert await rows.begun(QWEN, "a file") == SEEN[:2]


async def test_those_who_conclude_at_once_replace_each_other(rows: CapabilityRows) -> None:
    moments = [NOON + number * HOUR for number in range(10)]
    await asyncio.gather(
        *(rows.conclude(QWEN, known({Ability.CONTEXT: at.hour}, at=at, fingerprint=str(at))) for at in moments)
    )
    past = await rows.history(QWEN)
    left = await rows.known(QWEN)
    assert left is not None
    assert sorted([left.at, *(fact.at for _, fact, _ in past)]) == moments
    assert left.facts == known({Ability.CONTEXT: left.at.hour}, at=left.at).facts


# Concludes, sees something of the next state, and dies in the middle of concluding that.
DYING_BOT = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from llm.capabilities.facts import Ability, Fact, Known, ModelKey, Source
from llm.capabilities.observation import Observation, Verdict
from llm.clock import SystemClock
from storage import CapabilityRows, open_database

QWEN = ModelKey("127.0.0.1:11434", "qwen3:8b")

def known(fingerprint, value):
    at = datetime(2026, 5, 1, tzinfo=UTC)
    return Known(fingerprint, {Ability.CONTEXT: Fact(value, Source.PROBE, 0.9, at)}, at)

async def main():
    async with open_database(sys.argv[1], SystemClock()) as database:
        rows = CapabilityRows(database)
        await rows.conclude(QWEN, known("old", 4096))
        await rows.observe(QWEN, "new", [Observation("word", Verdict.PASSED)])

        write = database.write
        async def write_and_die(operation, work):
            async def half(connection):
                await work(connection)
                os.kill(os.getpid(), signal.SIGKILL)
            await write(operation, half)
        database.write = write_and_die
        await rows.conclude(QWEN, known("new", 8192))

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
async def test_a_bot_that_is_killed_while_it_concludes_goes_on_with_the_detection(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_BOT, sqlite_url, stdout=asyncio.subprocess.DEVNULL
    )
    assert await bot.wait() == -9
    async with open_database(sqlite_url, clock) as database:
        rows = CapabilityRows(database)
        left = await rows.known(QWEN)
        assert left is not None
        assert (left.fingerprint, left.facts[Ability.CONTEXT].value) == ("old", 4096)
        assert await rows.history(QWEN) == ()
        assert await rows.begun(QWEN, "new") == (Observation("word", Verdict.PASSED),)
