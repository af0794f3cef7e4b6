"""Numbers as each language writes them, and no longer than a phone allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LANGUAGES, Texts
from bot.views.numbers import bare_seconds, compact, count, duration, money, percent, seconds, shortened, size

EN, RU = (Texts().translator(language) for language in ("en", "ru"))


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        (0, "0", "0"),
        (9999, "9999", "9999"),
        (10_000, "10.0k", "10,0k"),
        (99_949, "99.9k", "99,9k"),
        (999_499, "999k", "999k"),
        (999_500, "1.0M", "1,0M"),
        (123_456_789, "123M", "123M"),
        (5 * 10**9, "5.0G", "5,0G"),
    ],
)
def test_large_numbers_are_short(number: int, english: str, russian: str) -> None:
    assert (compact(EN, number), compact(RU, number)) == (english, russian)


@given(st.integers(0, 10**11))
def test_a_short_number_is_at_most_five_characters(number: int) -> None:
    assert len(compact(EN, number)) <= 5


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (None, "–", "–"),
        (0.004, "0.00 s", "0,00 с"),
        (9.996, "10.0 s", "10,0 с"),
        (99.4, "99.4 s", "99,4 с"),
        (99.6, "1 min 39 s", "1 мин 39 с"),
        (3600, "1 h", "1 ч"),
        (86_405, "1 d", "1 д"),
        (180_000, "2 d 2 h", "2 д 2 ч"),
    ],
)
def test_seconds_become_larger_units(value: float | None, english: str, russian: str) -> None:
    assert (seconds(EN, value), seconds(RU, value)) == (english, russian)


@given(st.floats(-1e3, 1e9))
def test_a_duration_has_at_most_two_units(value: float) -> None:
    for language in LANGUAGES:
        assert 2 <= len(duration(Texts().translator(language), value).split()) <= 4


@given(st.floats(0, 9999))
def test_seconds_in_a_table_are_at_most_four_characters(value: float) -> None:
    assert len(bare_seconds(RU, value)) <= 4


def test_sizes_money_and_counts() -> None:
    assert [size(EN, number) for number in (0, 812_000, 999_600, 12_345_678, 5 * 10**9, 10**15)] == [
        "0 kB",
        "812 kB",
        "1.0 MB",
        "12.3 MB",
        "5.0 GB",
        "1,000 TB",
    ]
    assert [money(EN, amount) for amount in (0, 1e-9, 0.000123, 0.0456, 0.99, 12.3)] == [
        "0",
        "<0.000001",
        "0.00012",
        "0.046",
        "0.99",
        "12.30",
    ]
    assert count(RU, 1_234_567) == "1\u00a0234\u00a0567"
    assert percent(RU, 0.5) == "50,0%"


@given(st.text(min_size=1, max_size=80), st.integers(3, 40))
def test_a_shortened_name_fits_and_keeps_both_ends(name: str, width: int) -> None:
    short = shortened(name, width)
    assert len(short) <= max(width, 0)
    assert short[0] == name[0]
    assert short[-1] == name[-1]
