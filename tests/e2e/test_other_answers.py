"""Other answers to the same question: what several presses at once come to."""

from __future__ import annotations

from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import served_by, settled
from tests.e2e.test_figures import last_of
from tests.e2e.test_turns import press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream


async def test_two_quick_presses_of_the_same_button_give_one_answer(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Stream("two"))
        model_server.otherwise(Stream("three"))
        await home.say(ME, "Hello")
        message = last_of(home, ME)
        press(home, message, "Again")
        press(home, message, "Again")
        await settled(home)
        assert home.texts(ME)[-2:] == ["one", "two"]
        assert len(model_server.chats) == 2
        press(home, last_of(home, ME), "Again")
        await settled(home)
        assert home.texts(ME)[-1] == "three", "the button below the newest answer works"
