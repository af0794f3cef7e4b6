"""Branches, other answers and edits: what counts of a conversation after any of them, and in which order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.clock import SystemClock
from llm.types import Role
from storage import (
    Answers,
    AnswerState,
    Conversations,
    Database,
    Part,
    Summaries,
    Summary,
    Turn,
    joined,
    open_database,
)

CHAT = 5


@dataclass
class Talk:
    """A chat with its numbers; each answer is one Telegram message."""

    conversations: Conversations
    summaries: Summaries
    answers: Answers
    numbers: int = 0

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    async def ask(self, text: str, *, follows: int | None = None) -> tuple[Turn, int]:
        telegram_id = self.number()
        turn = await self.conversations.open_turn(
            chat_id=CHAT,
            person_id=9,
            update_id=self.number(),
            text=text,
            parts=[Part(telegram_id, text)],
            follows=follows,
        )
        return turn, telegram_id

    async def answer(self, turn: Turn, text: str, state: AnswerState = AnswerState.COMPLETE) -> int:
        telegram_id = self.number()
        await self.conversations.close_turn(turn, text=text, model="m", state=state, telegram_ids=(telegram_id,))
        return telegram_id

    async def exchange(self, question: str, answer: str, *, follows: int | None = None) -> tuple[int, int]:
        turn, asked = await self.ask(question, follows=follows)
        return asked, await self.answer(turn, answer)

    async def again(self) -> Turn | None:
        return await self.conversations.reopen_turn(chat_id=CHAT, person_id=9, update_id=self.number())

    async def edit(self, telegram_id: int, text: str) -> Turn | None:
        return await self.conversations.edit_said(
            Part(telegram_id, text), chat_id=CHAT, person_id=9, update_id=self.number()
        )

    async def said(self) -> list[str]:
        history = await self.conversations.history(await self.conversations.current(CHAT))
        return [message.text for message in history]

    async def summary(self) -> Summary | None:
        return await self.summaries.of(await self.conversations.current(CHAT))

    async def sum_up(self, exchanges: int) -> None:
        """Keep a summary of so many exchanges."""
        conversation_id = await self.conversations.current(CHAT)
        history = await self.conversations.history(conversation_id)
        await self.summaries.keep(conversation_id, Summary("notes", history[2 * exchanges - 1].id))


def talk_in(database: Database, clock: SystemClock) -> Talk:
    return Talk(Conversations(database, clock), Summaries(database, clock), Answers(database, clock))


@pytest.fixture
def talk(database: Database, clock: SystemClock) -> Talk:
    return talk_in(database, clock)


async def test_a_reply_to_an_older_answer_ends_the_history_there(talk: Talk) -> None:
    _, first = await talk.exchange("q1", "a1")
    await talk.exchange("q2", "a2")
    await talk.exchange("q3", "a3", follows=first)
    assert await talk.said() == ["q1", "a1", "q3", "a3"]


async def test_a_branch_that_was_left_can_be_taken_up_again(talk: Talk) -> None:
    _, first = await talk.exchange("q1", "a1")
    _, second = await talk.exchange("q2", "a2")
    await talk.exchange("q3", "a3", follows=first)
    await talk.exchange("q4", "a4", follows=second)
    assert await talk.said() == ["q1", "a1", "q2", "a2", "q4", "a4"]


async def test_a_reply_to_what_is_no_answer_of_the_chat_goes_on_at_the_end(talk: Talk) -> None:
    asked, _ = await talk.exchange("q1", "a1")
    await talk.exchange("q2", "a2")
    await talk.exchange("q3", "a3", follows=asked)
    await talk.exchange("q4", "a4", follows=10**9)
    assert await talk.said() == ["q1", "a1", "q2", "a2", "q3", "a3", "q4", "a4"]


async def test_another_answer_replaces_the_one_that_there_is_when_it_is_there(talk: Talk) -> None:
    await talk.exchange("q1", "a1")
    turn = await talk.again()
    assert turn is not None
    assert await talk.said() == ["q1", "a1"]
    await talk.answer(turn, "b1")
    assert await talk.said() == ["q1", "b1"]
    versions = await talk.answers.of(turn.message_id)
    assert [(one.text, one.replaced) for one in versions] == [("a1", True), ("b1", False)]


async def test_another_answer_that_fails_replaces_nothing(talk: Talk) -> None:
    await talk.exchange("q1", "a1")
    for text in ("", "half of"):
        turn = await talk.again()
        assert turn is not None
        await talk.answer(turn, text, AnswerState.FAILED)
    assert [text for text in await talk.said() if text != "half of"] == ["q1", "a1"]


async def test_a_replaced_answer_can_be_gone_on_from(talk: Talk) -> None:
    _, first = await talk.exchange("q1", "a1")
    turn = await talk.again()
    assert turn is not None
    await talk.answer(turn, "b1")
    await talk.exchange("q2", "a2", follows=first)
    assert await talk.said() == ["q1", "a1", "q2", "a2"]


async def test_an_update_reopens_a_turn_once_and_gets_it_again_after_a_restart(talk: Talk) -> None:
    await talk.exchange("q1", "a1")
    turn = await talk.conversations.reopen_turn(chat_id=CHAT, person_id=9, update_id=77)
    assert turn is not None
    assert not await talk.conversations.turn_answered(77)
    assert await talk.conversations.reopen_turn(chat_id=CHAT, person_id=9, update_id=77, message_id=1) == turn
    await talk.answer(turn, "b1")
    await talk.answer(turn, "c1")
    assert await talk.conversations.turn_answered(77)
    assert await talk.said() == ["q1", "b1"]


async def test_only_the_newest_question_is_answered_again(talk: Talk) -> None:
    assert await talk.again() is None
    first, _ = await talk.ask("q1")
    await talk.answer(first, "a1")
    await talk.exchange("q2", "a2")
    again = talk.conversations.reopen_turn(chat_id=CHAT, person_id=9, update_id=99, message_id=first.message_id)
    assert await again is None


async def test_an_edit_of_the_newest_question_reopens_it_without_its_answer(talk: Talk) -> None:
    asked, _ = await talk.exchange("q1", "a1")
    turn = await talk.edit(asked, "Q1")
    assert turn is not None
    assert turn.text == "Q1"
    assert await talk.said() == ["Q1"]
    await talk.answer(turn, "b1")
    assert await talk.said() == ["Q1", "b1"]


async def test_an_edit_of_an_older_question_changes_the_history(talk: Talk) -> None:
    asked, _ = await talk.exchange("q1", "a1")
    await talk.exchange("q2", "a2")
    assert await talk.edit(asked, "Q1") is None
    assert await talk.said() == ["Q1", "a1", "q2", "a2"]


async def test_an_edit_that_changes_nothing_is_none(talk: Talk) -> None:
    asked, answered = await talk.exchange("q1", "a1")
    assert await talk.edit(asked, "q1") is None
    assert await talk.edit(answered, "forged") is None
    assert await talk.edit(12345, "unknown") is None
    assert await talk.said() == ["q1", "a1"]


async def test_a_summary_is_dropped_when_what_it_covers_has_changed(talk: Talk) -> None:
    first, _ = await talk.exchange("q1", "a1")
    second, _ = await talk.exchange("q2", "a2")
    await talk.exchange("q3", "a3")
    await talk.sum_up(1)
    await talk.edit(second, "Q2")
    assert await talk.summary() is not None
    await talk.edit(first, "Q1")
    assert await talk.summary() is None


async def test_a_summary_stays_on_a_branch_that_begins_behind_it_only(talk: Talk) -> None:
    _, first = await talk.exchange("q1", "a1")
    _, second = await talk.exchange("q2", "a2")
    await talk.exchange("q3", "a3")
    await talk.sum_up(1)
    await talk.exchange("q4", "a4", follows=second)
    assert await talk.summary() is not None
    await talk.sum_up(2)
    await talk.exchange("q5", "a5", follows=first)
    assert await talk.summary() is None


async def test_a_summary_of_what_has_changed_meanwhile_is_not_kept(talk: Talk) -> None:
    asked, _ = await talk.exchange("q1", "a1")
    await talk.exchange("q2", "a2")
    conversation_id = await talk.conversations.current(CHAT)
    revision = await talk.summaries.revision(conversation_id)
    await talk.edit(asked, "Q1")
    assert not await talk.summaries.keep(conversation_id, Summary("old", 2), revision=revision)
    now = await talk.summaries.revision(conversation_id)
    assert await talk.summaries.keep(conversation_id, Summary("new", 2), revision=now)


async def test_a_part_of_what_was_said_at_a_stretch_is_edited_alone(talk: Talk) -> None:
    parts = [Part(1001, "one"), Part(1002, "two", "quoted")]
    text, context = joined(parts)
    turn = await talk.conversations.open_turn(
        chat_id=CHAT, person_id=9, update_id=500, text=text, context=context, parts=parts, joined=(501,)
    )
    assert (await talk.conversations.open_turn(chat_id=CHAT, person_id=9, update_id=500, text="x")) == turn
    await talk.answer(turn, "a")
    edited = await talk.edit(1001, "ONE")
    assert edited is not None
    assert (edited.text, edited.context) == ("ONE\n\ntwo", "quoted")


async def test_reactions_are_kept_one_of_each_person_and_taken_back(talk: Talk) -> None:
    turn, asked = await talk.ask("q1")
    answered = talk.number()
    await talk.conversations.close_turn(
        turn, text="a1", model="m", state=AnswerState.COMPLETE, telegram_ids=(answered,), request_id=42
    )

    async def react(good: bool | None, telegram_id: int = answered) -> int | None:
        return await talk.answers.react(chat_id=CHAT, telegram_id=telegram_id, person_id=9, good=good)

    assert [await react(good) for good in (True, True, False, None, None, True)] == [42, None, 42, None, None, 42]
    assert await react(True, asked) is None


# Any order of these, against a plain tree


@dataclass
class Node:
    question: str
    answers: list[tuple[str, int]] = field(default_factory=list)
    parent: tuple[Node, str] | None = None
    asked: int = 0

    def path(self, answer: str) -> list[str]:
        before = self.parent[0].path(self.parent[1]) if self.parent is not None else []
        return [*before, self.question, answer]


ACTS = st.lists(st.tuples(st.sampled_from(["ask", "reply", "again", "edit"]), st.integers(0, 30)), max_size=14)


@settings(max_examples=40)
@given(ACTS)
def test_whatever_is_done_the_history_is_the_way_to_the_newest_answer(acts: list[tuple[str, int]]) -> None:
    asyncio.run(_act_out(acts))


async def _act_out(acts: list[tuple[str, int]]) -> None:
    clock = SystemClock()
    with TemporaryDirectory() as folder:
        async with open_database(f"sqlite+aiosqlite:///{Path(folder)}/bot.db", clock) as database:
            talk = talk_in(database, clock)
            nodes: list[Node] = []
            at: tuple[Node, str] | None = None
            for number, (act, choice) in enumerate(acts):
                at = await _do(talk, nodes, at, act, choice, number)
                assert await talk.said() == (at[0].path(at[1]) if at is not None else [])
                roles = [one.role for one in await talk.conversations.history(1)]
                assert roles == [Role.USER, Role.ASSISTANT] * (len(roles) // 2)
                exported = await talk.conversations.part(1)
                assert [one.text for one in exported] == await talk.said()


async def _do(
    talk: Talk, nodes: list[Node], at: tuple[Node, str] | None, act: str, choice: int, number: int
) -> tuple[Node, str] | None:
    answer = f"a{number}"
    if act in {"again", "edit"} and at is None:
        return None
    if act == "again" and at is not None:
        turn = await talk.again()
        assert turn is not None
        at[0].answers.append((answer, await talk.answer(turn, answer)))
        return at[0], answer
    if act == "edit":
        node = nodes[choice % len(nodes)]
        node.question = f"Q{number}"
        turn = await talk.edit(node.asked, node.question)
        assert at is not None
        assert (turn is not None) == (node is at[0])
        if turn is None:
            return at
        node.answers.append((answer, await talk.answer(turn, answer)))
        return node, answer
    if act == "reply" and nodes:
        before = nodes[choice % len(nodes)]
        text, telegram_id = before.answers[choice % len(before.answers)]
        at = before, text
        turn, asked = await talk.ask(f"q{number}", follows=telegram_id)
    else:
        turn, asked = await talk.ask(f"q{number}")
    node = Node(f"q{number}", parent=at, asked=asked)
    nodes.append(node)
    node.answers.append((answer, await talk.answer(turn, answer)))
    return node, answer
