"""The final text arrives, whichever way the Bot API server answers."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import DeliveryFailed
from tests.bot.delivery.conftest import CHAT, Stage

LONG = "\n\n".join(f"Paragraph **{number}** " + f"word{number} " * 30 for number in range(175))


def letters(text: str) -> str:
    return "".join(text.replace("*", "").split())


async def test_40_000_characters_arrive_complete_in_order_and_once_through_two_429s(stage: Stage) -> None:
    assert len(LONG) > 40_000
    stage.playground.faults.flood("sendMessageDraft", 5)
    async with stage.open() as delivery:
        for end in range(0, len(LONG), 4000):
            await delivery.show(LONG[:end])
            await stage.clock.sleep(0.3)
        stage.playground.faults.flood("sendMessage", 35, times=2)
        ids = await delivery.finish(LONG)
    assert letters("".join(stage.texts())) == letters(LONG)
    assert list(ids) == [message.message_id for message in stage.playground.messages(CHAT) if message.from_bot]
    sends = stage.calls("sendMessage")
    assert len(sends) == len(ids) + 2
    assert stage.first_messages == [ids[0]]


async def test_no_request_at_all_goes_to_a_chat_while_it_is_held(stage: Stage) -> None:
    async with stage.open() as delivery:
        await delivery.show("a")
        await stage.until_called("sendMessageDraft")
        stage.playground.faults.flood("sendMessageDraft", 40)
        await delivery.show("ab")
        await stage.until_called("sendMessageDraft", 2)
        held_at = stage.calls("sendMessageDraft")[-1].time
        for count in range(20):
            await delivery.show("ab" + "c" * count)
            await stage.clock.sleep(0.5)
        other = asyncio.ensure_future(stage.bot.send_message(CHAT, "by the way"))
        await delivery.finish("the end")
        await other
    later = [call for call in stage.playground.calls if call.time > held_at]
    assert {call.method for call in later} == {"sendMessage"}
    assert min(call.time for call in later) >= held_at + 39.9
    assert sorted(stage.texts()) == ["by the way", "the end"]


async def test_a_text_whose_formatting_is_refused_is_sent_plain_once(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: can't parse entities: on order")
    await stage.deliver("**bold** `code`")
    first, second = stage.calls("sendMessage")
    assert "entities" in first.params
    assert "entities" not in second.params
    assert stage.texts() == ["bold code"]


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_errors_of_the_server_are_waited_out(stage: Stage, status: int) -> None:
    stage.playground.faults.fail("sendMessage", times=3, status=status, description="Internal Server Error")
    await stage.deliver("text")
    assert stage.texts() == ["text"]


async def test_a_message_that_the_server_cannot_bear_with_formatting_goes_without(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", times=6, status=500, description="Internal Server Error")
    await stage.deliver("**text**")
    assert stage.texts() == ["text"]
    assert "entities" not in stage.calls("sendMessage")[-1].params


async def test_dropped_connections_and_pages_of_proxies_are_waited_out(stage: Stage) -> None:
    stage.playground.faults.drop("sendMessage", times=2)
    stage.playground.faults.not_json("sendMessage")
    await stage.deliver("text")
    assert stage.texts() == ["text"]


async def test_a_lost_reply_brings_the_message_twice_rather_than_never(stage: Stage) -> None:
    stage.playground.faults.drop_reply("sendMessage")
    await stage.deliver("text")
    assert stage.texts() == ["text", "text"]


async def test_a_text_that_is_too_long_for_the_server_is_cut_smaller(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", times=2, description="Bad Request: message is too long")
    text = "\n".join(f"line {number}" for number in range(300))
    ids = await stage.deliver(text)
    assert len(ids) > 1
    assert letters("".join(stage.texts())) == letters(text)


async def test_the_chats_move_to_a_supergroup_is_followed(stage: Stage) -> None:
    stage.playground.start(1002)
    stage.playground.faults.fail(
        "sendMessage", description="Bad Request: group chat was upgraded", parameters={"migrate_to_chat_id": 1002}
    )
    await stage.deliver("text")
    assert [message.text for message in stage.playground.messages(1002)] == ["text"]


async def test_a_topic_that_is_gone_does_not_cost_the_answer(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: message thread not found")
    await stage.deliver("**text**", thread_id=5)
    first, second = stage.calls("sendMessage")
    assert first.params.get("message_thread_id")
    assert "message_thread_id" not in second.params
    assert "entities" in second.params


async def test_a_message_that_is_replied_to_and_gone_does_not_cost_the_answer(stage: Stage) -> None:
    await stage.deliver("text", reply_to=999)
    assert stage.texts() == ["text"]


async def test_only_the_first_message_is_a_reply_and_none_has_a_preview(stage: Stage) -> None:
    asked = stage.playground.say(CHAT, "question")
    await stage.deliver("see https://example.org " * 400, reply_to=asked.message_id)
    answers = [message.reply_to for message in stage.playground.messages(CHAT) if message.from_bot]
    assert len(answers) > 1
    assert answers == [asked.message_id] + [None] * (len(answers) - 1)
    assert all("is_disabled" in str(call.params["link_preview_options"]) for call in stage.calls("sendMessage"))


async def test_an_unknown_refusal_is_answered_with_ever_plainer_messages(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", times=2, description="Bad Request: something new")
    asked = stage.playground.say(CHAT, "question")
    await stage.deliver("**text**", reply_to=asked.message_id)
    assert stage.texts() == ["text"]


async def test_a_person_who_blocked_the_bot_cannot_be_reached(stage: Stage) -> None:
    stage.playground.block(CHAT)
    with pytest.raises(DeliveryFailed) as failed:
        await stage.deliver("text")
    assert failed.value.chat_id == CHAT
    assert "blocked" in failed.value.reason


async def test_a_chat_that_does_not_exist_cannot_be_reached(stage: Stage) -> None:
    with pytest.raises(DeliveryFailed, match="chat not found"):
        async with stage.deliveries.open(stage.bot, 555, private=True) as delivery:
            await delivery.finish("text")


async def test_a_second_try_edits_the_message_of_the_first(stage: Stage) -> None:
    earlier = await stage.bot.send_message(CHAT, "half an ans")
    ids = await stage.deliver("the whole answer", resume_message_id=earlier.message_id)
    assert ids == (earlier.message_id,)
    assert stage.texts() == ["the whole answer"]


async def test_a_second_try_that_finds_the_answer_already_there_is_content(stage: Stage) -> None:
    earlier = await stage.bot.send_message(CHAT, "the whole answer")
    assert await stage.deliver("the whole answer", resume_message_id=earlier.message_id) == (earlier.message_id,)
    assert stage.texts() == ["the whole answer"]


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (400, "Bad Request: message to edit not found"),
        (400, "Bad Request: message can't be edited"),
        (404, "Not Found: method not found"),
        (400, "Bad Request: something new"),
    ],
)
async def test_a_message_that_cannot_be_edited_is_sent_anew(stage: Stage, status: int, description: str) -> None:
    earlier = await stage.bot.send_message(CHAT, "half an ans")
    stage.playground.faults.fail("editMessageText", status=status, description=description)
    ids = await stage.deliver("the whole answer", resume_message_id=earlier.message_id)
    assert ids != (earlier.message_id,)
    assert stage.texts() == ["half an ans", "the whole answer"]
    assert stage.first_messages == list(ids)


async def test_a_note_is_set_apart_below_the_text(stage: Stage) -> None:
    await stage.deliver("half", note="stopped")
    await stage.deliver("", note="nothing came")
    assert stage.texts() == ["half\n\nstopped", "nothing came"]


async def test_an_empty_answer_is_still_a_message(stage: Stage) -> None:
    assert len(await stage.deliver("")) == 1
