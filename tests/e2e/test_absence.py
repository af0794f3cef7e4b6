"""When Telegram stays away for longer than anything waits, what was asked is answered all the same."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramServerError
from aiogram.methods import SendMessage

from bot.intake import inbox as intake
from bot.turns import Turns
from tests.e2e.conftest import ME, OpenHouse


async def test_an_answer_that_could_not_be_sent_is_tried_again_without_a_word_of_failure(
    house: OpenHouse, monkeypatch: pytest.MonkeyPatch
):
    """The waiting itself (five errors of the server, an hour of the network) has tests in virtual time."""
    monkeypatch.setattr(intake, "TELEGRAM_PAUSE_SECONDS", 0.05)
    answer, tries = Turns.answer, []

    async def at_first_away(self: Turns, *args, **more):
        tries.append(1)
        if len(tries) == 1:
            raise TelegramServerError(method=SendMessage(chat_id=ME, text="x"), message="Bad Gateway")
        await answer(self, *args, **more)

    monkeypatch.setattr(Turns, "answer", at_first_away)
    async with house() as opened:
        [words] = await opened.say(ME, "hello")
        assert len(tries) == 2
        assert "broke" not in words
