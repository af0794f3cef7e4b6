"""The keyboard below an answer stands below its last message alone, however the answer is shown."""

from __future__ import annotations

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.bot.delivery.conftest import CHAT, Stage

AGAIN = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Again", callback_data="again")]])
LONG = "\n".join(f"line {number} " + "x" * 40 for number in range(250))


def keyboards(stage: Stage) -> list[bool]:
    return [message.markup is not None for message in stage.playground.messages(CHAT)]


@pytest.mark.parametrize("private", [True, False])
async def test_it_stands_below_the_last_of_several_messages(stage: Stage, private: bool) -> None:
    async with stage.open(private=private) as delivery:
        await delivery.show("line")
        await stage.until_called("sendMessageDraft" if private else "sendMessage")
        await delivery.finish(LONG, markup=AGAIN)
    assert keyboards(stage) == [False, False, False, True]


async def test_it_stands_below_a_rich_message(stage: Stage) -> None:
    async with stage.open(rich=True) as delivery:
        await delivery.finish("# Title\n\ntext", markup=AGAIN)
    (message,) = stage.playground.messages(CHAT)
    assert message.blocks
    assert keyboards(stage) == [True]


async def test_it_stands_below_a_rich_message_that_was_a_growing_one(stage: Stage) -> None:
    async with stage.open(private=False, rich=True) as delivery:
        await delivery.show("# Title")
        await stage.until_called("sendMessage")
        await delivery.finish("# Title\n\ntext", markup=AGAIN)
    assert keyboards(stage) == [True]


async def test_it_stands_below_a_plain_message(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: can't parse entities: on order")
    async with stage.open() as delivery:
        await delivery.finish("**bold**", markup=AGAIN)
    (message,) = stage.playground.messages(CHAT)
    assert not message.entities
    assert keyboards(stage) == [True]


async def test_it_stands_below_the_last_part_of_a_message_that_was_too_long(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: message is too long")
    async with stage.open() as delivery:
        await delivery.finish("word " * 700, markup=AGAIN)
    assert keyboards(stage) == [False, True]


async def test_a_keyboard_that_is_refused_does_not_cost_the_formatting(stage: Stage) -> None:
    stage.playground.faults.fail("sendMessage", description="Bad Request: BUTTON_DATA_INVALID")
    async with stage.open() as delivery:
        await delivery.finish("**bold**", markup=AGAIN)
    (message,) = stage.playground.messages(CHAT)
    assert message.entities
    assert keyboards(stage) == [False]
