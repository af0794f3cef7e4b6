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


async def sent(conversations: Conversations, *answers: AnswerState, context: int | None = None) -> list[str]:
    for number, state in enumerate(answers, 1):
        turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=number, text=f"question {number}")
        await conversations.close_turn(turn, text=f"answer {number}", model="tiny", state=state)
    turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=100, text="now")
    messages: tuple[Message, ...] = await messages_for(conversations, turn, context)
    roles = [message.role for message in messages]
    assert roles == [Role.USER if index % 2 == 0 else Role.ASSISTANT for index in range(len(roles))], "they alternate"
    return [message.text for message in messages]


async def test_whole_and_stopped_answers_are_remembered(conversations: Conversations) -> None:
    said = await sent(conversations, AnswerState.COMPLETE, AnswerState.STOPPED)
    assert said == ["question 1", "answer 1", "question 2", "answer 2", "now"]


async def test_what_failed_is_left_out_and_its_question_joined_with_the_next(conversations: Conversations) -> None:
    said = await sent(conversations, AnswerState.COMPLETE, AnswerState.FAILED, AnswerState.FAILED)
    assert said == ["question 1", "answer 1", "question 2\n\nquestion 3\n\nnow"]


async def test_only_as_much_is_sent_as_the_model_can_hold(conversations: Conversations) -> None:
    assert await sent(conversations, *[AnswerState.COMPLETE] * 10, context=100) != []
    turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=101, text="and now")
    small = await messages_for(conversations, turn, 100)
    large = await messages_for(conversations, turn, 10_000)
    assert 1 <= len(small) < len(large)
    assert small[-1].text.endswith("and now")
