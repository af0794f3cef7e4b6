"""Which file of a message is fetched, and under what name."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sent.carried import LONGEST_NAME, CarriedKind, carried_by, pointed_at, safe_name
from tests.bot.sent.messages import file, message, size


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([size(90, 60), size(320, 200), size(1280, 800), size(2560, 1600)], "1280x800"),
        ([size(2560, 1600), size(90, 60)], "90x60"),
        ([size(2560, 1600), size(2000, 1800)], "2000x1800"),
        ([size(90, 60), size(1280, 800, 9_000_000)], "90x60"),
    ],
)
def test_of_a_photo_the_largest_size_is_taken_that_models_have_use_for(sizes: list[Any], chosen: str) -> None:
    carried = carried_by(message(photo=sizes))
    assert carried is not None
    assert (carried.kind, carried.file_id) == (CarriedKind.PHOTO, chosen)


@pytest.mark.parametrize(
    ("fields", "kind", "name"),
    [
        ({"document": file(file_name="a.pdf")}, CarriedKind.DOCUMENT, "a.pdf"),
        ({"document": file(file_name="a.mp3", mime_type="audio/mpeg")}, CarriedKind.SPEECH, "a.mp3"),
        ({"document": file()}, CarriedKind.DOCUMENT, "file"),
        ({"voice": file(duration=3)}, CarriedKind.SPEECH, "voice.ogg"),
        ({"audio": file(duration=3, file_name="talk.m4a")}, CarriedKind.SPEECH, "talk.m4a"),
        ({"video_note": file(duration=3, length=100)}, CarriedKind.SPEECH, "video.mp4"),
        ({"video": file(duration=3, width=1, height=1)}, CarriedKind.SPEECH, "video.mp4"),
    ],
)
def test_other_files_are_read_or_listened_to(fields: dict[str, Any], kind: CarriedKind, name: str) -> None:
    carried = carried_by(message(**fields))
    assert carried is not None
    assert (carried.kind, carried.name) == (kind, name)


def test_a_message_points_at_the_file_of_the_one_that_it_replies_to() -> None:
    voice = {"voice": file(duration=3)}
    pointing = message(text="Hm?", reply_to_message=message(**voice).model_dump(exclude_none=True))
    assert pointed_at(pointing) == carried_by(message(**voice))
    elsewhere = {"origin": {"type": "hidden_user", "date": 1750000000, "sender_user_name": "Anna"}, **voice}
    assert pointed_at(message(text="Hm?", external_reply=elsewhere)) == carried_by(message(**voice))
    assert pointed_at(message(text="Hm?", reply_to_message=message(text="a").model_dump(exclude_none=True))) is None
    assert pointed_at(message(**voice)) is None


def test_a_film_without_sound_and_a_text_carry_nothing() -> None:
    film = file(duration=3, width=1, height=1)
    assert carried_by(message(animation=film, document=file(file_name="a.mp4"))) is None
    assert carried_by(message(text="Hello")) is None


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\a.txt", "a.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("a\n=====\nb.txt", "a=====b.txt"),
        ("..", "file"),
        ("", "file"),
        (None, "file"),
        ("отчёт за год.docx", "отчёт за год.docx"),
    ],
)
def test_names_are_shown_without_their_tricks(given_name: str | None, shown: str) -> None:
    assert safe_name(given_name) == shown


@given(st.text(max_size=300))
def test_every_name_is_one_short_line_that_can_be_seen(given_name: str) -> None:
    name = safe_name(given_name)
    assert 0 < len(name) <= LONGEST_NAME
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert "/" not in name
