"""Columns: every moment and every text comes back as it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.column_types import AnyText, UtcMoment

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
