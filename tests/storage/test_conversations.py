"""Conversations: one open at a time, a turn for an update, an answer for a turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from llm.clock import SystemClock
from llm.types import Role
from storage import AnswerState, Conversations, Database, Inbox, NewUpdate, Turn, WriteFailed
from storage.tables import messages


async def ask(conversations: Conversations, update_id: int, text: str, *, thread_id: int = 0) -> Turn:
    return await conversations.open_turn(chat_id=5, thread_id=thread_id, person_id=9, update_id=update_id, text=text)


async def answer(
    conversations: Conversations, turn: Turn, text: str, state: AnswerState = AnswerState.COMPLETE
) -> None:
    await conversations.close_turn(turn, text=text, model="qwen", state=state, telegram_ids=(101, 102))


async def said(conversations: Conversations, turn: Turn) -> list[tuple[Role, str]]:
    return [(message.role, message.text) for message in await conversations.history(turn.conversation_id)]


async def test_a_chat_keeps_its_conversation(conversations: Conversations) -> None:
    first = await conversations.current(5)
    assert await conversations.current(5) == first
    assert len({first, await conversations.current(6), await conversations.current(5, 7)}) == 3


async def test_a_new_conversation_takes_the_place_of_the_old_in_its_topic_only(conversations: Conversations) -> None:
    old, elsewhere = await conversations.current(5), await conversations.current(5, 7)
    new = await conversations.start_new(5)
    assert new != old
    assert (await conversations.current(5), await conversations.current(5, 7)) == (new, elsewhere)


async def test_many_at_once_open_one_conversation(conversations: Conversations) -> None:
    assert len(set(await asyncio.gather(*(conversations.current(5) for _ in range(20))))) == 1


async def test_a_turn_is_what_the_person_said_in_the_open_conversation(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "Привет, 👋")
    assert turn == Turn(await conversations.current(5), turn.message_id, 1, chat_id=5, person_id=9, text="Привет, 👋")


async def test_an_update_opens_one_turn_even_after_a_new_conversation(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "hello")
    await conversations.start_new(5)
    assert await ask(conversations, 1, "hello") == turn
    assert await said(conversations, turn) == [(Role.USER, "hello")]


async def test_a_dialogue_comes_back_oldest_first(conversations: Conversations, clock: SystemClock) -> None:
    for number in (1, 2):
        turn = await ask(conversations, number, f"question {number}")
        await answer(conversations, turn, f"answer {number}")
    history = await conversations.history(turn.conversation_id)
    assert [message.text for message in history] == ["question 1", "answer 1", "question 2", "answer 2"]
    assert [message.model for message in history] == [None, "qwen", None, "qwen"]
    assert all(message.created_at.tzinfo is UTC for message in history)
    assert clock.now() - history[0].created_at < timedelta(minutes=1)


async def test_history_before_a_turn_has_neither_it_nor_what_follows(conversations: Conversations) -> None:
    first = await ask(conversations, 1, "one")
    await answer(conversations, first, "first answer")
    second = await ask(conversations, 2, "two")
    await answer(conversations, second, "second answer")
    before = await conversations.history(second.conversation_id, before_message_id=second.message_id)
    assert [message.text for message in before] == ["one", "first answer"]


async def test_a_limited_history_has_the_newest_and_begins_with_the_person(conversations: Conversations) -> None:
    for number in range(5):
        turn = await ask(conversations, number, f"q{number}")
        await answer(conversations, turn, f"a{number}")
    limited = await conversations.history(turn.conversation_id, limit=3)
    assert [message.text for message in limited] == ["q4", "a4"]


@pytest.mark.parametrize(
    ("state", "text", "stored"),
    [
        (AnswerState.FAILED, "", []),
        (AnswerState.FAILED, " \n", []),
        (AnswerState.FAILED, "half an ans", [("half an ans", AnswerState.FAILED)]),
        (AnswerState.STOPPED, "half an ans", [("half an ans", AnswerState.STOPPED)]),
        (AnswerState.STOPPED, "", []),
        (AnswerState.COMPLETE, "whole", [("whole", AnswerState.COMPLETE)]),
    ],
)
async def test_history_has_answers_with_text_and_says_how_they_ended(
    conversations: Conversations, state: AnswerState, text: str, stored: list[tuple[str, AnswerState]]
) -> None:
    turn = await ask(conversations, 1, "hello")
    await answer(conversations, turn, text, state)
    history = await conversations.history(turn.conversation_id)
    assert history[0].text == "hello"
    assert [(message.text, message.state) for message in history[1:]] == stored
    assert await conversations.turn_answered(1)


async def test_closing_a_turn_closes_its_update(conversations: Conversations, inbox: Inbox) -> None:
    await inbox.put([NewUpdate(1, "5", b"{}"), NewUpdate(2, "5", b"{}")])
    turn = await ask(conversations, 1, "hello")
    assert not await conversations.turn_answered(1)
    await answer(conversations, turn, "hi")
    assert await conversations.turn_answered(1)
    assert [update.update_id for update in await inbox.waiting()] == [2]


async def test_a_turn_is_answered_once(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "hello")
    await answer(conversations, turn, "hi")
    await answer(conversations, turn, "hi again")
    assert await said(conversations, turn) == [(Role.USER, "hello"), (Role.ASSISTANT, "hi")]


async def test_a_turn_that_failed_is_not_answered_later(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "hello")
    await answer(conversations, turn, "", AnswerState.FAILED)
    await answer(conversations, turn, "hi")
    assert await said(conversations, turn) == [(Role.USER, "hello")]


async def test_answer_and_update_are_stored_both_or_neither(conversations: Conversations, inbox: Inbox) -> None:
    await inbox.put([NewUpdate(1, "5", b"{}")])
    turn = await ask(conversations, 1, "hello")
    stray = Turn(turn.conversation_id + 1000, turn.message_id, 1, chat_id=5, person_id=9, text="hello")
    with pytest.raises(WriteFailed):
        await answer(conversations, stray, "hi")
    assert not await conversations.turn_answered(1)
    assert [update.update_id for update in await inbox.waiting()] == [1]


async def test_an_answer_stays_in_the_conversation_of_its_question(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "hello")
    new = await conversations.start_new(5)
    await answer(conversations, turn, "hi")
    assert await said(conversations, turn) == [(Role.USER, "hello"), (Role.ASSISTANT, "hi")]
    assert await conversations.history(new) == []


async def test_the_messages_of_an_answer_in_the_chat_are_kept(database: Database, conversations: Conversations) -> None:
    await answer(conversations, await ask(conversations, 1, "hello"), "hi")
    rows = await database.rows("test", select(messages.c.telegram_ids).order_by(messages.c.id))
    assert [row.telegram_ids for row in rows] == [[], [101, 102]]


async def test_characters_that_a_database_refuses_lose_no_answer(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "nul\x00")
    await answer(conversations, turn, "half \ud83d of a pair")
    assert await said(conversations, turn) == [(Role.USER, "nul"), (Role.ASSISTANT, "half ? of a pair")]


async def test_topics_do_not_mix(conversations: Conversations) -> None:
    turn = await ask(conversations, 1, "in the topic", thread_id=7)
    assert turn.conversation_id == await conversations.current(5, 7)
    assert await conversations.history(await conversations.current(5)) == []
