"""The names under which a model hears people."""

from __future__ import annotations

import pytest
from aiogram.types import User
from hypothesis import given
from hypothesis import strategies as st

from bot.groups.speaker import LONGEST, NOBODY, cleaned, speaker, with_speaker


def user(name: str, username: str | None = None) -> User:
    return User(id=9, is_bot=False, first_name=name, username=username)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Anna", "Anna"),
        ("Анна Петрова", "Анна Петрова"),
        ("Anna: yes\nBob", "Anna yes Bob"),
        ("Anna (@anna)", "Anna anna"),
        ("Anna：wide", "Anna wide"),
        ("\u202eannA\u200b", "annA"),
        ("=====", NOBODY),
        ("", NOBODY),
    ],
)
def test_a_name_is_one_plain_line(name: str, label: str) -> None:
    assert cleaned(name) == label


def test_a_username_is_nobody_elses() -> None:
    assert speaker(user("Anna", "anna")) == "Anna (@anna)"
    assert speaker(user("Anna (@anna)")) != speaker(user("Anna", "anna"))
    assert speaker(None) == NOBODY


@given(st.text(max_size=100), st.text(max_size=100))
def test_the_first_colon_ends_the_name_whatever_it_is(name: str, text: str) -> None:
    said = with_speaker(user(name), text)
    label, _, rest = said.partition(": ")
    assert label == cleaned(name)
    assert rest == text
    assert 0 < len(label) <= LONGEST
    assert "\n" not in label
    assert ":" not in label
