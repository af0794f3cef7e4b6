"""A person talks with a real model through the whole bot."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.playground.values import Draft
from llm.errors import FailureKind
from llm.types import Task
from storage import AnswerState
from tests.e2e.conftest import ADMIN, ME, House
from tests.e2e.talk import until
from tests.engine.conftest import OpenBot
from tests.engine.engine import CONTEXT, MODEL, Engine
from tests.engine.stored import answers, notes, requests

pytestmark = pytest.mark.engine

ENDLESS = "Say banana forever"
TOO_LONG = "A long story about a house. " * 140


async def test_conversation_is_remembered(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        await house.say(ME, "My name is Boris")
        [answer] = await house.say(ME, "What is my name?")
        assert "Boris" in answer


async def test_conversation_is_remembered_after_restart(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        await house.say(ME, "My name is Boris")
    async with bot(engine) as house:
        [answer] = await house.say(ME, "What is my name?")
        assert "Boris" in answer


async def test_new_conversation_knows_nothing_of_the_old_one(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        await house.say(ME, "My name is Boris")
        await house.say(ME, "/new")
        [answer] = await house.say(ME, "What is my name?")
        assert "Boris" not in answer


async def test_people_do_not_share_a_conversation(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        await asyncio.gather(house.say(ME, "My name is Boris"), house.say(ADMIN, "My name is Anna"))
        [mine], [admins] = await asyncio.gather(house.say(ME, "What is my name?"), house.say(ADMIN, "What is my name?"))
        assert "Boris" in mine
        assert "Anna" in admins


async def test_answer_grows_in_drafts_before_it_is_sent(bot: OpenBot, engine: Engine):
    async with bot(engine) as house, engine.slowed():
        [answer] = await house.say(ME, ENDLESS, within=30)
        drafts = [str(call.params.get("text") or "") for call in house.page.called("sendMessageDraft")]
        shown = [draft for draft in drafts if draft]
        assert len(shown) >= 2
        assert all(later.startswith(earlier.rstrip("…")) for earlier, later in pairwise(shown))
        assert len(answer) > len(shown[-1]) > len(shown[0])
        assert house.page.drafts(ME) == []


async def test_answer_that_fills_the_context_is_marked_as_cut_off(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        [answer] = await house.say(ME, ENDLESS)
        assert "length limit" in answer
        [row] = await requests(house)
        assert row.prompt_tokens + row.completion_tokens == CONTEXT


async def test_stop_ends_the_work_of_the_server_and_keeps_what_there_was(bot: OpenBot, engine: Engine):
    async with bot(engine) as house, engine.slowed():
        house.page.say(ME, ENDLESS)
        draft = await growing_draft(house)
        assert await engine.busy_slots() == 1
        house.page.stop(ME, draft.draft_id)
        await house.page.wait_for(lambda: house.texts(ME))
        await engine.wait_idle(within=1)
        [answer] = house.texts(ME)
        assert "banana" in answer
        assert answer.endswith("Stopped.")
        # What a person sees is shown first and written down a moment later.
        await until(lambda: answers(house), within=10)
        [row] = await answers(house)
        assert row.state is AnswerState.STOPPED
        assert answer.startswith(row.text.strip())
        [request] = await requests(house)
        assert request.failure is FailureKind.CANCELLED


async def test_conversation_goes_on_after_stop(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        async with engine.slowed():
            house.page.say(ME, ENDLESS)
            draft = await growing_draft(house)
            house.page.stop(ME, draft.draft_id)
            await house.page.wait_for(lambda: house.texts(ME))
        [answer] = await house.say(ME, "Reply with exactly the word PONG")
        assert "Stopped." not in answer


async def test_too_long_message_is_read_in_part_and_the_answer_says_so(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        [answer] = await house.say(ME, TOO_LONG)
        assert "too long" in answer
        [row] = await requests(house)
        assert (row.model, row.failure) == (MODEL, None)
        assert CONTEXT // 4 < row.prompt_tokens < CONTEXT
        await house.say(ME, "/new")
        assert await house.say(ME, "Reply with exactly the word PONG") == ["PONG"]


async def test_shorter_message_after_a_too_long_one_is_answered(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        await house.say(ME, TOO_LONG)
        [answer] = await house.say(ME, "Reply with exactly the word PONG")
        assert "too long" not in answer


async def test_long_conversation_is_fitted_into_the_context(bot: OpenBot, engine: Engine):
    saying = "Tell me a story about a small house. " * 10
    async with bot(engine) as house:
        for _ in range(5):
            await house.say(ME, saying)
        rows = [row for row in await requests(house) if row.task is Task.CHAT]
        assert [row.failure for row in rows] == [None] * 5
        assert rows[0].prompt_tokens * 5 > CONTEXT > rows[-1].prompt_tokens > rows[0].prompt_tokens


async def test_long_conversation_is_summed_up_behind_the_answers(bot: OpenBot, engine: Engine):
    async with bot(engine) as house:
        for number in range(4):
            await house.say(ME, f"My house has the number {number}. " * 10)
        await until(lambda: notes(house), within=20)
        [row] = await notes(house)
        assert row.text.strip()
        assert [one.failure for one in await requests(house) if one.task is Task.CHAT] == [None] * 4


async def growing_draft(house: House) -> Draft:
    """The draft of an answer, once there is something to read in it."""
    await house.page.wait_for(lambda: any("banana" in draft.text for draft in house.page.drafts(ME)), timeout=8)
    [draft] = house.page.drafts(ME)
    return draft
