"""Lines of JSON, however the stream is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.wire.ndjson import NdjsonReader
from llm.wire.sse import EventTooLong


def read(*chunks: bytes, reader: NdjsonReader | None = None) -> list[bytes]:
    reader = reader or NdjsonReader()
    lines = [line for chunk in chunks for line in reader.feed(chunk)]
    return lines + reader.finish()


def test_a_line_is_given_as_soon_as_it_ends():
    reader = NdjsonReader()
    assert reader.feed(b'{"a":') == []
    assert reader.feed(b'1}\n{"b"') == [b'{"a":1}']
    assert reader.feed(b":2}\n") == [b'{"b":2}']
    assert reader.finish() == []


def test_the_last_line_needs_no_end():
    assert read(b"{}\n", b"[1", b"]") == [b"{}", b"[1]"]


@pytest.mark.parametrize("data", [b"a\r\nb\r\n", b"a\n\n\r\n  \nb", b"\xef\xbb\xbfa\nb\n", b"\n\n a \n\tb\n"])
def test_line_ends_blank_lines_and_a_byte_order_mark_are_left_out(data: bytes):
    assert read(data) == [b"a", b"b"]
    assert read(*(bytes([byte]) for byte in data)) == [b"a", b"b"]


LINES = st.lists(st.sampled_from([b"{}", b'{"a":"b c"}', "«привет 🙂»".encode(), b"", b" ", b"x" * 30]), max_size=8)


@settings(max_examples=300)
@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.lists(st.integers(0, 200), max_size=8))
def test_written_lines_come_back_in_any_split(lines: list[bytes], end: bytes, closed: bool, places: list[int]):
    data = end.join(lines) + (end if closed else b"")
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    assert read(*(data[start:stop] for start, stop in pairwise(edges))) == [line for line in lines if line.strip()]


@pytest.mark.parametrize("pieces", [[b"x" * 10] * 11, [b"x" * 101 + b"\n"], [b"x" * 60, b"x" * 60 + b"\n"]])
def test_a_line_without_end_is_an_error_and_not_memory(pieces: list[bytes]):
    with pytest.raises(EventTooLong):
        read(*pieces, reader=NdjsonReader(max_line_bytes=100))


def test_many_lines_may_be_longer_in_all_than_one_may_be():
    assert len(read(*[b"x" * 90 + b"\n"] * 100, reader=NdjsonReader(max_line_bytes=100))) == 100
