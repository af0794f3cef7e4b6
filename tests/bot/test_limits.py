"""Who may ask how much: own limits before those of the settings, and none for admins unless they were set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.i18n import LANGUAGES, Texts
from bot.limits import Exceeded, Limits
from bot.views.limits import exceeded_text
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import Access, Limit, PerformanceRows, Person, Usage, open_database
from tests.storage.conftest import HandClock

EVENING = datetime(2026, 3, 15, 18, 30, tzinfo=UTC)


def person(*, admin: bool = False, minute: int | None = None, day: int | None = None) -> Person:
    return Person(7, "Anna", None, Access.ALLOWED, admin, messages_minute=minute, tokens_day=day)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(EVENING)


@pytest.fixture
async def figures(tmp_path: Path, clock: HandClock) -> AsyncIterator[PerformanceRows]:
    async with (
        open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", clock) as database,
        PerformanceRows(database, clock) as rows,
    ):
        yield rows


@pytest.fixture
def limits(figures: PerformanceRows, clock: HandClock) -> Limits:
    return Limits(Usage(figures._database, clock, figures.settle), clock)


def use(figures: PerformanceRows, tokens: int) -> None:
    figures.add(AttemptRecord(EVENING, "m", "s", Task.CHAT, 1, 1, None, None, None, person="7", counted_tokens=tokens))


@pytest.mark.parametrize(
    ("who", "holds"),
    [
        (person(), (3, 1000)),
        (person(minute=9, day=0), (9, None)),
        (person(admin=True), (None, None)),
        (person(admin=True, day=50), (None, 50)),
    ],
)
def test_whose_limit_holds(limits: Limits, who: Person, holds: tuple[int | None, int | None]) -> None:
    limits.work_by(messages_minute=3, tokens_day=1000)
    assert (limits.of(who, Limit.MINUTE), limits.of(who, Limit.DAY)) == holds


async def test_without_limits_everything_goes_on(limits: Limits, figures: PerformanceRows) -> None:
    use(figures, 10**9)
    assert [await limits.admit(person(), number) for number in range(50)] == [None] * 50


async def test_a_day_ends_at_midnight_utc_and_what_was_let_through_goes_on(
    limits: Limits, figures: PerformanceRows, clock: HandClock
) -> None:
    limits.work_by(messages_minute=None, tokens_day=100)
    use(figures, 99)
    assert await limits.admit(person(), 1) is None
    use(figures, 1)
    midnight = datetime(2026, 3, 16, tzinfo=UTC)
    assert await limits.admit(person(), 2) == Exceeded(Limit.DAY, 100, midnight)
    assert await limits.admit(person(), 1) is None, "a message whose answer was interrupted"
    limits.work_by(messages_minute=None, tokens_day=101)
    assert await limits.admit(person(), 2) is None, "a change of the settings holds from the next message on"
    clock.moment = midnight
    limits.work_by(messages_minute=None, tokens_day=1)
    assert await limits.admit(person(), 3) is None


async def test_a_refused_message_does_not_count(limits: Limits, clock: HandClock) -> None:
    limits.work_by(messages_minute=1, tokens_day=None)
    assert await limits.admit(person(), 1) is None
    for number in range(2, 9):
        assert await limits.admit(person(), number) == Exceeded(Limit.MINUTE, 1, EVENING + timedelta(minutes=1))
    clock.moment += timedelta(minutes=1)
    assert await limits.admit(person(), 9) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_say_when_it_goes_on(language: str) -> None:
    t = Texts().translator(language)
    minute = exceeded_text(t, "minute", 1, EVENING + timedelta(seconds=12.4), EVENING)
    day = exceeded_text(t, "day", 20_000, datetime(2026, 3, 16, tzinfo=UTC), EVENING)
    if language == "en":
        assert minute.startswith("I answer you one message a minute.")
        assert minute.endswith("in 13 s.")
        assert day.startswith("Your 20,000 tokens for today are used up")
        assert "at 00:00 UTC, in 5 h 30 min." in day
    elif language == "ru":
        assert minute.endswith("через 13 с.")
        assert "в 00:00 UTC, через 5 ч 30 мин" in day
