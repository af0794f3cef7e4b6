"""Invitations: a link lets in at once, the admin hears of it, and what no longer holds is said."""

from __future__ import annotations

import re

from bot.callbacks import InvitePress, PersonAction, PersonPress
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import forge, served_by, settled
from tests.e2e.test_figures import last_of, press
from tests.fakes.model_server import ModelServer

OVER = "This invitation does not hold any more: it has expired or has been used. Please ask for a new one."


async def invite(home: House, button: str) -> str:
    """Have a link made; gives what Telegram sends when it is opened."""
    await home.say(ADMIN, "/people")
    choices = await press(home, last_of(home, ADMIN), "Invite…")
    before = len(home.texts(ADMIN))
    [data] = [one["callback_data"] for row in choices.buttons for one in row if one["text"] == button]
    home.page.press(ADMIN, choices.message_id, data)
    await home.page.wait_for(lambda: len(home.texts(ADMIN)) > before)
    found = re.search(r"https://t\.me/(\w+)\?start=([\w-]+)$", home.texts(ADMIN)[-1])
    assert found is not None
    assert len(found[2]) <= 64
    return f"/start {found[2]}"


async def test_an_invitation_lets_one_person_in(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN))
    async with house(**settings) as home:
        start = await invite(home, "1 day, one person")
    async with house(**settings) as home:
        [words] = await home.say(ME, start)
        assert words.startswith("Hello, ")
        await home.page.wait_for(lambda: "by an invitation" in home.texts(ADMIN)[-1])
        assert str(ME) in home.texts(ADMIN)[-1]
        assert await home.say(ME, "Thank you") == ["Hello there!"]
        over, waiting = await home.say(STRANGER, start, answers=2)
        assert over == OVER
        assert waiting.startswith("This bot is private.")
        for _ in range(3):
            home.page.say(STRANGER, start)
        await settled(home)
        assert len(home.texts(STRANGER)) == 2, "not again within a minute"
        [words] = await home.say(ME, start)
        assert words.startswith("Hello, "), "for who is in it is a greeting"


async def test_an_invitation_for_several_lets_several_in(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN))) as home:
        start = await invite(home, "1 hour, up to 20")
        for person_id in (ME, STRANGER):
            assert (await home.say(person_id, start))[0].startswith("Hello, ")


async def test_a_guessed_code_and_a_blocked_person_do_not_get_in(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN), ALLOWED_IDS="9")) as home:
        start = await invite(home, "7 days, up to 20")
        await home.say(STRANGER, "/start in-AAAAAAAAAAAAAAAAAAAAAA", answers=2)
        await home.say(ME, "Hello")
        forge(home, ADMIN, PersonPress(action=PersonAction.BLOCK, person_id=ME).pack())
        await settled(home)
        [words] = await home.say(ME, start)
        assert words.startswith("The owner of this bot has closed your access.")
        home.page.say(ME, start)
        home.page.say(STRANGER, "Am I in?")
        await settled(home)
        assert model_server.chats == []
        assert len(home.texts(STRANGER)) == 2


async def test_where_an_invitation_opens_nothing_none_is_made(house: OpenHouse, model_server: ModelServer) -> None:
    for access, words in (("open", "Everybody may use this bot"), ("allowlist", "ACCESS is “allowlist”")):
        async with house(**served_by(model_server, ACCESS=access, ADMIN_IDS=str(ADMIN))) as home:
            home.page.start(ADMIN)
            forge(home, ADMIN, InvitePress().pack())
            await settled(home)
            assert str(home.page.called("answerCallbackQuery")[-1].params["text"]).startswith(words)
