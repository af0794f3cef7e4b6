"""The reader of server-sent events: whatever servers send, however it is cut."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.wire.sse import EventTooLong, SseEvent, SseReader

# Everything of servers.md 13.3 in one stream: line ends, comments, names, several data lines, letters of 1 to 4 bytes.
MIXED = (
    b"\xef\xbb\xbf: ping - 2026-01-01\n\n"
    + "data: привет\r\n\r\ndata:без пробела\r\rdata: 🙂 emoji\n\n".encode()
    + b"event: error\ndata: one\ndata: two\r\ndata:\n\n"
    + b":\n\nid: 7\nretry: 10\nevent: note\r\n\r\n"
    + b"data:  two spaces\n\n\n\ndata: [DONE]"
)
MIXED_EVENTS = [
    SseEvent("", "привет"),
    SseEvent("", "без пробела"),
    SseEvent("", "🙂 emoji"),
    SseEvent("error", "one\ntwo\n"),
    SseEvent("", " two spaces"),
    SseEvent("", "[DONE]"),
]


def read(*chunks: bytes, reader: SseReader | None = None) -> list[SseEvent]:
    reader = reader or SseReader()
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return events + reader.finish()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def test_a_stream_in_one_piece_gives_its_events():
    assert read(MIXED) == MIXED_EVENTS


def test_ten_thousand_random_splits_give_the_same_events():
    chance = random.Random(20261123)
    for _ in range(10_000):
        places = chance.choices(range(len(MIXED) + 1), k=chance.randint(1, 12))
        assert read(*cut(MIXED, places)) == MIXED_EVENTS, places


def test_one_byte_at_a_time_gives_the_same_events():
    assert read(*(bytes([byte]) for byte in MIXED)) == MIXED_EVENTS


LINES = st.sampled_from(
    [b"data: a", b"data:b", b"data", b"data:", b": c", b"event: e", b"event", b"x: y", b"", b"", b"\xff"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(LINES, ENDS)), st.lists(st.integers(0, 200)))
def test_any_lines_in_any_split_give_the_same_events_as_whole(lines: list[tuple[bytes, bytes]], places: list[int]):
    data = b"".join(line + end for line, end in lines)
    assert read(*cut(data, [min(place, len(data)) for place in places])) == read(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), min_size=1), ENDS)
def test_written_data_comes_back_whatever_the_line_ends(texts: list[str], end: bytes):
    data = b"".join(b"data: " + text.encode() + end for text in texts) + end
    assert read(data) == [SseEvent("", "\n".join(texts))]


def test_an_event_is_given_as_soon_as_its_empty_line_has_come():
    reader = SseReader()
    assert reader.feed(b"data: a\n") == []
    assert reader.feed(b"\n") == [SseEvent("", "a")]


def test_a_carriage_return_alone_ends_a_line_at_once():
    reader = SseReader()
    assert reader.feed(b"data: a\r") == []
    assert reader.feed(b"\r") == [SseEvent("", "a")]
    assert reader.feed(b"\n") == []


def test_comments_and_names_without_data_are_no_events():
    assert read(b": OPENROUTER PROCESSING\n\nevent: note\n\n") == []


def test_a_name_does_not_pass_on_to_the_next_event():
    assert read(b"event: error\n\ndata: a\n\n") == [SseEvent("", "a")]


def test_bytes_that_are_no_utf_8_become_replacement_characters():
    assert read(b"data: a\xff\n\n") == [SseEvent("", "a\ufffd")]


@pytest.mark.parametrize("piece", [b"x" * 100, b"data: " + b"x" * 94 + b"\n"])
def test_an_event_without_end_is_an_error_and_not_memory(piece: bytes):
    reader = SseReader(max_event_bytes=1000)
    with pytest.raises(EventTooLong):
        read(b"data: ", *[piece] * 20, reader=reader)


def test_many_events_may_be_longer_in_all_than_one_may_be():
    assert len(read(*[b"data: " + b"x" * 90 + b"\n\n"] * 100, reader=SseReader(max_event_bytes=100))) == 100
