"""Bodies of replies: streams, whole answers, and what is neither."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.types import TextDelta
from llm.wire import body as body_module
from llm.wire.body import BodyReader, UnreadableBody
from llm.wire.chunks import Chunk
from tests.fakes.replies import DONE, chunk, event, text_chunk

STREAM = (event(text_chunk("при")) + event(text_chunk("вет 🙂")) + event(chunk(finish="stop")) + DONE).encode()
ANSWER = json.dumps({"choices": [{"message": {"content": "привет"}, "finish_reason": "stop"}]}).encode()


def read(*pieces: bytes) -> tuple[list[Chunk], BodyReader]:
    reader = BodyReader()
    chunks = [found for piece in pieces for found in reader.feed(piece)]
    return [*chunks, *reader.finish()], reader


def text_of(chunks: list[Chunk]) -> str:
    return "".join(delta.text for found in chunks for delta in found.deltas if isinstance(delta, TextDelta))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_a_stream_reads_the_same_in_any_split(places: list[int]):
    edges = [0, *sorted(places), len(STREAM)]
    chunks, reader = read(*(STREAM[start:end] for start, end in itertools.pairwise(edges)))
    assert (text_of(chunks), chunks[-1].finish, reader.done, reader.whole) == ("привет 🙂", "stop", True, False)


@pytest.mark.parametrize("lead", [b"", b"\n", b"\xef\xbb\xbf", b"  \r\n "])
def test_one_json_value_is_a_whole_answer_however_it_begins(lead: bytes):
    chunks, reader = read(lead, ANSWER[:5], ANSWER[5:])
    assert (text_of(chunks), reader.whole) == ("привет", True)


def test_what_follows_done_is_ignored():
    chunks, reader = read(STREAM, event(text_chunk("more")).encode(), b"data: {broken\n\n")
    assert text_of(chunks) == "привет 🙂"
    assert reader.done


def test_done_without_an_empty_line_is_seen_at_the_end():
    """KoboldCpp 1.76 ends so (servers.md 6)."""
    assert read(event(text_chunk("a")).encode() + b"data: [DONE]")[1].done


def test_comments_empty_data_and_words_are_no_chunks():
    assert read(b": ping\n\ndata:\n\ndata: keep-alive\n\n")[0] == []


def test_an_event_named_error_may_carry_plain_words():
    assert read(b"event: error\ndata: out of memory\n\n")[0] == [Chunk(error="out of memory")]


def test_a_broken_chunk_is_no_answer_since_text_may_be_lost():
    with pytest.raises(UnreadableBody):
        read(event(text_chunk("a")).encode(), b'data: {"choices": [\n\n', STREAM)


@pytest.mark.parametrize("half", [b'data: {"choices": [', ANSWER[:-5]])
def test_half_of_a_value_at_the_end_gives_nothing(half: bytes):
    assert read(half)[0] == []


@pytest.mark.parametrize(
    "value", [{"error": "Unexpected endpoint or method. (POST /x)"}, {"detail": "no"}, [], {"choices": []}]
)
def test_json_without_choices_is_an_error(value: object):
    chunks, _ = read(json.dumps(value).encode())
    assert [found.error for found in chunks] == [value]


def test_a_page_is_unreadable():
    with pytest.raises(UnreadableBody):
        read(b"<!doctype html><title>Welcome</title>")


def test_a_whole_body_has_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(body_module, "MAX_WHOLE_BYTES", 10)
    with pytest.raises(UnreadableBody):
        read(ANSWER)
