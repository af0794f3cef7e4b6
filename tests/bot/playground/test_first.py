"""The path of one message."""

from __future__ import annotations

import asyncio

from aiogram import Bot

from bot.playground.server import Playground
from tests.bot.playground.conftest import ME


async def test_a_message_reaches_the_bot_and_its_answer_the_person(playground: Playground, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await playground.wait_for(lambda: playground.world.online)
    said = playground.say(ME, "/start hello")
    [update] = await poll
    assert update.message is not None
    assert update.message.text == "/start hello"
    assert await bot.send_message_draft(ME, 7, text="Hel", can_stop=True)
    assert [draft.text for draft in playground.drafts(ME)] == ["Hel"]
    answer = await bot.send_message(ME, "<b>Hello</b> you", parse_mode="HTML")
    assert playground.drafts(ME) == []
    edited = await bot.edit_message_text("Bye", chat_id=ME, message_id=answer.message_id)
    assert edited.text == "Bye"
    assert [message.text for message in playground.messages(ME)] == [said.text, "Bye"]
