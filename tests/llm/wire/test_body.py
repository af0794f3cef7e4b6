"""Bodies of replies: streams, whole answers, and what is neither."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.types import TextDelta
from llm.wire import body as body_module
from llm.wire.body import BodyReader, UnreadableBody
from llm.wire.chunks import Chunk
from llm.wire.ollama import read_ollama_chunk
from tests.fakes.replies import DONE, chunk, event, text_chunk

STREAM = (event(text_chunk("при")) + event(text_chunk("вет 🙂")) + event(chunk(finish="stop")) + DONE).encode()
ANSWER = json.dumps({"choices": [{"message": {"content": "привет"}, "finish_reason": "stop"}]}).encode()


def line(text: str = "", **more: object) -> bytes:
    """A line of Ollama's own interface."""
    value = {"model": "m", "message": {"role": "assistant", "content": text}, "done": False, **more}
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


END = line(done=True, done_reason="stop", eval_count=2)
LINES = line("при") + line("вет 🙂") + END
NATIVE = {"lines": True, "read": read_ollama_chunk}
# Streams as servers write them, each of which says the same.
SHAPES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "usual": (STREAM, {}),
    "crlf, no space, no name of the end": (STREAM.replace(b"\n\n", b"\r\n\r\n").replace(b"data: ", b"data:"), {}),
    "comments and names": (b": ping\n\n" + STREAM.replace(b"data: {", b"event: message\ndata: {"), {}),
    "no empty line at the end": (STREAM.removesuffix(b"\n\n"), {}),
    "byte order mark": (b"\xef\xbb\xbf" + STREAM, {}),
    "completions": (
        b"".join(
            b"data: " + json.dumps({"choices": [{"text": text, "finish_reason": end}]}).encode() + b"\n\n"
            for text, end in (("при", None), ("вет 🙂", None), ("", "stop"))
        )
        + DONE.encode(),
        {},
    ),
    "lines of Ollama": (LINES, NATIVE),
    "lines of Ollama, crlf": (b"\n" + LINES.replace(b"\n", b"\r\n"), NATIVE),
    "lines of Ollama, the last without an end": (LINES.removesuffix(b"\n"), NATIVE),
    "lines of Ollama, not announced": (LINES, {"read": read_ollama_chunk}),
}


def read(*pieces: bytes, **how: Any) -> tuple[list[Chunk], BodyReader]:
    reader = BodyReader(**how)
    chunks = [found for piece in pieces for found in reader.feed(piece)]
    return [*chunks, *reader.finish()], reader


def text_of(chunks: list[Chunk]) -> str:
    return "".join(delta.text for found in chunks for delta in found.deltas if isinstance(delta, TextDelta))


@settings(max_examples=1500)
@given(st.sampled_from(sorted(SHAPES)), st.lists(st.integers(0, 700), max_size=10))
def test_a_stream_reads_the_same_in_any_split(shape: str, places: list[int]):
    data, how = SHAPES[shape]
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    chunks, reader = read(*(data[start:end] for start, end in itertools.pairwise(edges)), **how)
    assert (text_of(chunks), chunks[-1].finish, reader.done, reader.whole) == ("привет 🙂", "stop", True, False)
    assert [error for found in chunks if (error := found.error) is not None] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_reads_the_same_byte_by_byte(shape: str):
    data, how = SHAPES[shape]
    chunks, reader = read(*(bytes([byte]) for byte in data), **how)
    assert (text_of(chunks), chunks[-1].finish, reader.done) == ("привет 🙂", "stop", True)


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


@pytest.mark.parametrize(
    ("data", "error"), [(b"out of memory", "out of memory"), (b'{"message":"no"}', {"message": "no"})]
)
def test_whatever_comes_in_an_event_named_error_is_one(data: bytes, error: object):
    assert read(b"event: error\ndata: " + data + b"\n\n")[0] == [Chunk(error=error)]


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


def test_a_line_is_read_as_soon_as_it_ends():
    reader = BodyReader(lines=True, read=read_ollama_chunk)
    assert list(reader.feed(line("a")[:-1])) == []
    assert text_of(list(reader.feed(b"\n"))) == "a"
    assert text_of(list(reader.feed(line("b")))) == "b"
    assert (reader.done, reader.whole) == (False, False)


def test_lines_that_were_not_announced_are_read_when_the_second_begins():
    reader = BodyReader(read=read_ollama_chunk)
    assert list(reader.feed(line("a"))) == []
    assert reader.whole
    assert text_of(list(reader.feed(b"{"))) == "a"
    assert not reader.whole


def test_what_follows_the_last_line_is_ignored():
    chunks, reader = read(LINES, line("more"), b"{broken\n", **NATIVE)
    assert (text_of(chunks), reader.done) == ("привет 🙂", True)


@pytest.mark.parametrize("how", [{}, NATIVE])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_error_of_one_object_is_one_in_every_form(indent: int | None, how: dict[str, Any]):
    for value in ({"error": "no"}, {"detail": "no"}, {"message": "no"}):
        for end in (b"", b"\n", b"\r\n\r\n"):
            body = json.dumps(value, indent=indent).encode() + end
            assert read(*(bytes([byte]) for byte in body), **how)[0][-1].error == value, (body, how)
            assert read(body, **how)[0][-1].error == value, (body, how)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_whole_answer_of_ollama_is_read(indent: int | None):
    value = {"message": {"content": "привет"}, "done": True, "done_reason": "stop"}
    chunks, reader = read(json.dumps(value, indent=indent).encode(), **NATIVE)
    assert (text_of(chunks), chunks[-1].finish, reader.done) == ("привет", "stop", True)


def test_an_error_may_stand_in_any_line():
    chunks, _ = read(line("a"), b'{"error":"boom"}\n', **NATIVE)
    assert (text_of(chunks), chunks[-1].error) == ("a", {"error": "boom"})


@pytest.mark.parametrize("data", [b"{broken\n", line("a") + b'{"message": {"cont\n', line("a") + b"words\n"])
def test_a_broken_line_is_no_answer_since_text_may_be_lost(data: bytes):
    with pytest.raises(UnreadableBody):
        read(data, LINES, **NATIVE)


@pytest.mark.parametrize("lead", [b"", line("a")])
def test_half_of_a_line_at_the_end_gives_nothing(lead: bytes):
    chunks, reader = read(lead + END[:-8], **NATIVE)
    assert (text_of(chunks), reader.done) == ("a" if lead else "", False)


def test_an_empty_first_line_before_a_cut_is_no_error_of_the_server():
    assert [found.error for found in read(line(), **NATIVE)[0]] == [None]


def test_events_are_read_where_lines_were_expected():
    chunks, reader = read(STREAM, lines=True)
    assert (text_of(chunks), reader.done) == ("привет 🙂", True)


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf"])
def test_an_empty_body_gives_nothing(body: bytes):
    assert read(body)[0] == []
