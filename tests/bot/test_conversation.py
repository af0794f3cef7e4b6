"""What of a conversation a model is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import messages_for
from llm.clock import SystemClock
from llm.types import Message, Role
from storage import AnswerState, Conversations, open_database


@pytest.fixture
async def conversations(tmp_path: Path) -> AsyncIterator[Conversations]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", SystemClock()) as database:
        yield Conversations(database, SystemClock())


async def sent(conversations: Conversations, *answers: AnswerState) -> list[Message]:
    for number, state in enumerate(answers, 1):
        turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=number, text=f"question {number}")
        await conversations.close_turn(turn, text=f"answer {number}", model="tiny", state=state)
    turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=100, text="now")
    return list(await messages_for(conversations, turn))


def question(text: str) -> Message:
    return Message(Role.USER, text)


def answer(text: str) -> Message:
    return Message(Role.ASSISTANT, text)


async def test_whole_and_stopped_answers_are_remembered(conversations: Conversations) -> None:
    assert await sent(conversations, AnswerState.COMPLETE, AnswerState.STOPPED) == [
        question("question 1"),
        answer("answer 1"),
        question("question 2"),
        answer("answer 2"),
        question("now"),
    ]


async def test_what_failed_is_left_out_and_its_question_stays_a_message_of_its_own(
    conversations: Conversations,
) -> None:
    assert await sent(conversations, AnswerState.COMPLETE, AnswerState.FAILED, AnswerState.FAILED) == [
        question("question 1"),
        answer("answer 1"),
        question("question 2"),
        question("question 3"),
        question("now"),
    ]


async def test_nothing_is_left_out_here_since_only_the_client_knows_what_fits(conversations: Conversations) -> None:
    said = await sent(conversations, *[AnswerState.COMPLETE] * 30)
    assert [message.text for message in said[:2]] == ["question 1", "answer 1"]
    assert len(said) == 61


async def test_in_a_group_the_model_is_told_how_names_are_to_be_read(conversations: Conversations) -> None:
    turn = await conversations.open_turn(chat_id=-5, person_id=1, update_id=1, text="Anna: hello")
    rules, said = await messages_for(conversations, turn)
    assert (rules.role, rules.pinned) == (Role.SYSTEM, True)
    assert "up to the first colon" in rules.text
    assert said == question("Anna: hello")
