"""/people: admins see who writes, let in, keep out, limit and make admins; the settings come first."""

from __future__ import annotations

from bot.callbacks import InvitePress, LimitPress, PersonAction, PersonPress
from bot.invitations import Lifetime
from storage import Limit
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import draft_shows, forge, served_by, settled
from tests.e2e.test_access import UNKNOWN
from tests.e2e.test_figures import buttons, last_of, press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Stream

BLOCKED = "The owner of this bot has closed your access. I can not answer you any more."


def alerts(home: House) -> list[str]:
    """What presses were answered with."""
    return [str(call.params.get("text", "")) for call in home.page.called("answerCallbackQuery")]


async def pressed(home: House, action: PersonAction, person_id: int, *, by: int = ADMIN) -> str:
    """Press, under a message that need not be there, and give what was said of it."""
    before = len(alerts(home))
    forge(home, by, PersonPress(action=action, person_id=person_id).pack())
    await home.page.wait_for(lambda: len(alerts(home)) > before)
    await settled(home)
    return alerts(home)[-1]


async def test_the_list_and_the_card_show_who_writes_and_how_much(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN), ALLOWED_IDS=str(ME))) as home:
        home.page.start(ADMIN)
        await home.say(ME, "Hello")
        await home.say(STRANGER, "Let me in")
        await home.page.wait_for(lambda: any("asks to use" in text for text in home.texts(ADMIN)))
        [text] = await home.say(ADMIN, "/people")
        assert text.startswith("3 people: 2 may write, 1 not let in yet, 0 kept out")
        assert "Today: one request, " in text
        listed = last_of(home, ADMIN)
        [mine] = [name for name in buttons(listed) if name.startswith(home.page.world.people[ME].first_name)]
        card = await press(home, listed, mine)
        assert "ALLOWED_IDS in the settings names this person" in card.text
        assert "Messages a minute: no limit" in card.text
        assert buttons(card) == ["Make admin", "Limits…", "‹ Back"], "the settings decide who may"
        limits = await press(home, card, "Limits…")
        limited = await press(home, limits, "5 a minute")
        assert "Messages a minute: 5" in limited.text
        assert "• 5 a minute" in buttons(limited)
        back = await press(home, await press(home, limited, "‹ Back"), "‹ Back")
        assert back.text.startswith("3 people")


async def test_who_is_blocked_is_told_once_and_then_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        await home.say(ME, "Hello")
        model_server.otherwise(Hang())
        home.page.say(ME, "Go on")
        await draft_shows(home, ME)
        assert await pressed(home, PersonAction.BLOCK, ME) == "Blocked. They will be told once, when they write."
        stopped = len(home.texts(ME))
        assert await home.say(ME, "Are you there?") == [BLOCKED]
        for text in ("Hello?", "/help", "/start"):
            home.page.say(ME, text)
        await settled(home)
        assert len(home.texts(ME)) == stopped + 1
        assert len(model_server.chats) == 2
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.say(ME, "And now?")
        await settled(home)
        assert home.texts(ME)[-1] == BLOCKED, "a restart opens no door"
        assert await pressed(home, PersonAction.ALLOW, ME) == "May write now."
        assert home.texts(ME)[-1] == "You are in! Write me a message."
        model_server.otherwise(Stream("Welcome back."))
        assert await home.say(ME, "Thanks") == ["Welcome back."]


async def test_whom_the_settings_name_nobody_can_keep_out(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server, ACCESS="approve", ADMIN_IDS=f"{ADMIN},{ME}", ALLOWED_IDS=str(STRANGER))
    async with house(**settings) as home:
        for person_id in (ADMIN, ME, STRANGER):
            await home.say(person_id, "/start")
        named = "This person is named in {} in the settings, which come first. Take them out there."
        assert await pressed(home, PersonAction.BLOCK, ME) == named.format("ADMIN_IDS")
        assert await pressed(home, PersonAction.NO_ADMIN, ME) == named.format("ADMIN_IDS")
        assert await pressed(home, PersonAction.BLOCK, STRANGER) == named.format("ALLOWED_IDS")
        assert (await pressed(home, PersonAction.BLOCK, ADMIN)).startswith("You can not do this to yourself.")
        assert await home.say(STRANGER, "Hello") == ["Hello there!"]


async def test_an_admin_by_button_has_what_admins_have_until_that_is_taken_away(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        assert await home.say(ME, "/people") == [UNKNOWN]
        assert await pressed(home, PersonAction.ADMIN, ME) == "Is an admin now."
        assert (await home.say(ME, "/people"))[0].startswith("2 people")
        assert (await pressed(home, PersonAction.BLOCK, ME)).startswith("An admin can not be blocked.")
        assert (await pressed(home, PersonAction.NO_ADMIN, ME, by=ME)).startswith("You can not do this to yourself.")
        assert await pressed(home, PersonAction.NO_ADMIN, ME) == "Is no longer an admin, and may still write."
        assert await home.say(ME, "/people") == [UNKNOWN]


async def test_the_command_finds_people_and_sets_any_number(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        await home.say(ME, "Hello")
        name = home.page.world.people[ME].first_name
        assert f"{ME}" in (await home.say(ADMIN, f"/people {name[:3]}"))[0]
        assert "Tokens a day: 12,345" in (await home.say(ADMIN, f"/people {ME} tokens 12345"))[0]
        assert "Tokens a day: no limit" in (await home.say(ADMIN, f"/people {name} tokens none"))[0]
        assert (await home.say(ADMIN, "/people nobody-at-all"))[0].startswith("I know nobody")


async def test_many_people_come_in_pages(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        for number in range(11):
            await home.app.dispatcher["people"].seen(5000 + number, f"Guest {number:02}", None)
        await home.say(ADMIN, "/people")
        first = last_of(home, ADMIN)
        assert first.text.endswith("Page 1 of 2")
        second = await press(home, first, "›")
        assert second.text.endswith("Page 2 of 2")
        shown = {name for message in (first, second) for name in buttons(message) if name.startswith("Guest")}
        assert len(shown) == 11
        assert (await press(home, second, "‹")).text.endswith("Page 1 of 2")


async def test_only_admins_decide(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        await home.say(STRANGER, "Hello")
        await home.say(ME, "Hello")
        for data in (
            PersonPress(action=PersonAction.BLOCK, person_id=STRANGER),
            PersonPress(action=PersonAction.ADMIN, person_id=ME),
            LimitPress(limit=Limit.DAY, person_id=STRANGER, value=1),
            InvitePress(lifetime=Lifetime.WEEK, several=True),
        ):
            forge(home, ME, data.pack())
        await settled(home)
        assert alerts(home)[-4:] == [""] * 4
        assert await home.say(STRANGER, "Still there?") == ["Hello there!"]
        assert await home.say(ME, "/people") == [UNKNOWN]
