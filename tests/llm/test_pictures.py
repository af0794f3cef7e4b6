"""Old pictures never make a new question fail; a new one is shown to whoever may see it."""

from __future__ import annotations

import pytest

from llm.pictures import MENTION, asks_about_pictures, shown_to
from llm.types import ImagePart, Message, Role, TextPart

PICTURE = ImagePart(b"x", "image/png")
OLD = Message(Role.USER, (TextPart("What is this?"), PICTURE))
ANSWER = Message(Role.ASSISTANT, "A cat.")
NEW = Message(Role.USER, "And its name?")
NEW_PICTURE = Message(Role.USER, (PICTURE,))
MENTIONED = f"What is this?\n{MENTION}"


def test_only_the_newest_message_asks_about_pictures() -> None:
    assert asks_about_pictures((OLD,))
    assert not asks_about_pictures((OLD, ANSWER, NEW))
    assert asks_about_pictures((NEW, ANSWER, NEW_PICTURE))
    assert not asks_about_pictures(())


@pytest.mark.parametrize(("sees", "old", "new"), [(True, False, False), (None, True, False), (False, True, True)])
def test_a_picture_is_mentioned_to_who_does_not_see_it(sees: bool | None, old: bool, new: bool) -> None:
    shown = shown_to((OLD, ANSWER, NEW_PICTURE), sees=sees)
    assert [message.content for message in shown] == [
        MENTIONED if old else OLD.content,
        "A cat.",
        MENTION if new else NEW_PICTURE.content,
    ]


def test_a_talk_without_pictures_stays_the_very_same() -> None:
    talk = (NEW, ANSWER)
    assert shown_to(talk, sees=False) is talk
