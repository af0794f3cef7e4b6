"""What is summed up of a conversation, when, in which pieces, and for whom it gives way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from bot.conversation import dialogue, messages_for
from bot.summaries import FULL_SHARE, MOST_GIVEN_WAY, MOST_MESSAGES, MOST_NOTES, RollingSummaries
from llm.clock import SystemClock
from llm.errors import NoModelAvailable
from llm.tasks.augmentation import Augmenter
from llm.tokens import TokenEstimator
from llm.types import ChatResult, ContextUse, FinishReason, Message, Role
from storage import AnswerState, Conversations, StoredMessage, Summaries, open_database
from tests.e2e.talk import until

ROOM = 1000
SENTENCE = "The roses in the garden want water in the evening. "


@dataclass
class Notes:
    """Stands in for the augmenter: notes are the numbers of what was said; may be held up, or fail."""

    orders: list[tuple[str, list[Message]]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False
    text: str = ""
    cancelled: int = 0

    async def notes(self, before: str, said: Sequence[Message], *, words: int, at_home: bool = False) -> str:
        self.orders.append((before, list(said)))
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise NoModelAvailable("away")
        return self.text or f"{before} {len(self.orders)}".strip()


@dataclass
class Desk:
    conversations: Conversations
    summaries: Summaries
    notes: Notes
    rolling: RollingSummaries
    updates: int = 0
    id: int = 0

    async def exchange(self, question: str, answer: str, state: AnswerState = AnswerState.COMPLETE) -> None:
        self.updates += 1
        turn = await self.conversations.open_turn(chat_id=1, person_id=1, update_id=self.updates, text=question)
        await self.conversations.close_turn(turn, text=answer, model="m", state=state)
        self.id = turn.conversation_id

    def look(self, *, taken: int = ROOM, left_out: int = 0, messages: int = 9) -> None:
        use = ContextUse(taken, ROOM, messages, left_out)
        self.rolling.look(self.id, ChatResult("", FinishReason.STOP, "m", 1.0, context_use=use))

    async def rest(self) -> None:
        await asyncio.gather(*self.rolling._tasks.values(), return_exceptions=True)
        await asyncio.sleep(0)

    async def history(self) -> list[StoredMessage]:
        kept = await self.summaries.of(self.id)
        return await self.conversations.history(self.id, after_message_id=kept.message_id if kept else 0)


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    clock, notes = SystemClock(), Notes()
    async with open_database(f"sqlite+aiosqlite:///{folder}/bot.db", clock) as database:
        conversations, summaries = Conversations(database, clock), Summaries(database, clock)
        async with RollingSummaries(conversations, summaries, cast(Augmenter, notes)) as rolling:
            yield Desk(conversations, summaries, notes, rolling)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        opened.notes.open.set()
        yield opened


async def fill(desk: Desk, exchanges: int = 12) -> None:
    for number in range(exchanges):
        await desk.exchange(f"question {number} {SENTENCE * 8}", f"answer {number}")


@pytest.mark.parametrize(
    ("use", "due"),
    [
        ({"taken": int(ROOM * FULL_SHARE) - 1}, False),
        ({"taken": int(ROOM * FULL_SHARE)}, True),
        ({"taken": 10, "left_out": 2}, True),
        ({"taken": 10, "messages": MOST_MESSAGES}, True),
    ],
    ids=["room enough", "nearly full", "something did not fit", "too many to be read"],
)
async def test_a_conversation_is_summed_up_before_it_is_forgotten(desk: Desk, use: dict[str, int], due: bool) -> None:
    await fill(desk)
    desk.look(**use)
    await desk.rest()
    assert bool(desk.notes.orders) is due


async def test_the_newest_exchange_is_never_summed_up_however_long(desk: Desk) -> None:
    await desk.exchange("first", "short")
    await desk.exchange(SENTENCE * 500, "an answer")
    desk.look(left_out=2)
    await desk.rest()
    assert [[one.text for one in said] for _, said in desk.notes.orders] == [["first", "short"]]
    desk.look(left_out=0)
    await desk.rest()
    assert len(desk.notes.orders) == 1, "and there is nothing more to do"


async def test_what_did_not_fit_is_summed_up_whatever_is_estimated(desk: Desk) -> None:
    for number in range(6):
        await desk.exchange(f"q{number}", f"a{number}")
    desk.look(taken=10, left_out=5)
    await desk.rest()
    assert [one.text for one in desk.notes.orders[0][1]] == ["q0", "a0", "q1", "a1", "q2", "a2"]


async def test_answers_that_failed_are_no_part_of_it_and_are_not_come_back_to(desk: Desk) -> None:
    await desk.exchange("q0", "half", AnswerState.FAILED)
    await desk.exchange("q1", "a1")
    await desk.exchange("q2", "a2")
    desk.look(left_out=1)
    await desk.rest()
    assert [one.text for one in desk.notes.orders[0][1]] == ["q0"]
    turn = await desk.conversations.open_turn(chat_id=1, person_id=1, update_id=100, text="now")
    note, *said = await messages_for(desk.conversations, turn, desk.summaries)
    assert (note.role, note.pinned) == (Role.SYSTEM, True)
    assert [one.text for one in said] == ["q1", "a1", "q2", "a2", "now"]


async def test_a_long_message_loses_its_middle_and_not_its_turn(desk: Desk) -> None:
    await desk.exchange(f"Begin. {SENTENCE * 2000} The end.", "a0")
    await desk.exchange("q1", "a1")
    desk.look(left_out=2)
    await desk.rest()
    [(_, [question, answer])] = desk.notes.orders
    assert question.text.startswith("Begin. ")
    assert question.text.endswith(" The end.")
    assert len(question.text) < 1000
    assert answer.text == "a0"


async def test_notes_that_run_on_are_cut(desk: Desk) -> None:
    desk.notes.text = "x" * 10 * MOST_NOTES
    await fill(desk)
    desk.look(left_out=2)
    await desk.rest()
    kept = await desk.summaries.of(desk.id)
    assert kept is not None
    assert len(kept.text) == MOST_NOTES


async def test_a_failure_keeps_what_was_done_before_and_is_tried_again(desk: Desk) -> None:
    await fill(desk)
    desk.notes.fails = True
    desk.look()
    await desk.rest()
    assert await desk.summaries.of(desk.id) is None
    desk.notes.fails = False
    desk.look()
    await desk.rest()
    assert await desk.summaries.of(desk.id) is not None


async def begun(desk: Desk, orders: int) -> None:
    async def there() -> bool:
        return len(desk.notes.orders) >= orders

    await until(there)


async def test_a_conversation_is_summed_up_once_at_a_time(desk: Desk) -> None:
    await fill(desk)
    desk.notes.open.clear()
    for _ in range(3):
        desk.look()
    await begun(desk, 1)
    await asyncio.sleep(0.05)
    assert len(desk.notes.orders) == 1


async def test_it_gives_way_to_the_person_but_not_for_ever(desk: Desk) -> None:
    await fill(desk)
    desk.notes.open.clear()
    for number in range(MOST_GIVEN_WAY):
        desk.look()
        await begun(desk, number + 1)
        desk.rolling.give_way(desk.id)
        await desk.rest()
        assert desk.notes.cancelled == number + 1
    desk.look()
    await begun(desk, MOST_GIVEN_WAY + 1)
    desk.rolling.give_way(desk.id)
    desk.notes.open.set()
    await desk.rest()
    assert desk.notes.cancelled == MOST_GIVEN_WAY
    assert await desk.summaries.of(desk.id) is not None


async def test_nobody_else_has_to_give_way(desk: Desk) -> None:
    await fill(desk)
    desk.notes.open.clear()
    desk.look()
    await begun(desk, 1)
    desk.rolling.give_way(desk.id + 1)
    desk.notes.open.set()
    await desk.rest()
    assert desk.notes.cancelled == 0


async def test_nothing_outlives_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await fill(desk)
        desk.look()
        await begun(desk, 1)
    assert desk.notes.cancelled == 1


@pytest.mark.parametrize("seed", range(12))
async def test_everything_is_either_noted_once_or_still_there(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    estimator = TokenEstimator()
    number = 0
    for _ in range(chance.randint(3, 12)):
        for _ in range(chance.randint(1, 6)):
            state = chance.choice([AnswerState.COMPLETE] * 4 + [AnswerState.STOPPED, AnswerState.FAILED])
            answer = "" if chance.random() < 0.1 else f"<a{number}> {SENTENCE * chance.randint(0, 20)}"
            await desk.exchange(f"<q{number}> {SENTENCE * chance.choice([0, 1, 5, 30])}", answer, state)
            number += 1
        said = len(await desk.history())
        desk.look(left_out=chance.choice([0, 0, chance.randint(0, max(0, said - 2))]), messages=said)
        await desk.rest()
    everything = dialogue(await desk.conversations.history(desk.id, limit=10_000))
    noted = [one for _, said in desk.notes.orders for one in said]
    left = dialogue(await desk.history())
    marks = [one.text.split()[0] for one in everything]
    assert [one.text.split()[0] for one in noted] + [one.text.split()[0] for one in left] == marks
    assert left[0].role is Role.USER
    for (before, piece), order in zip(desk.notes.orders, range(len(noted)), strict=False):
        assert piece[0].role is Role.USER
        assert sum(map(estimator.cost, piece)) < ROOM
        assert before.split() == [str(one) for one in range(1, order + 1)], "each goes on from the one before"
