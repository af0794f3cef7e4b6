"""What was learned is kept by name, the newest in the place of the older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from storage import Database, LearnedValues
from tests.storage.conftest import HandClock

NOW = datetime(2026, 11, 26, tzinfo=UTC)


async def test_the_newest_value_of_each_name_is_kept_with_its_moment(database: Database) -> None:
    clock = HandClock(NOW)
    values = LearnedValues(database, clock)
    assert await values.everything() == {}
    await values.keep({"a": {"x": 5.0, "y": [1, None]}, "b": 7})
    clock.moment = NOW + timedelta(hours=1)
    await values.keep({"b": "eight"})
    assert await values.everything() == {
        "a": ({"x": 5.0, "y": [1, None]}, NOW),
        "b": ("eight", NOW + timedelta(hours=1)),
    }


async def test_a_value_that_is_damaged_is_none(database: Database) -> None:
    values = LearnedValues(database, HandClock(NOW))
    await values.keep({"a": 1})

    async def damage(connection: object) -> None:
        await connection.execute(text("UPDATE learned SET value = '{oops'"))  # type: ignore[attr-defined]

    await database.write("test", damage)
    assert await values.everything() == {"a": (None, NOW)}
