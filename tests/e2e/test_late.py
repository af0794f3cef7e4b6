"""What waited for too long gets one word of apology, and an answer when it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.state import World
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.living import Editor, open_live
from tests.e2e.talk import asked, forge, nothing_left, served_by, settled, until
from tests.fakes.model_server import ModelServer


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """People wrote two hours ago."""
    to_bot = World.to_bot

    def older(self, message):
        told = to_bot(self, message)
        return {**told, "date": told["date"] - 7200} if not message.from_bot else told

    monkeypatch.setattr(World, "to_bot", older)


async def test_many_late_messages_get_one_apology_and_all_their_answers_when_they_are_wanted(
    house: OpenHouse, model_server: ModelServer, long_ago: None
) -> None:
    async with house(**served_by(model_server)) as home:
        for text in ("one", "two", "three"):
            home.page.say(ME, text)
        await settled(home)
        [apology] = home.texts(ME)
        assert "2 h" in apology
        assert not model_server.chats
        press_first_button(home)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 4, timeout=20)
        await nothing_left(home)
        assert [asked(request)[-1][1] for request in model_server.chats] == ["one", "two", "three"]
        [apology_now] = [message for message in home.page.messages(ME) if message.text == apology]
        assert apology_now.markup is None, "the button is gone"


async def test_commands_are_answered_however_late(house: OpenHouse, long_ago: None) -> None:
    async with house() as home:
        [words] = await home.say(ME, "/help")
        assert "2 h" not in words


async def test_with_zero_everything_is_answered(house: OpenHouse, model_server: ModelServer, long_ago: None) -> None:
    model_server.reply("At once.")
    async with house(**served_by(model_server, ANSWER_WITHIN="0")) as home:
        assert await home.say(ME, "one") == ["At once."]


async def test_how_late_is_too_late_can_be_changed_while_it_works(
    tmp_path: Path, model_server: ModelServer, long_ago: None
) -> None:
    model_server.reply("At once.")
    editor: Editor
    async with open_live(tmp_path, served_by(model_server)) as (home, editor):
        [apology] = await home.say(ME, "one")
        assert apology != "At once."
        editor.set(ANSWER_WITHIN="3h")
        await home.page.wait_for(lambda: any("ANSWER_WITHIN" in text for text in home.texts(ADMIN)), timeout=10)
        assert await home.say(ME, "two") == ["At once."]


async def test_what_was_late_waits_over_a_restart_and_nobody_else_can_want_it(
    house: OpenHouse, model_server: ModelServer, long_ago: None
) -> None:
    model_server.reply("After all.")
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "one")
        forge(home, STRANGER, f"late:{ME}")
        await settled(home)
        assert not model_server.chats
    async with house(**served_by(model_server)) as home:
        press_first_button(home)

        async def answered() -> bool:
            return "After all." in home.texts(ME)

        await until(answered)
        await nothing_left(home)
        press_again = len(home.texts(ME))
        forge(home, ME, f"late:{ME}")
        await settled(home)
        assert len(home.texts(ME)) == press_again


def press_first_button(home: House) -> None:
    """Press the button of the last message that has one."""
    message = [message for message in home.page.messages(ME) if message.markup][-1]
    assert message.markup is not None
    home.page.press(ME, message.message_id, message.markup["inline_keyboard"][0][0]["callback_data"])
