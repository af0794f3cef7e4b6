"""The whole bot called by Telegram instead of asking it."""

from __future__ import annotations

import pytest

from bot.errors import StartError
from bot.intake.polling import ALLOWED_UPDATES
from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.talk import nothing_left
from tests.e2e.test_restart import free_port


def webhook() -> dict[str, str]:
    port = str(free_port())
    return {"WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "WEBHOOK_PORT": port}


async def test_it_answers_and_tells_admins_how_the_webhook_does(house: OpenHouse) -> None:
    async with house(**webhook()) as home:
        [answer] = await home.say(ME, "hello")
        assert answer
        assert not home.page.called("getUpdates")
        [set_it] = home.page.called("setWebhook")
        assert set_it.params["allowed_updates"] == list(ALLOWED_UPDATES)
        [health] = await home.say(ADMIN, "/health")
        assert "Messages waiting with Telegram: " in health


async def test_what_was_said_meanwhile_is_answered_when_it_goes_back_to_polling(house: OpenHouse) -> None:
    async with house(**webhook()) as home:
        await home.say(ME, "hello")
    async with house() as home:
        await home.page.wait_for(lambda: home.page.called("deleteWebhook"))
        await home.say(ME, "and again")
        await nothing_left(home)
        assert home.page.world.updates.hook is None


async def test_an_address_that_telegram_does_not_call_ends_the_program_with_a_sentence(house: OpenHouse) -> None:
    with pytest.raises(StartError, match="Telegram does not take WEBHOOK_URL"):
        async with house(WEBHOOK_URL="https://bot.example.org/telegram", WEBHOOK_PORT=str(free_port())) as home:
            await home.app.work
