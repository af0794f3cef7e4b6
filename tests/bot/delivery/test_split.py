"""Long texts are cut at the edges of their blocks, and their formatting survives the cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.formatted import CODE_KINDS, QUOTE_KINDS, Formatted, Mark, proper, utf16_units
from bot.delivery.split import MOST_MARKS, split

WORDS = st.text(alphabet="ab .!?\n中😀é", max_size=400)
KINDS = ("bold", "italic", "code", "pre", "blockquote", "text_link")


@st.composite
def formatted_texts(draw: st.DrawFn) -> Formatted:
    text = draw(WORDS)
    units = utf16_units(text)
    marks = draw(
        st.lists(
            st.builds(
                Mark,
                kind=st.sampled_from(KINDS),
                start=st.integers(0, max(0, units - 1)),
                length=st.integers(1, max(1, units)),
                language=st.just(None),
            ),
            max_size=12,
        )
    )
    inside = [clipped for mark in marks if (clipped := mark.within(0, units)) is not None]
    return Formatted(text, tuple(proper(inside)))


def letters(text: str) -> str:
    return "".join(text.split())


def check_nesting(piece: Formatted) -> None:
    units = piece.units
    open_marks: list[Mark] = []
    for mark in piece.marks:
        assert mark.length > 0
        assert mark.start >= 0
        assert mark.end <= units
        while open_marks and open_marks[-1].end <= mark.start:
            open_marks.pop()
        if open_marks:
            assert mark.end <= open_marks[-1].end, "marks cross"
            assert all(outer.kind not in CODE_KINDS for outer in open_marks), "something is inside code"
        if mark.kind in CODE_KINDS:
            assert all(outer.kind in QUOTE_KINDS for outer in open_marks), "code is inside something else"
        if mark.kind in QUOTE_KINDS:
            assert all(outer.kind not in QUOTE_KINDS for outer in open_marks), "quotes are nested"
        open_marks.append(mark)


@given(formatted_texts(), st.integers(2, 60), st.integers(1, 5))
def test_every_piece_keeps_the_limits_and_nothing_is_lost(formatted: Formatted, limit: int, most_marks: int) -> None:
    pieces = split(formatted, limit, most_marks)
    assert letters("".join(piece.text for piece in pieces)) == letters(formatted.text)
    for piece in pieces:
        assert 0 < piece.units <= limit
        assert len(piece.marks) <= most_marks
        assert piece.text.strip()
        check_nesting(piece)


@given(formatted_texts())
def test_marks_of_any_text_are_nested_as_telegram_wants_them(formatted: Formatted) -> None:
    check_nesting(formatted)


@given(formatted_texts())
def test_a_short_text_stays_one_piece(formatted: Formatted) -> None:
    assert len(split(formatted)) == (1 if formatted.text.strip() else 0)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("aaaa aaaa\n\nbbbb\nbb b", ["aaaa aaaa", "bbbb\nbb b"]),
        ("aaaa aaaa\nbbb. bb bbbb", ["aaaa aaaa", "bbb. bb bbbb"]),
        ("aaa aaaa. bbb bb bb b", ["aaa aaaa.", "bbb bb bb b"]),
        ("aaaaaaa bbb cccc ddd e", ["aaaaaaa bbb", "cccc ddd e"]),
        ("aaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaa", "aaaaaaaa"]),
    ],
)
def test_a_cut_prefers_paragraph_line_sentence_and_word_in_this_order(text: str, pieces: list[str]) -> None:
    assert [piece.text for piece in split(Formatted(text), 12)] == pieces


def test_a_surrogate_pair_is_not_cut() -> None:
    assert [piece.text for piece in split(Formatted("😀" * 5), 5)] == ["😀😀", "😀😀", "😀"]


def test_code_that_is_cut_goes_on_with_its_language_and_its_indentation() -> None:
    code = "\n".join(f"    line {number}" for number in range(10))
    pieces = split(Formatted(code, (Mark("pre", 0, len(code), language="python"),)), 60)
    assert len(pieces) > 1
    for piece in pieces:
        assert piece.marks == (Mark("pre", 0, piece.units, language="python"),)
        assert piece.text.startswith("    line")


def test_a_block_of_code_that_fits_into_one_message_is_not_cut() -> None:
    text = "w " * 20 + "\n" + "x = 1\n" * 6 + "end"
    start = text.index("x")
    pieces = split(Formatted(text, (Mark("pre", start, 36),)), 60)
    assert pieces[1].text.startswith("x = 1\n" * 5)
    assert pieces[1].marks[0].length == 36 or pieces[1].text.count("x = 1") == 6


def test_a_message_carries_no_more_entities_than_telegram_looks_at() -> None:
    text = "ab " * 300
    marks = tuple(Mark("bold", 3 * number, 2) for number in range(300))
    pieces = split(Formatted(text, marks))
    assert [len(piece.marks) for piece in pieces] == [MOST_MARKS] * 3


def test_a_mark_over_a_cut_is_in_both_pieces() -> None:
    first, second = split(Formatted("aaaa bbbb", (Mark("text_link", 0, 9, url="http://x.y"),)), 5)
    assert first.marks == (Mark("text_link", 0, 4, url="http://x.y"),)
    assert second.marks == (Mark("text_link", 0, 4, url="http://x.y"),)
