"""The updates that the bot gets, and how it asks for them."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiogram.exceptions import TelegramConflictError

from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, STRANGER, Client, ManualClock


async def test_a_message_wakes_the_request_that_waits_for_it(playground: Playground, bot: Client) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await playground.wait_for(lambda: playground.world.updates.polled)
    said = playground.say(ME, "hello")
    began = time.monotonic()
    [update] = await poll
    assert time.monotonic() - began < 1
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.message_id) == ("hello", said.message_id)
    assert (update.message.chat.id, update.message.chat.type, update.message.from_user.id) == (ME, "private", ME)


async def test_commands_and_addresses_in_a_message_are_marked_in_utf16(playground: Playground, bot: Client) -> None:
    playground.say(ME, "/start 🏠 see https://example.org/a, /help")
    [update] = await bot.get_updates()
    assert update.message is not None
    marked = [(entity.type, entity.extract_from(update.message.text or "")) for entity in update.message.entities or []]
    assert marked == [("bot_command", "/start"), ("url", "https://example.org/a"), ("bot_command", "/help")]


async def test_updates_come_again_until_an_offset_confirms_them(playground: Playground, bot: Client) -> None:
    for text in "abc":
        playground.say(ME, text)
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["a", "b"]
    assert await bot.get_updates(limit=2) == first
    [last] = await bot.get_updates(offset=first[-1].update_id + 1)
    assert last.update_id == first[-1].update_id + 1
    assert await bot.get_updates(offset=last.update_id + 1) == []


async def test_a_negative_offset_keeps_only_the_newest(playground: Playground, bot: Client) -> None:
    for text in "abc":
        playground.say(ME, text)
    [update] = await bot.get_updates(offset=-1)
    assert update.message is not None
    assert update.message.text == "c"
    assert len(await bot.get_updates()) == 1


async def test_a_wait_without_updates_ends_empty_after_its_time(playground: Playground, bot: Client) -> None:
    began = time.monotonic()
    assert await bot.get_updates(timeout=1) == []
    assert 0.9 < time.monotonic() - began < 2


async def test_a_second_request_ends_the_first_with_a_conflict(playground: Playground, bot: Client) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await playground.wait_for(lambda: playground.world.updates.polled)
    second = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    playground.say(ME, "for the second")
    assert len(await second) == 1


async def test_only_the_kinds_that_were_asked_for_are_kept(playground: Playground, bot: Client) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    playground.say(ME, "not wanted")
    await bot.get_updates(allowed_updates=["message"])
    playground.say(ME, "wanted")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "wanted"
    await bot.get_updates(offset=update.update_id + 1, allowed_updates=[])
    playground.say(ME, "wanted by default")
    assert len(await bot.get_updates()) == 1


async def test_a_reply_brings_the_message_that_it_answers(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "question?")
    playground.say(ME, "answer", reply_to=sent.message_id)
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "question?"


async def test_a_first_message_opens_the_chat(playground: Playground, bot: Client) -> None:
    assert not playground.world.people[STRANGER].started
    playground.say(STRANGER, "hi")
    assert (await bot.send_message(STRANGER, "hi")).chat.id == STRANGER


async def test_the_bot_is_online_for_a_minute_after_it_has_asked(
    playground: Playground, bot: Client, clock: ManualClock
) -> None:
    assert not playground.world.online
    await bot.get_updates()
    assert playground.world.online
    clock.seconds += 61
    assert not playground.world.online


async def test_pending_updates_are_counted_and_can_be_dropped(playground: Playground, bot: Client) -> None:
    playground.say(ME, "hello")
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("", 1)
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_request_that_was_given_up_leaves_no_conflict_behind(playground: Playground, bot: Client) -> None:
    given_up = asyncio.create_task(bot.get_updates(timeout=5))
    await playground.wait_for(lambda: playground.world.updates.polled)
    given_up.cancel()
    await asyncio.wait([given_up])
    playground.say(ME, "still here")
    assert len(await bot.get_updates(timeout=1)) == 1


async def test_waiting_notices_what_no_event_tells(playground: Playground, bot: Client) -> None:
    await bot.get_updates()
    second = asyncio.create_task(bot.get_updates(timeout=5))
    await playground.wait_for(lambda: playground.world.updates.polled, timeout=2)
    playground.say(ME, "hello")
    assert len(await second) == 1
    with pytest.raises(TimeoutError):
        await playground.wait_for(lambda: False, timeout=0.1)
