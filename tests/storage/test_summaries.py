"""Summaries: one for each conversation, and never one that goes less far than what there was."""

from __future__ import annotations

import pytest

from llm.clock import SystemClock
from storage import Conversations, Database, Summaries, Summary, WriteFailed


@pytest.fixture
def summaries(database: Database, clock: SystemClock) -> Summaries:
    return Summaries(database, clock)


async def test_a_conversation_begins_without_one(summaries: Summaries, conversations: Conversations) -> None:
    assert await summaries.of(await conversations.current(5)) is None


async def test_each_conversation_has_its_own(summaries: Summaries, conversations: Conversations) -> None:
    old = await conversations.current(5)
    assert await summaries.keep(old, Summary("Anna plants roses.\x00", 7))
    new = await conversations.start_new(5)
    assert await summaries.of(old) == Summary("Anna plants roses.", 7)
    assert await summaries.of(new) is None


async def test_one_that_goes_further_takes_the_place_and_no_other_does(
    summaries: Summaries, conversations: Conversations
) -> None:
    conversation = await conversations.current(5)
    assert await summaries.keep(conversation, Summary("first", 7))
    assert await summaries.keep(conversation, Summary("second", 9))
    for late in (Summary("late", 9), Summary("later", 3)):
        assert not await summaries.keep(conversation, late)
    assert await summaries.of(conversation) == Summary("second", 9)


async def test_how_much_no_longer_reaches_a_model_is_told_once(
    summaries: Summaries, conversations: Conversations
) -> None:
    turns = [
        await conversations.open_turn(chat_id=5, person_id=9, update_id=number, text=f"question {number}")
        for number in range(4)
    ]
    conversation = turns[0].conversation_id
    assert await summaries.tell_long(conversation, left_out=0) == 0
    assert await summaries.keep(conversation, Summary("notes", turns[1].message_id))
    assert await summaries.tell_long(conversation, left_out=1) == 3
    assert await summaries.tell_long(conversation, left_out=2) == 0
    assert await summaries.tell_long(await conversations.start_new(5), left_out=1) == 1


async def test_a_conversation_that_is_gone_gets_none(summaries: Summaries) -> None:
    with pytest.raises(WriteFailed):
        await summaries.keep(77, Summary("nobody's", 1))


async def test_a_history_can_begin_after_what_is_summed_up(conversations: Conversations) -> None:
    turns = [
        await conversations.open_turn(chat_id=5, person_id=9, update_id=number, text=f"question {number}")
        for number in range(4)
    ]
    found = await conversations.history(turns[0].conversation_id, after_message_id=turns[1].message_id)
    assert [message.text for message in found] == ["question 2", "question 3"]
