"""The typing sign: in the right place, and for as long as it lasts."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendChatAction, TelegramMethod
from aiogram.types import Message

from bot.delivery.flood import FrameSkipped
from bot.sent.showing import AGAIN_SECONDS, typing
from tests.bot.delivery.clocks import VirtualClock
from tests.bot.sent.messages import message


class Refusing(Bot):
    """Shows a sign and refuses others, in turn."""

    def __init__(self, *refusals: Exception) -> None:
        super().__init__("1:" + "a" * 35)
        self.refusals = list(refusals)
        self.shown: list[SendChatAction] = []

    async def __call__(self, method: TelegramMethod[Any], request_timeout: int | None = None) -> Any:
        assert isinstance(method, SendChatAction)
        self.shown.append(method)
        if self.refusals:
            raise self.refusals.pop(0)


async def shown_for(bot: Refusing, message: Message, seconds: float) -> list[SendChatAction]:
    clock = VirtualClock()

    async def show() -> None:
        async with typing(message.as_(bot), clock):
            await clock.sleep(seconds)

    await clock.run(show())
    return bot.shown


async def test_a_sign_that_is_skipped_or_lost_keeps_none_of_the_next_from_being_shown() -> None:
    lost = TelegramNetworkError(SendChatAction(chat_id=5, action="typing"), "away")
    shown = await shown_for(Refusing(FrameSkipped("no room"), lost), message(text="Hm"), 4 * AGAIN_SECONDS - 1)
    assert len(shown) == 4


@pytest.mark.parametrize(("topic", "thread_id"), [({"is_topic_message": True}, 7), ({}, None)])
async def test_a_chain_of_replies_is_no_topic_to_show_it_in(topic: dict[str, Any], thread_id: int | None) -> None:
    shown = await shown_for(Refusing(), message(text="Hm", message_thread_id=7, **topic), 1)
    assert [one.message_thread_id for one in shown] == [thread_id]
