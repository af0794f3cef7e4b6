"""Files are known by their bytes, read as far as they may be, and refused for a reason that can be told."""

from __future__ import annotations

import random
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.reading.outcome import FileError, Limits, ReadPicture, ReadText, Unreadable
from bot.reading.reader import read_file
from tests.bot.reading.papers import docx, paragraph, pdf, picture, zipped

LIMITS = Limits(characters=1000, pages=5, unpacked_bytes=1 << 20, pixels=1_000_000, side=100, picture_bytes=20_000)
RUSSIAN = "Домовой живёт за печкой, и все его любят."


def text_of(data: bytes, limits: Limits = LIMITS) -> ReadText:
    content = read_file(data, limits)
    assert isinstance(content, ReadText)
    return content


def reason(data: bytes, limits: Limits = LIMITS) -> Unreadable:
    with pytest.raises(FileError) as refused:
        read_file(data, limits)
    return refused.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
def test_a_text_is_read_in_the_encodings_that_are_still_met_with(encoding: str) -> None:
    assert text_of((RUSSIAN * 3).encode(encoding, "replace")).text == RUSSIAN * 3


def test_western_letters_are_read_too() -> None:
    assert text_of("Café Müller, naïve façade".encode("cp1252")).text == "Café Müller, naïve façade"


def test_lines_are_tidied_and_tables_with_commas_stay_as_they_are() -> None:
    assert text_of(b"a,b\r\n1,2\r\n\r\n\r\n\r\n3,4  \r\n").text == "a,b\n1,2\n\n3,4"


def test_of_a_long_text_the_beginning_is_read_up_to_the_end_of_a_line() -> None:
    read = text_of(b"line of text\n" * 1000)
    assert not read.whole
    assert len(read.text) <= 1000
    assert read.text.endswith("line of text")


def test_the_end_of_what_is_read_may_be_within_a_character() -> None:
    assert set(text_of("я".encode() * 5001, Limits(characters=1)).text) == {"я"}


def test_a_document_of_word_is_read_with_its_paragraphs_and_tables() -> None:
    row = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in ("a", "b"))
    body = paragraph(f"{RUSSIAN} <&>") + paragraph("two") + f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"
    read = text_of(docx(body + "<w:p><w:r><w:delText>gone</w:delText><w:instrText>FIELD</w:instrText></w:r></w:p>"))
    assert read.text.split("\n") == [f"{RUSSIAN} <&>", "two", "a  | b  |"]
    assert read.whole


def test_a_document_that_becomes_huge_when_unpacked_is_read_as_far_as_it_may_be() -> None:
    bomb = docx("<w:p/>" * 400_000)
    assert len(bomb) < 20_000
    assert reason(bomb) is Unreadable.TOO_BIG_INSIDE
    read = text_of(docx(paragraph("beginning") + "<w:p/>" * 400_000))
    assert (read.text, read.whole) == ("beginning", False)


def test_entities_that_grow_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    assert reason(docx(paragraph("x"), head=f"<!DOCTYPE w [{laughs}]>")) is Unreadable.BROKEN


def test_archives_of_other_kinds_are_not_taken_for_documents() -> None:
    assert reason(zipped({"a.txt": b"text"})) is Unreadable.UNKNOWN_KIND
    assert reason(zipped({"../word/document.xml": b"text"})) is Unreadable.UNKNOWN_KIND
    assert reason(docx(paragraph("x"))[:200]) is Unreadable.BROKEN
    assert reason(zipped({"word/document.xml": b"no xml"})) is Unreadable.BROKEN


def test_a_pdf_is_read_page_by_page() -> None:
    read = text_of(pdf("First page, long enough", "Second page, long enough"))
    assert read.text == "First page, long enough\n\nSecond page, long enough"
    assert (read.whole, read.pages, read.all_pages) == (True, 2, 2)


def test_of_a_long_pdf_the_first_pages_are_read() -> None:
    read = text_of(pdf(*(f"This is page number {n}" for n in range(9))))
    assert (read.whole, read.pages, read.all_pages) == (False, 5, 9)


def test_a_pdf_that_takes_too_long_is_read_as_far_as_there_was_time() -> None:
    moments = iter(range(1000))
    content = read_file(
        pdf(*(f"This is page number {n}" for n in range(9))), Limits(seconds=3), lambda: float(next(moments))
    )
    assert isinstance(content, ReadText)
    assert 0 < content.pages < 9


def test_a_pdf_with_a_password_is_refused_and_one_with_an_owner_only_is_read() -> None:
    assert reason(pdf("A secret, and a long one", password="xyz")) is Unreadable.ENCRYPTED
    assert text_of(pdf("A protected, readable page", owner="xyz")).text == "A protected, readable page"


def test_scans_and_torn_documents_are_told_apart() -> None:
    assert reason(pdf("", "")) is Unreadable.NO_TEXT
    assert reason(pdf("A page with enough text")[:300]) is Unreadable.BROKEN


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b"  \n", Unreadable.EMPTY),
        (bytes(100), Unreadable.UNKNOWN_KIND),
        (b"OggS" + b"a" * 50, Unreadable.UNKNOWN_KIND),
        (b"MZ" + b"program " * 50, Unreadable.UNKNOWN_KIND),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), Unreadable.OLD_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Unreadable.ENCRYPTED),
        (picture()[:50], Unreadable.BROKEN),
        (b"x" * 2000, Unreadable.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_for_a_reason(data: bytes, why: Unreadable) -> None:
    assert reason(data, Limits(packed_bytes=1500)) is why


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_pictures_become_what_models_take(form: str) -> None:
    content = read_file(picture(form, (400, 200)), LIMITS)
    assert isinstance(content, ReadPicture)
    with Image.open(BytesIO(content.data)) as read:
        assert read.size == (100, 50)
        assert content.mime == f"image/{str(read.format).lower()}"


def test_a_drawing_that_is_too_large_as_one_becomes_a_photo() -> None:
    noise = Image.frombytes("RGB", (100, 100), random.Random(1).randbytes(30_000))
    written = BytesIO()
    noise.save(written, "PNG")
    content = read_file(written.getvalue(), LIMITS)
    assert isinstance(content, ReadPicture)
    assert content.mime == "image/jpeg"


def test_nothing_of_where_a_photo_was_taken_is_left_and_it_stands_upright() -> None:
    shot = Image.new("RGB", (40, 20))
    exif = shot.getexif()
    exif[0x0112], exif[0x010F] = 6, "CameraOfAnna"
    written = BytesIO()
    shot.save(written, "JPEG", exif=exif)
    assert b"CameraOfAnna" in written.getvalue()
    content = read_file(written.getvalue(), LIMITS)
    assert isinstance(content, ReadPicture)
    assert b"CameraOfAnna" not in content.data
    with Image.open(BytesIO(content.data)) as read:
        assert read.size == (20, 40)


def test_a_picture_of_too_many_pixels_is_not_unpacked() -> None:
    assert reason(picture("PNG", (1100, 1000), "1")) is Unreadable.TOO_MANY_PIXELS
    assert reason(picture("PNG", (3000, 3000), "1")) is Unreadable.TOO_MANY_PIXELS


SEEDS = (pdf("Some text on a page"), docx(paragraph("Some text")), picture(), picture("JPEG"), picture("GIF"), b"text")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_no_damage_makes_a_reader_fail_in_another_way(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    with suppress(FileError):
        read_file(bytes(damaged[:cut]) if data.draw(st.booleans()) else bytes(damaged), LIMITS)


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail_in_another_way(data: bytes) -> None:
    with suppress(FileError):
        read_file(data, LIMITS)
