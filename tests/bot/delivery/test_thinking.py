"""Thoughts are shown while they come to who wants them, folded away at the end, and never a part of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.delivery.answer import deliver_answer
from bot.delivery.live import final_pieces
from bot.delivery.thinking import Thinking, Thoughts, folded, folded_html
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerReplaced,
    AnswerRetracted,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
)
from tests.bot.delivery.clocks import VirtualClock
from tests.bot.delivery.conftest import CHAT, Stage
from tests.bot.delivery.test_answer import Record, Words, completed, told
from tests.bot.delivery.test_split import check_nesting

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"


async def thinking_for(clock: VirtualClock, *events: AnswerEvent, seconds: float) -> AsyncIterator[AnswerEvent]:
    for event in events:
        yield event
        if isinstance(event, AnswerThinking):
            await clock.sleep(seconds)


async def test_who_does_not_want_thoughts_sees_only_for_how_long_it_has_been_thought() -> None:
    record, clock = Record(), VirtualClock()
    events = thinking_for(
        clock, AnswerThinking("first"), AnswerThinking("second"), AnswerText("a"), completed("a"), seconds=5
    )
    await clock.run(deliver_answer(events, record, Words(), clock=clock))
    assert record.frames == [("", "thinking 0"), ("", "thinking 5"), ("a", "")]
    assert record.thoughts == ["", "", ""]
    assert record.folded is None


async def test_who_wants_thoughts_sees_them_and_finds_them_folded_with_their_duration() -> None:
    record, clock = Record(), VirtualClock()
    events = thinking_for(
        clock, AnswerThinking("one "), AnswerThinking("two"), AnswerText("a"), completed("a"), seconds=5
    )
    await clock.run(deliver_answer(events, record, Words(), show_thinking=True, clock=clock))
    assert record.thoughts == ["one ", "one two", ""]
    assert record.folded == Thoughts("thought 10", "one two")
    assert record.final == ("a", "")


async def test_text_that_turns_out_to_be_reasoning_is_moved_to_the_thoughts() -> None:
    record = Record()
    events = told(AnswerText("I wonder"), AnswerRetracted(), AnswerText("42"), completed("42"))
    await deliver_answer(events, record, Words(), show_thinking=True)
    assert record.folded == Thoughts("thought 0", "I wonder")
    assert record.final == ("42", "")


async def test_the_thoughts_of_an_answer_that_broke_off_go_with_it() -> None:
    record = Record()
    events = told(AnswerThinking("old"), AnswerReplaced(), AnswerThinking("new"), completed("text"))
    await deliver_answer(events, record, Words(), show_thinking=True)
    assert record.folded == Thoughts("thought 0", "new")


async def test_an_answer_that_is_stopped_while_it_is_thought_keeps_its_thoughts() -> None:
    record = Record()
    await deliver_answer(told(AnswerThinking("hm"), AnswerStopped("")), record, Words(), show_thinking=True)
    assert record.folded == Thoughts("thought 0", "hm")
    assert record.final == ("", "stopped")


async def test_a_classic_draft_shows_the_last_thoughts_as_a_quote(stage: Stage) -> None:
    async with stage.open() as delivery:
        await delivery.show("", status="Thinking… 4 s", thoughts="Let me see.\n\nTwo and two…")
        await stage.until_called("sendMessageDraft")
        (draft,) = stage.playground.drafts(CHAT)
        assert draft.text == "Thinking… 4 s\nLet me see.\nTwo and two…"
        assert [(entity["type"], entity["offset"]) for entity in draft.entities] == [("blockquote", 14)]
        await delivery.finish("4")
    assert stage.texts() == ["4"]


async def test_a_rich_draft_shows_thoughts_in_a_thinking_block_and_then_tables(stage: Stage) -> None:
    async with stage.open(rich=True) as delivery:
        await delivery.show("", status="Thinking… 4 s", thoughts="Let me see")
        await stage.until_called("sendRichMessageDraft")
        (draft,) = stage.playground.drafts(CHAT)
        assert [block["type"] for block in draft.blocks or ()] == ["thinking"]
        await delivery.show(TABLE)
        await stage.until_called("sendRichMessageDraft", 2)
        await stage.clock.sleep(2)
        (draft,) = stage.playground.drafts(CHAT)
        assert [block["type"] for block in draft.blocks or ()] == ["table"]
        await delivery.finish(TABLE, thoughts=Thoughts("Thought for 4 s", "Let me <see>\n\nand so on"))
    (message,) = stage.playground.messages(CHAT)
    assert [block["type"] for block in message.blocks or ()] == ["expandable_blockquote", "table"]
    assert message.text.startswith("Thought for 4 s\nLet me <see>\nand so on")


@pytest.mark.parametrize("unknown", [True, False])
async def test_a_refused_rich_draft_becomes_a_classic_one(stage: Stage, unknown: bool) -> None:
    if unknown:
        stage.playground.faults.unknown("sendRichMessageDraft")
    else:
        stage.playground.faults.fail("sendRichMessageDraft")
    async with stage.open(rich=True) as delivery:
        for count in range(3):
            await delivery.show("", status="Thinking", thoughts=f"thought {count}")
            await stage.until_called("sendMessageDraft", count + 1)
    assert len(stage.calls("sendRichMessageDraft")) == 1


async def test_a_group_sees_the_thoughts_fold_in_the_same_message(stage: Stage) -> None:
    async with stage.open(private=False) as delivery:
        await delivery.show("", status="Thinking", thoughts="Let me see")
        await stage.until_called("sendMessage")
        await delivery.finish("four", thoughts=Thoughts("Thought for 4 s", "Let me see"))
    (message,) = stage.playground.messages(CHAT)
    assert message.text == "Thought for 4 s\nLet me see\n\nfour"
    assert [entity["type"] for entity in message.entities] == ["expandable_blockquote", "bold"]


async def test_through_the_events_thoughts_never_reach_the_answer(stage: Stage) -> None:
    async def events() -> AsyncIterator[AnswerEvent]:
        yield AnswerStarted()
        for word in ("secret ", "musing"):
            yield AnswerThinking(word)
            await asyncio.sleep(0.02)
        yield AnswerText("answer")
        yield completed("answer")

    async with stage.open() as delivery:
        delivered = await deliver_answer(events(), delivery, Words(), clock=stage.clock)
    assert isinstance(delivered.outcome, AnswerCompleted)
    assert stage.texts() == ["answer"]
    assert "musing" not in str([call.params for call in stage.playground.calls])


@pytest.mark.parametrize(
    "text", ["word " * 20_000, "x" * 50_000, "**bold** `code` > quote\n\n> deep\n\n```\npre\n```\n" * 90]
)
def test_long_thoughts_keep_their_beginning_and_their_end(text: str) -> None:
    quote = folded(Thoughts("Thought", text))
    check_nesting(quote)
    assert quote.units < 2100
    assert "[…]" in quote.text
    assert quote.text.split("\n")[1][:3] == "".join(char for char in text[:9] if char not in "*`> ")[:3]
    assert quote.marks[0].kind == "expandable_blockquote"
    assert quote.marks[0].length == quote.units


def test_thoughts_of_any_kind_do_not_touch_the_answer_below() -> None:
    thoughts = Thoughts("Thought", "```\nnever closed **bold <b> | a | $x")
    (piece,) = final_pieces("the **answer**", "", thoughts)
    check_nesting(piece)
    assert piece.text.endswith("\n\nthe answer")
    assert "never closed **bold <b> | a | $x" in piece.text
    assert folded_html(thoughts).count("<") == 5, "its own tags and one line break"


def test_the_thoughts_in_a_frame_stay_short_and_begin_at_a_word() -> None:
    thinking = Thinking(VirtualClock())
    for number in range(5000):
        thinking.grow(f"word{number} ")
        assert len(thinking.recent) <= 701
    assert thinking.recent.startswith("…word")
    assert thinking.recent.endswith("word4999 ")
    assert thinking.text.startswith("word0 ")
