"""The playground goes wrong on order, in each way that a bot has to stand."""

from __future__ import annotations

import asyncio

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, Client


async def test_the_next_calls_fail_and_then_it_works_again(playground: Playground, bot: Client) -> None:
    playground.faults.fail("sendMessage", 2, description="Bad Request: no")
    playground.faults.fail("sendMessage", status=500, description="Internal Server Error")
    for _ in range(2):
        with pytest.raises(TelegramBadRequest, match="no"):
            await bot.send_message(ME, "hi")
    with pytest.raises(TelegramServerError):
        await bot.send_message(ME, "hi")
    await bot.send_message(ME, "hi")
    assert len(playground.messages(ME)) == 1


async def test_a_flood_on_order(playground: Playground, bot: Client) -> None:
    playground.faults.flood("sendMessageDraft", 17)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message_draft(ME, 1, text="a")
    assert caught.value.retry_after == 17


async def test_a_server_that_does_not_know_drafts(playground: Playground, bot: Client) -> None:
    playground.faults.unknown("sendMessageDraft")
    for _ in range(2):
        with pytest.raises(TelegramNotFound, match="Not Found"):
            await bot.send_message_draft(ME, 1, text="a")
    playground.faults.clear()
    assert await bot.send_message_draft(ME, 1, text="a")


async def test_a_call_that_hangs(playground: Playground, bot: Client) -> None:
    playground.faults.hang("sendMessage")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bot.send_message(ME, "hi")
    assert playground.messages(ME) == []


async def test_a_connection_that_breaks_before_or_after_the_work(playground: Playground, bot: Client) -> None:
    playground.faults.drop("sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ME, "lost")
    assert playground.messages(ME) == []
    playground.faults.drop_reply("sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ME, "done all the same")
    assert [message.text for message in playground.messages(ME)] == ["done all the same"]


async def test_a_page_of_html_instead_of_a_reply(playground: Playground, bot: Client) -> None:
    playground.faults.not_json("getMe")
    with pytest.raises(ClientDecodeError):
        await bot.get_me()


async def test_the_calls_are_kept_for_a_look(playground: Playground, bot: Client) -> None:
    await bot.send_message(ME, "hi", parse_mode="HTML")
    await asyncio.gather(bot.get_me(), bot.get_me())
    [call] = playground.called("SENDMESSAGE")
    assert (call.time, call.method) == (1000.0, "sendMessage")
    assert call.params == {"chat_id": str(ME), "text": "hi", "parse_mode": "HTML"}
    assert len(playground.calls) == 3
