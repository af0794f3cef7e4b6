"""Columns: every moment, every text and every plain value comes back as it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.column_types import AnyText, JsonText, UtcMoment

DIALECTS = (sqlite.dialect(), postgresql.dialect())
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds have no zone


@given(MOMENTS)
def test_a_moment_comes_back_the_same_and_in_utc(moment: datetime) -> None:
    for dialect in DIALECTS:
        stored = UtcMoment().process_bind_param(moment, dialect)
        back = UtcMoment().process_result_value(stored, dialect)
        assert back == moment
        assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcMoment().process_bind_param(datetime(2026, 1, 1), DIALECTS[0])  # noqa: DTZ001 - what is refused


@given(st.text(st.characters(), max_size=50))
def test_any_text_can_be_stored_and_good_text_is_unchanged(text: str) -> None:
    stored = AnyText().process_bind_param(text, DIALECTS[0])
    assert stored is not None
    stored.encode("utf-8")
    assert "\x00" not in stored
    if "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text):
        assert stored == text


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)


@given(st.lists(PLAIN, max_size=5))
def test_a_plain_value_comes_back_as_what_it_was(values: list[object]) -> None:
    table = Table("values", MetaData(), Column("value", JsonText))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        for value in values:
            connection.execute(table.insert(), {"value": value})
        back = list(connection.scalars(select(table.c.value)))
        # Their kinds too: 1 is equal to True.
        assert repr(back) == repr(values)
    engine.dispose()


def test_what_is_no_json_is_none() -> None:
    assert [JsonText().process_result_value(written, DIALECTS[0]) for written in (None, "", "{", "null")] == [None] * 4
