"""What a server says is logged only where it repeats nobody's words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.servers.redaction import MAX_DETAIL_CHARACTERS, WITHHELD, Redaction
from llm.types import ChatRequest, ImagePart, Message, Role, TextPart

SECRET = "My bank card is 4111 1111 1111 1111, please remember it for me"


@pytest.mark.parametrize(
    "detail",
    [
        f"Can't parse: {SECRET}",
        f"Can't parse: {SECRET[5:25]}",
        "can't parse: MY   BANK\n CARD IS 4111 1111",
        'bad input: "My bank card is 4111\\n1111 1111"',
    ],
)
def test_a_detail_that_repeats_a_message_is_withheld(detail: str):
    assert Redaction([SECRET]).detail(detail) == WITHHELD


@pytest.mark.parametrize("detail", ["model 'x' not found", f"near {SECRET[5:24]}", ""])
def test_other_details_are_kept(detail: str):
    assert Redaction([SECRET]).detail(detail) == detail


def test_a_short_message_is_withheld_when_it_stands_there_whole():
    assert Redaction(["pin 4711"]).detail("unknown word: PIN 4711!") == WITHHELD
    assert Redaction(["hello"]).detail("hello is no command") == "hello is no command"


def test_every_message_of_the_request_counts_with_the_text_beside_images():
    request = ChatRequest(
        (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, (TextPart(SECRET), ImagePart(b"", "image/png"))))
    )
    assert Redaction.of(request).detail(f"x {SECRET[10:40]}") == WITHHELD


def test_keys_are_blotted_out():
    redaction = Redaction(api_key="topsecret")
    assert redaction.detail("Bad key topsecret, or sk-abcdef123***xyz") == "Bad key ***, or ***"
    assert redaction.detail("Incorrect API key provided") == "Incorrect API key provided"
    assert redaction.code(["topsecret", "invalid_api_key"]) == "invalid_api_key"


def test_a_detail_is_one_line_of_bounded_length():
    line = Redaction().detail("a\nb\t " + "x" * 1000)
    assert line.startswith("a b x")
    assert len(line) == MAX_DETAIL_CHARACTERS


@settings(max_examples=300, deadline=None)
@given(st.text("ab 1", min_size=20, max_size=60), st.text("ab 1", max_size=60), st.data())
def test_no_twenty_characters_in_common_ever_pass(text: str, other: str, data: st.DataObject):
    text, other = " ".join(text.split()), " ".join(other.split())
    if len(text) < 20:
        return
    start = data.draw(st.integers(0, len(text) - 20))
    fragment = text[start : start + 20]
    if fragment == fragment.strip():
        assert Redaction([text]).detail(f"{other}{fragment}{other}") == WITHHELD
