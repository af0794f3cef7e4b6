"""Who is let in: strangers, admins, the owner of a new bot, and what the ones who are not let in can do."""

from __future__ import annotations

from typing import Any

import pytest

from bot.callbacks import AccessDecision, AccessPress, LanguagePress, RichMessages, RichPress, StopPress
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import forge, served_by, settled
from tests.fakes.model_server import ModelServer

UNKNOWN = "I do not know this command. /help lists those that I do."
PRIVATE = "This bot is private."


def cards(house: House, person_id: int) -> list[Any]:
    """The cards that an admin has got and not answered."""
    return [message for message in house.page.messages(person_id) if message.from_bot and message.buttons]


def press(house: House, decision: AccessDecision, about: int, *, admin: int = ADMIN) -> None:
    data = AccessPress(decision=decision, person_id=about).pack()
    (card,) = [
        card for card in cards(house, admin) if any(b["callback_data"] == data for row in card.buttons for b in row)
    ]
    house.page.press(admin, card.message_id, data)


async def test_an_open_bot_answers_everybody(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ACCESS="open")) as home:
        assert await home.say(STRANGER, "Hello") == ["Hello there!"]


async def test_the_allowlist_answers_those_on_it_and_gives_others_their_number_once(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ACCESS="allowlist", ALLOWED_IDS=str(ME), ADMIN_IDS=str(ADMIN))) as home:
        assert await home.say(ME, "Hello") == ["Hello there!"]
        (words,) = await home.say(STRANGER, "Hello")
        assert str(STRANGER) in words
        home.page.say(STRANGER, "Hello again")
        home.page.say(STRANGER, "/stats")
        await settled(home)
        assert home.texts(STRANGER) == [words]
        assert home.texts(ADMIN) == []
        assert len(model_server.chats) == 1


async def test_a_stranger_waits_for_an_admin_and_is_answered_from_then_on(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ADMIN_IDS="77,1")) as home:
        home.page.start(ADMIN)  # the admin with the id 77 has never opened the chat
        home.page.speak(STRANGER, "ru")
        (words,) = await home.say(STRANGER, "Please answer")
        assert words.startswith("Это закрытый бот.")
        await home.page.wait_for(lambda: cards(home, ADMIN))
        home.page.say(STRANGER, "Please!")
        home.page.say(STRANGER, "/help")
        await settled(home)
        assert home.texts(STRANGER) == [words], "told once"
        assert len(cards(home, ADMIN)) == 1
        assert model_server.chats == [], "no model has heard of it"
        press(home, AccessDecision.ALLOW, STRANGER)
        await home.page.wait_for(lambda: len(home.texts(STRANGER)) == 2)
        await home.page.wait_for(lambda: not cards(home, ADMIN))
        assert "may use the bot" in home.texts(ADMIN)[-1]
        assert await home.say(STRANGER, "Now?") == ["Hello there!"]
        assert len(model_server.chats) == 1


async def test_who_is_refused_stays_out_also_after_a_restart(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server, ACCESS="approve")
    async with house(**settings) as home:
        home.page.start(ADMIN)
        await home.say(STRANGER, "Hello")
        await home.page.wait_for(lambda: cards(home, ADMIN))
        press(home, AccessDecision.REFUSE, STRANGER)
        await home.page.wait_for(lambda: not cards(home, ADMIN))
        said = home.texts(STRANGER)
    async with house(**settings) as home:
        home.page.say(STRANGER, "Hello?")
        await settled(home)
        assert home.texts(STRANGER) == said
        assert cards(home, ADMIN) == []
    assert model_server.chats == []


async def test_both_admins_get_the_card_and_the_second_press_does_no_harm(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ADMIN_IDS=f"{ADMIN},{ME}")) as home:
        home.page.start(ADMIN)
        home.page.start(ME)
        await home.say(STRANGER, "Hello")
        await home.page.wait_for(lambda: cards(home, ADMIN) and cards(home, ME))
        press(home, AccessDecision.ALLOW, STRANGER)
        await home.page.wait_for(lambda: not cards(home, ADMIN))
        press(home, AccessDecision.ALLOW, STRANGER, admin=ME)
        await home.page.wait_for(lambda: not cards(home, ME))
        await settled(home)
        assert len(home.texts(STRANGER)) == 2, "welcomed once"


FORGED = [
    AccessPress(decision=AccessDecision.ALLOW, person_id=STRANGER).pack(),
    AccessPress(decision=AccessDecision.REFUSE, person_id=ME).pack(),
    LanguagePress(code="ru").pack(),
    RichPress(choice=RichMessages.SEEN).pack(),
    StopPress().pack(),
    "access:allow",
    "access:allow:zzz",
    "language:<b>x</b>",
    "nonsense",
]


@pytest.mark.parametrize("forger", [STRANGER, ME])
async def test_a_forged_press_opens_no_door(house: OpenHouse, model_server: ModelServer, forger: int) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ALLOWED_IDS=str(ME))) as home:
        home.page.start(ADMIN)
        await home.say(STRANGER, "Hello")
        await home.page.wait_for(lambda: cards(home, ADMIN))
        answered = len(home.page.called("answerCallbackQuery"))
        for data in FORGED:
            forge(home, forger, data)
        await settled(home)
        assert len(home.page.called("answerCallbackQuery")) == answered + len(FORGED), "each button comes to rest"
        home.page.say(STRANGER, "Am I in?")
        await settled(home)
        assert len(home.texts(STRANGER)) == 1
        assert len(cards(home, ADMIN)) == 1
        assert model_server.chats == []
        if forger == ME:
            assert await home.say(ME, "Hello") == ["Hello there!"]


async def test_what_only_admins_may_is_nonsense_to_others(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        for text in ("/stats", "/stats 7d", "/models", "/nonsense", "/stats@domovoy_playground_bot"):
            assert await home.say(ME, text) == [UNKNOWN]
        (help_,) = await home.say(ME, "/help")
        assert "/stats" not in help_
        assert "/models" not in help_
        (help_,) = await home.say(ADMIN, "/help")
        assert "/stats" in help_
        assert model_server.chats == []
