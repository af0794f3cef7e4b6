"""The form that every family takes, whatever is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.prompts.canonical import NothingToAnswer, canonical, drop_system, fold_system
from llm.types import ImagePart, Message, Role, TextPart
from tests.llm.prompts.dialogues import MESSAGES, canonical_dialogues

WORDS = st.text(min_size=1).filter(str.strip)


def formed(said: list[Message], *, continue_last: bool = False) -> tuple[Message, ...] | None:
    try:
        return canonical(said, continue_last=continue_last)
    except NothingToAnswer:
        return None


@given(MESSAGES, st.booleans())
def test_any_dialogue_gets_the_form_or_has_nothing_to_answer(said: list[Message], continue_last: bool):
    told = formed(said, continue_last=continue_last)
    if told is None:
        assert not any(one.role is Role.USER and has_something(one) for one in said)
        return
    roles = [message.role for message in told]
    turns = roles[1:] if roles[0] is Role.SYSTEM else roles
    assert Role.SYSTEM not in turns
    assert turns[::2] == [Role.USER] * len(turns[::2])
    assert turns[1::2] == [Role.ASSISTANT] * len(turns[1::2])
    assert continue_last or turns[-1] is Role.USER
    assert all(has_something(message) for message in told)


@given(MESSAGES)
def test_the_form_of_the_form_is_itself(said: list[Message]):
    told = formed(said)
    assert told is None or canonical(told) == told


@given(MESSAGES)
def test_nothing_that_a_person_says_is_lost(said: list[Message]):
    told = formed(said)
    if told is None:
        return
    kept = [message.content for message in told if message.role is Role.USER]
    for message in said:
        if message.role is not Role.USER or not has_something(message):
            continue
        if isinstance(message.content, str):
            assert any(message.content in texts(content) for content in kept)
        else:
            assert any(set(message.content) <= set(content) for content in kept if isinstance(content, tuple))


@given(canonical_dialogues(WORDS))
def test_what_has_the_form_stays_as_it_is(said: list[Message]):
    assert canonical(said) == tuple(said)


@given(canonical_dialogues(WORDS))
def test_a_folded_system_text_stands_before_the_first_question(said: list[Message]):
    folded = fold_system(said)
    assert Role.SYSTEM not in [message.role for message in folded]
    if said[0].role is Role.SYSTEM:
        assert folded[0].text == f"{said[0].text}\n\n{said[1].text}"
        assert folded[1:] == tuple(said[2:])
    else:
        assert folded == tuple(said)
    assert drop_system(said) == tuple(message for message in said if message.role is not Role.SYSTEM)


def test_a_system_text_folds_before_an_image():
    image = ImagePart(b"...", "image/png")
    told = [Message(Role.SYSTEM, "Be brief."), Message(Role.USER, (image, TextPart("what is it?")))]
    assert fold_system(told)[0].content == (TextPart("Be brief."), image, TextPart("what is it?"))


def test_joined_messages_stay_pinned():
    said = [Message(Role.USER, "one"), Message(Role.USER, "two", pinned=True)]
    assert canonical(said) == (Message(Role.USER, "one\n\ntwo", pinned=True),)


@pytest.mark.parametrize("said", [[], [Message(Role.SYSTEM, "x")], [Message(Role.ASSISTANT, "x")]])
def test_without_a_question_there_is_nothing(said: list[Message]):
    with pytest.raises(NothingToAnswer) as nothing:
        canonical(said)
    assert nothing.value.messages == len(said)


def has_something(message: Message) -> bool:
    return any(isinstance(part, ImagePart) for part in message.content) or bool(message.text.strip())


def texts(content: object) -> str:
    if isinstance(content, str):
        return content
    assert isinstance(content, tuple)
    return "\n\n".join(part.text for part in content if isinstance(part, TextPart))
