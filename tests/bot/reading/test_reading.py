"""Reading goes on in processes of its own: the bot answers meanwhile, and outlives what a file does to its reader."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.outcome import FileContent, FileError, Limits, ReadPicture, ReadText, Unreadable
from bot.reading.passing import read_content, read_limits, write_content, write_limits
from bot.reading.reading import Reading
from tests.bot.reading.papers import docx, paragraph, pdf, picture


async def test_files_are_read_beside_one_another() -> None:
    reading = Reading()
    paper, page, shown = await asyncio.gather(
        reading.read(docx(paragraph("words") * 2000)), reading.read(pdf("A page of words")), reading.read(picture())
    )
    assert isinstance(paper, ReadText)
    assert paper.text.startswith("words\nwords")
    assert isinstance(page, ReadText)
    assert isinstance(shown, ReadPicture)


async def test_a_reason_comes_back_from_the_process() -> None:
    with pytest.raises(FileError) as refused:
        await Reading().read(bytes(100))
    assert refused.value.reason is Unreadable.UNKNOWN_KIND


@pytest.mark.parametrize(("data", "why"), [(b"", Unreadable.EMPTY), (b"12345", Unreadable.TOO_LARGE)])
async def test_what_is_clear_by_its_size_needs_no_process(data: bytes, why: Unreadable) -> None:
    with pytest.raises(FileError) as refused:
        await Reading(Limits(packed_bytes=4)).read(data)
    assert refused.value.reason is why


async def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(FileError) as refused:
        await Reading(Limits(seconds=0), spare_seconds=0).read(b"text")
    assert refused.value.reason is Unreadable.TOO_SLOW


async def test_a_reader_that_dies_costs_its_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading()
    monkeypatch.setattr("bot.reading.reading.write_limits", lambda _: "no limits")
    with pytest.raises(FileError) as refused:
        await reading.read(b"text")
    assert refused.value.reason is Unreadable.BROKEN
    monkeypatch.undo()
    assert await reading.read(b"text") == ReadText("text", "text/plain")


async def test_the_reader_does_not_get_the_secrets_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    from bot.reading.reading import _environment

    assert "BOT_TOKEN" in os.environ
    assert "BOT_TOKEN" not in _environment()


@given(
    st.one_of(
        st.builds(ReadText, st.text(st.characters(exclude_categories=["Cs"])), st.text(), st.booleans()),
        st.builds(ReadPicture, st.binary(), st.just("image/png")),
    )
)
def test_what_was_read_comes_back_as_it_was(content: FileContent) -> None:
    assert read_content(write_content(content)) == content


@given(st.binary(max_size=40))
def test_what_is_no_answer_of_a_reader_is_taken_for_a_broken_file(written: bytes) -> None:
    with suppress(FileError):
        read_content(written)


def test_limits_come_to_the_reader_as_they_are() -> None:
    limits = Limits(characters=5, seconds=1.5)
    assert read_limits(write_limits(limits)) == limits
