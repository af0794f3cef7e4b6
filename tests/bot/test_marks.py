"""What only formatting says is written out: nothing of it is lost, and nothing else is added."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.said import said_in
from tests.bot.sent.messages import WHO, message


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "said"),
    [
        ("plain", [], "plain"),
        (
            "👋 see here, please",
            [entity("text_link", 7, 4, url="https://e.org/x")],
            "👋 see here (https://e.org/x), please",
        ),
        ("https://e.org", [entity("text_link", 0, 13, url="https://e.org/")], "https://e.org"),
        ("run\nx = 1\nnow", [entity("pre", 4, 5, language="python")], "run\n```python\nx = 1\n```\nnow"),
        ("use ls here", [entity("code", 4, 2)], "use `ls` here"),
        (
            "bold link",
            [entity("bold", 0, 9), entity("text_link", 5, 4, url="https://e.org/x")],
            "bold link (https://e.org/x)",
        ),
        ("a`b", [entity("code", 0, 3)], "a`b"),
    ],
)
def test_links_and_code_are_written_out(text: str, entities: list[Any], said: str) -> None:
    assert said_in(message(text=text, entities=entities)).text == said
    assert said_in(message(caption=text, caption_entities=entities, photo=[])).text == said


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.lists(
        st.tuples(st.sampled_from(["bold", "code", "pre", "text_link"]), st.integers(0, 40), st.integers(0, 40)),
        max_size=4,
    ),
)
def test_no_entities_lose_a_letter(text: str, entities: list[tuple[str, int, int]]) -> None:
    marks = [entity(kind, offset, length, url="https://e.org/") for kind, offset, length in entities]
    said = said_in(message(text=text, entities=marks)).text
    left = iter(said.encode("utf-16-le"))
    assert said.count("�") or all(unit in left for unit in text.encode("utf-16-le"))


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ({"type": "user", "sender_user": {**WHO, "is_bot": False, "last_name": "K"}}, "Anna K"),
        ({"type": "hidden_user", "sender_user_name": "Boris"}, "Boris"),
        ({"type": "chat", "sender_chat": {"id": -1, "type": "group", "title": "Home"}}, "Home"),
        ({"type": "channel", "chat": {"id": -1, "type": "channel", "title": "News"}, "message_id": 1}, "News"),
    ],
)
def test_who_said_it_first_is_told(origin: dict[str, Any], name: str) -> None:
    forwarded = said_in(message(text="Hi", forward_origin={"date": 1750000000, **origin}))
    assert (forwarded.text, forwarded.context) == ("", f"Forwarded from {name}:\nHi")


def test_what_is_spoken_comes_after_what_is_written() -> None:
    voice = {"file_id": "a", "file_unique_id": "b", "duration": 1}
    assert said_in(message(caption="Listen", voice=voice), spoken="Hi").text == "Listen\n\nHi"
