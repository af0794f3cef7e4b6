"""What people use is counted with the figures, and messages are let through by the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import PerformanceRows, Usage, Use, open_database
from tests.storage.conftest import HandClock

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def attempt(at: datetime, *, person: str | None = "7", hop: int = 0, tokens: int = 100) -> AttemptRecord:
    failure = None if tokens else FailureKind.TRANSPORT
    return AttemptRecord(
        at, "m", "s:1", Task.CHAT, 1.0, 0.5, None, None, failure, hop=hop, person=person, counted_tokens=tokens
    )


async def test_use_is_counted_by_person_day_and_call_and_outlives_a_restart(url: str) -> None:
    clock = HandClock(NOON)
    async with open_database(url, clock) as opened, PerformanceRows(opened, clock) as figures:
        for record in (
            attempt(NOON, tokens=0),
            attempt(NOON, hop=1),
            attempt(NOON, tokens=40),
            attempt(NOON - timedelta(days=1)),
            attempt(NOON - timedelta(days=20)),
            attempt(NOON, person=None),
            attempt(NOON, person="8"),
        ):
            figures.add(record)
        usage = Usage(opened, clock, figures.settle)
        assert await usage.today(7) == Use(2, 140), "what was just added is in it"
    async with open_database(url, clock) as opened, PerformanceRows(opened, clock) as figures:
        usage = Usage(opened, clock, figures.settle)
        figures.add(attempt(NOON, tokens=5))
        assert await usage.today(7) == Use(3, 145)
        assert await usage.this_month(7) == Use(4, 245)
        assert await usage.of_all_today() == {7: Use(3, 145), 8: Use(1, 100)}
        assert await usage.today(9) == Use()
        clock.moment = NOON + timedelta(hours=12)
        assert await usage.today(7) == Use(), "a new day begins at midnight UTC"
        clock.moment = NOON + timedelta(days=70)
        await figures.forget_old()
        clock.moment = NOON
        assert await usage.this_month(7) == Use()


async def test_so_many_messages_a_minute_are_let_through_and_each_only_once(url: str) -> None:
    clock = HandClock(NOON)
    async with open_database(url, clock) as opened, PerformanceRows(opened, clock) as figures:
        usage = Usage(opened, clock, figures.settle)
        assert await usage.admit(7, 1, most=2) is None
        clock.moment += timedelta(seconds=20)
        assert await usage.admit(7, 2, most=2) is None
        clock.moment += timedelta(seconds=20)
        assert await usage.admit(7, 3, most=2) == NOON + timedelta(minutes=1)
        assert await usage.admit(7, 2, most=2) is None, "what was let through is so at its next try"
        assert await usage.admit(8, 4, most=2) is None, "others have their own"
        assert not await usage.admitted(7, 3)
    async with open_database(url, clock) as opened, PerformanceRows(opened, clock) as figures:
        usage = Usage(opened, clock, figures.settle)
        assert await usage.admit(7, 3, most=2) is not None, "a restart changes nothing"
        clock.moment = NOON + timedelta(seconds=60)
        assert await usage.admit(7, 3, most=2) is None
        assert await usage.admit(7, 5, most=2) == NOON + timedelta(seconds=80)
        assert await usage.admit(7, 5, most=None) is None
