"""Which updates wait for one another, read from JSON as Telegram sends it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import AnswerAct, AnswerPress, AskPress, ExportPress
from bot.conversation_export import ExportFormat
from bot.intake.lanes import CONTROL, lane_of

CHAT = {"id": 1001, "type": "private", "first_name": "Me"}
USER = {"id": 1001, "is_bot": False, "first_name": "Me"}
EXPORT = ExportPress(form=ExportFormat.JSON, person_id=5).pack()
AGAIN = AnswerPress(act=AnswerAct.AGAIN, message_id=7, person_id=5).pack()
ASK = AskPress(person_id=5).pack()
COMMAND = {"type": "bot_command", "offset": 0, "length": 5}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1750000000, "chat": CHAT, "from": USER, **fields}


@pytest.mark.parametrize(
    ("kind", "body", "lane"),
    [
        ("message", message(text="hello"), "1001"),
        ("message", message(photo=[{"file_id": "a"}], caption="/stop"), "1001"),
        ("message", message(text="see /help", entities=[{**COMMAND, "offset": 4}]), "1001"),
        ("message", message(text="hello", entities=[{"type": "bold", "offset": 0, "length": 5}]), "1001"),
        ("message", message(text="hello", message_thread_id=7), "1001"),
        ("message", message(text="/stop", entities=[COMMAND]), "1001:control"),
        ("message", message(text="/stop", entities=[COMMAND], message_thread_id=7), "1001:control"),
        ("message", message(text="/improve this", entities=[{**COMMAND, "length": 8}]), "1001:work"),
        ("message", message(text="/Improve@a_bot this", entities=[{**COMMAND, "length": 14}]), "1001:work"),
        ("message", message(text="/export", entities=[{**COMMAND, "length": 7}]), "1001:work"),
        ("callback_query", {"id": "9", "from": USER, "message": message(), "data": EXPORT}, "1001:work"),
        ("message", message(text="/improved", entities=[{**COMMAND, "length": 9}]), "1001:control"),
        ("message", message(entities=[COMMAND]), "1001:control"),
        ("callback_query", {"id": "9", "from": USER, "message": message(), "data": "stop"}, "1001:control"),
        ("callback_query", {"id": "9", "from": USER, "message": message(), "data": ASK}, "1001"),
        ("callback_query", {"id": "9", "from": USER, "message": message(), "data": AGAIN}, "1001"),
        ("message", message(text="/retry", entities=[{**COMMAND, "length": 6}]), "1001"),
        ("edited_message", message(text="hello"), "1001"),
        ("edited_message", message(text="/stop", entities=[COMMAND]), "1001"),
        ("message_reaction", {"chat": CHAT, "message_id": 5, "user": USER}, "1001:control"),
        ("callback_query", {"id": "9", "from": USER, "inline_message_id": "x", "data": "stop"}, "1001:control"),
        ("stopped_message_generation", {"chat": CHAT, "draft_id": 3}, "1001:control"),
        ("inline_query", {"id": "9", "from": USER, "query": "q", "offset": ""}, "1001:control"),
        ("message", message(text="hello", message_thread_id=7, is_topic_message=True), "1001/7"),
        (
            "message",
            message(text="/stop", entities=[COMMAND], message_thread_id=7, is_topic_message=True),
            "1001/7:control",
        ),
        ("stopped_message_generation", {"chat": CHAT, "draft_id": 3, "message_thread_id": 7}, "1001/7:control"),
        ("chosen_inline_result", {"from": USER, "inline_message_id": "x", "query": "q"}, "1001:inline:x"),
        ("callback_query", {"id": "9", "from": USER, "inline_message_id": "x", "data": "inline:a:5"}, "1001:inline:x"),
        ("callback_query", {"id": "9", "from": USER, "inline_message_id": "x", "data": "halt:5"}, "1001:control"),
        ("poll", {"id": "9"}, CONTROL),
    ],
)
def test_each_kind_of_update_has_its_lane(kind: str, body: dict[str, Any], lane: str) -> None:
    assert lane_of({"update_id": 1, kind: body}) == lane


def test_an_update_that_says_nothing_has_a_lane() -> None:
    assert lane_of({"update_id": 1}) == CONTROL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["chat", "id", "from", "message", "entities", "type", "x"]), inner, max_size=4
        )
    ),
    max_leaves=15,
)


@given(
    st.dictionaries(
        st.sampled_from(["message", "callback_query", "stopped_message_generation", "update_id"]), JSON, max_size=3
    )
)
def test_no_update_however_odd_breaks_the_reading(update: dict[str, Any]) -> None:
    assert isinstance(lane_of(update), str)
