"""What a chat sees while an answer is written: drafts in private chats, edits elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.delivery.answer import deliver_answer
from bot.events import AnswerCompleted, AnswerEvent, AnswerStarted, AnswerText, AnswerThinking
from llm.types import ChatResult, FinishReason
from tests.bot.delivery.conftest import CHAT, Stage
from tests.bot.delivery.test_answer import Words

STOP = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Stop", callback_data="stop")]])


async def grow(stage: Stage, text: str, *, seconds: float, **options: object) -> tuple[int, ...]:
    """Let a text grow word by word for so long, then finish it."""
    words = text.split(" ")
    async with stage.open(**options) as delivery:
        await delivery.show("")
        await stage.clock.sleep(1)
        for count in range(1, len(words) + 1):
            await delivery.show(" ".join(words[:count]))
            await stage.clock.sleep(seconds / len(words))
        ids: tuple[int, ...] = await delivery.finish(text)
        return ids


async def test_a_private_chat_sees_drafts_with_a_stop_button_and_then_one_message(stage: Stage) -> None:
    await grow(stage, "one **two** three four five", seconds=5)
    drafts = stage.calls("sendMessageDraft")
    assert "text" not in drafts[0].params
    assert len(drafts) >= 3
    assert len({call.params["draft_id"] for call in drafts}) == 1
    assert all(call.params["can_stop"] == "true" for call in drafts)
    assert stage.texts() == ["one two three four five"]
    assert stage.playground.called("editMessageText") == []


async def test_each_answer_has_a_draft_id_of_its_own(stage: Stage) -> None:
    for _ in range(3):
        await grow(stage, "text", seconds=1)
    ids = {int(str(call.params["draft_id"])) for call in stage.calls("sendMessageDraft")}
    assert len(ids) == 3
    assert 0 not in ids


async def test_no_draft_ever_comes_after_the_final_text(stage: Stage) -> None:
    for pause in (0.0, 0.05, 0.3, 0.7, 1.0, 1.1):
        async with stage.open() as delivery:
            for count in range(4):
                await delivery.show("x" * (count + 1))
                await stage.clock.sleep(pause)
            await delivery.finish("the end")
            await stage.clock.sleep(3)
        calls = stage.calls("sendMessageDraft", "sendMessage")
        assert calls[-1].method == "sendMessage"
        assert stage.playground.drafts(CHAT) == []


async def test_a_draft_that_hangs_does_not_hold_the_answer_for_long(stage: Stage) -> None:
    stage.playground.faults.hang("sendMessageDraft")
    async with stage.open() as delivery:
        await delivery.show("a")
        await stage.until_called("sendMessageDraft")
        began = stage.clock.monotonic()
        await delivery.finish("the end")
    assert stage.clock.monotonic() - began < 20
    assert stage.texts() == ["the end"]


async def test_a_silent_model_keeps_its_preview_for_a_minute(stage: Stage) -> None:
    async with stage.open() as delivery:
        await delivery.show("", status="loading the model")
        await stage.until_called("sendMessageDraft")
        for _ in range(60):
            await stage.clock.sleep(1)
            assert [draft.text for draft in stage.playground.drafts(CHAT)] == ["loading the model"]
        await delivery.finish("the end")
    assert len(stage.calls("sendMessageDraft")) <= 5


async def test_a_draft_whose_formatting_is_refused_is_shown_plain(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessageDraft", description="Bad Request: can't parse entities: on order")
    async with stage.open() as delivery:
        await delivery.show("**bold")
        await stage.until_called("sendMessageDraft", 2)
        await stage.clock.sleep(0.3)
        assert [draft.text for draft in stage.playground.drafts(CHAT)] == ["bold"]


async def test_half_written_markup_looks_finished_in_a_frame(stage: Stage) -> None:
    async with stage.open() as delivery:
        await delivery.show("see **bold\n\n```python\nx = 1")
        await stage.until_called("sendMessageDraft")
        await stage.clock.sleep(0.5)
        (draft,) = stage.playground.drafts(CHAT)
        assert draft.text == "see **bold\n\nx = 1"
        assert [entity["type"] for entity in draft.entities] == ["pre"]


async def test_a_server_that_does_not_know_drafts_gets_edits_from_then_on(stage: Stage) -> None:
    stage.playground.faults.unknown("sendMessageDraft", "sendRichMessage")
    ids = await grow(stage, "one two three four five", seconds=9, stop_markup=STOP)
    assert len(stage.calls("sendMessageDraft")) == 1
    assert stage.texts() == ["one two three four five"]
    assert stage.first_messages == list(ids)
    await grow(stage, "six seven", seconds=3)
    assert len(stage.calls("sendMessageDraft")) == 1
    assert stage.texts() == ["one two three four five", "six seven"]


async def test_drafts_that_keep_failing_are_replaced_by_edits_for_this_answer_only(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessageDraft", times=3, status=500, description="Internal Server Error")
    await grow(stage, "one two three four five", seconds=10)
    assert len(stage.calls("sendMessageDraft")) == 3
    assert stage.calls("editMessageText")
    assert stage.texts() == ["one two three four five"]
    await grow(stage, "six", seconds=2)
    assert len(stage.calls("sendMessageDraft")) > 3


async def test_429s_on_drafts_do_not_change_the_way(stage: Stage) -> None:
    stage.playground.faults.flood("sendMessageDraft", 3, times=4)
    await grow(stage, "one two three", seconds=20)
    assert len(stage.calls("sendMessageDraft")) >= 5
    assert stage.calls("editMessageText") == []


async def test_a_group_sees_one_message_that_grows_and_ends_without_its_stop_button(stage: Stage) -> None:
    text = " ".join(f"word{number}" for number in range(30))
    ids = await grow(stage, text, seconds=20, private=False, stop_markup=STOP)
    first = stage.calls("sendMessage")[0]
    assert "Stop" in str(first.params["reply_markup"])
    assert stage.texts() == [text]
    assert len(ids) == 1
    assert stage.first_messages == list(ids)
    assert all(message.markup is None for message in stage.playground.messages(CHAT))
    moments = [call.time for call in stage.calls("sendMessage", "editMessageText")]
    frames = moments[:-1]
    assert len(frames) >= 4
    assert all(later - earlier > 2.9 for earlier, later in pairwise(frames))


async def test_edits_of_a_long_answer_end_in_as_many_messages_as_it_needs(stage: Stage) -> None:
    text = "\n".join(f"line {number} " + "x" * 40 for number in range(250))
    ids = await grow(stage, text, seconds=30, private=False)
    assert len(ids) == 4
    assert "".join("".join(stage.texts()).split()) == "".join(text.split())


async def test_a_final_text_that_the_last_frame_already_showed_is_a_success(stage: Stage) -> None:
    async with stage.open(private=False) as delivery:
        await delivery.show("the end")
        await stage.until_called("sendMessage")
        ids = await delivery.finish("the end")
    assert len(ids) == 1
    assert stage.texts() == ["the end"]


async def test_a_frames_message_that_somebody_deleted_is_sent_anew(stage: Stage) -> None:
    async with stage.open(private=False) as delivery:
        await delivery.show("a")
        await stage.until_called("sendMessage")
        await stage.clock.sleep(0.5)
        await stage.bot.delete_message(CHAT, stage.first_messages[0])
        await delivery.show("ab")
        await stage.until_called("sendMessage", 2)
        ids = await delivery.finish("abc")
    assert stage.texts() == ["abc"]
    assert stage.first_messages[1] == ids[0]


async def test_a_group_that_is_held_before_the_first_frame_still_gets_the_answer(stage: Stage) -> None:
    stage.playground.faults.flood("sendMessage", 20)
    await grow(stage, "one two", seconds=3, private=False)
    assert stage.texts() == ["one two"]
    first, second = stage.calls("sendMessage")
    assert second.time - first.time >= 19.9


async def test_a_frame_of_a_group_whose_formatting_is_refused_is_shown_plain(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: can't parse entities: on order")
    async with stage.open(private=False) as delivery:
        await delivery.show("**bold**")
        await stage.until_called("sendMessage", 2)
        await stage.clock.sleep(0.5)
        assert stage.texts() == ["bold"]


async def test_something_is_seen_within_a_second_and_reading_never_waits_for_telegram(stage: Stage) -> None:
    stage.playground.faults.hang("sendMessageDraft")
    read_at: list[float] = []

    async def events() -> AsyncIterator[AnswerEvent]:
        yield AnswerStarted()
        yield AnswerThinking()
        for number in range(3000):
            yield AnswerText(f"{number} ")
        read_at.append(stage.clock.monotonic())
        await stage.until_called("sendMessageDraft")
        text = "".join(f"{number} " for number in range(3000))
        yield AnswerCompleted(ChatResult(text=text, finish_reason=FinishReason.STOP, model="m", elapsed_seconds=1.0))

    began = stage.clock.monotonic()
    async with stage.open() as delivery:
        delivered = await deliver_answer(events(), delivery, Words())
    assert read_at[0] - began < 10  # a tenth of a second of real time
    assert stage.calls("sendMessageDraft")[0].time - began < 10
    assert " ".join(stage.texts()).split() == [str(number) for number in range(3000)]
    assert len(delivered.message_ids) == len(stage.texts())


async def test_a_shutdown_in_the_middle_leaves_no_task_and_no_final_text(stage: Stage) -> None:
    async def answer() -> None:
        async with stage.open() as delivery:
            await delivery.show("half")
            await asyncio.Event().wait()

    task = asyncio.ensure_future(answer())
    await stage.until_called("sendMessageDraft")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.texts() == []
    assert not [other for other in asyncio.all_tasks() if other.get_name().startswith("frames-")]


@pytest.mark.parametrize("private", [True, False])
async def test_who_wants_no_streaming_sees_that_an_answer_comes_and_then_all_of_it(stage: Stage, private: bool) -> None:
    async with stage.open(private=private, streaming=False) as delivery:
        for words in range(1, 20):
            await delivery.show("word " * words)
            await stage.clock.sleep(0.5)
        shown = stage.playground.drafts(CHAT) if private else stage.playground.messages(CHAT)
        assert [one.text for one in shown] == ["" if private else "…"]
        await delivery.finish("word word")
    assert stage.texts() == ["word word"]
