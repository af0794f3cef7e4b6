"""Groups: what is chosen for them, and their conversations under another id."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm.clock import SystemClock
from storage import Answers, AnswerState, Conversations, Database, Group, Groups, Part, open_database

OLD, NEW = -5, -1000000000005


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", SystemClock()) as database:
        yield database


async def test_a_group_is_as_all_are_until_something_is_chosen(database: Database) -> None:
    groups = Groups(database, SystemClock())
    assert await groups.get(OLD, "Family") == Group(OLD, "Family")
    chosen = Group(OLD, "Family", language="ru", quiet=True, replies=False, everybody=True, reactions=False)
    await groups.change(chosen)
    await groups.change(replace(chosen, quiet=False))
    assert await groups.get(OLD) == replace(chosen, quiet=False)
    await groups.forget(OLD)
    assert await groups.get(OLD, "Family") == Group(OLD, "Family")


async def test_a_moved_group_goes_on_where_it_was(database: Database) -> None:
    clock = SystemClock()
    groups, conversations, answers = Groups(database, clock), Conversations(database, clock), Answers(database, clock)
    await groups.change(Group(OLD, "Family", language="ru"))
    turn = await conversations.open_turn(
        chat_id=OLD, person_id=9, update_id=1, text="A: hello", parts=[Part(10, "A: hello")]
    )
    await conversations.close_turn(turn, text="hi", model="m", state=AnswerState.COMPLETE, telegram_ids=(11,))
    await groups.move(OLD, NEW)
    await groups.move(OLD, NEW)
    assert await groups.get(NEW) == Group(NEW, "Family", language="ru")
    assert await groups.get(OLD, "?") == Group(OLD, "?")
    assert await conversations.current(NEW) == turn.conversation_id
    assert await answers.last_shown(NEW) is None, "under the new id these numbers are others'"
    same = await conversations.edit_said(Part(10, "A: bye"), chat_id=NEW, person_id=9, update_id=2)
    assert same is None
    assert [one.text for one in await conversations.history(turn.conversation_id)] == ["A: hello", "hi"]


async def test_what_has_begun_under_the_new_id_stays_open(database: Database) -> None:
    clock = SystemClock()
    groups, conversations = Groups(database, clock), Conversations(database, clock)
    old, topic = await conversations.current(OLD), await conversations.current(OLD, 7)
    new = await conversations.current(NEW)
    await groups.change(Group(NEW, "Family", quiet=True))
    await groups.change(Group(OLD, "Family", language="ru"))
    await groups.move(OLD, NEW)
    assert await conversations.current(NEW) == new != old
    assert await conversations.current(NEW, 7) == topic
    assert await groups.get(NEW) == Group(NEW, "Family", quiet=True)
