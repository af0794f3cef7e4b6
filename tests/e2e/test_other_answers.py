"""Other answers to the same question: by /retry and by the buttons below, once for each press, whoever presses."""

from __future__ import annotations

from bot.callbacks import AnswerPress
from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.talk import asked, asked_times, forge, served_by, settled, until
from tests.e2e.test_figures import both, buttons, last_of, spare
from tests.e2e.test_turns import message_of, press, pressed
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, Stream, chunk, error, text_chunk

__all__ = ["spare"]

LONG = "A long answer. " * 30
STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk("A beginning"), Step.HANG))


async def test_another_answer_takes_the_place_of_the_last_one(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Stream("two"), Stream("three"))
        await home.say(ME, "Hello")
        assert buttons(last_of(home, ME)) == ["Again"]
        assert await pressed(home, last_of(home, ME), "Again") == "two"
        await home.page.wait_for(lambda: not message_of(home, "one").buttons)
        assert buttons(last_of(home, ME)) == ["Again"]
        await home.say(ME, "And now?")
        assert asked(model_server.chats[1]) == [("user", "Hello")]
        assert asked(model_server.chats[2]) == [("user", "Hello"), ("assistant", "two"), ("user", "And now?")]
        await home.page.wait_for(lambda: not message_of(home, "two").buttons)


async def test_retry_does_what_the_button_does(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        assert await home.say(ME, "/retry") == ["There is no question to answer again."]
        model_server.script(error("boom", status=400), Stream("two"), Stream("three"))
        await home.say(ME, "Hello")
        assert await home.say(ME, "/retry") == ["two"]
        await home.say(ME, "And now?")
        assert asked(model_server.chats[-1]) == [("user", "Hello"), ("assistant", "two"), ("user", "And now?")]


async def test_an_answer_that_failed_leaves_the_one_before_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, MAX_RETRIES="0")) as home:
        model_server.script(Stream("one"), error("boom", status=400), Stream("three"))
        await home.say(ME, "Hello")
        await pressed(home, last_of(home, ME), "Again")
        assert buttons(last_of(home, ME)) == ["Again"]
        await home.say(ME, "And now?")
        assert asked(model_server.chats[-1]) == [("user", "Hello"), ("assistant", "one"), ("user", "And now?")]


async def test_a_button_of_an_older_answer_does_nothing_but_vanish(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Stream("two"))
        await home.say(ME, "Hello")
        data = last_of(home, ME).buttons[0][0]["callback_data"]
        await home.say(ME, "And now?")
        await settled(home)
        forge(home, ME, data)
        await settled(home)
        assert str(home.page.called("answerCallbackQuery")[-1].params["text"]).startswith("We have gone on")
        assert len(model_server.chats) == 2


async def test_only_who_has_asked_may_press(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "Hello")
        await home.say(ADMIN, "Hello")
        press_of_mine = AnswerPress.unpack(last_of(home, ME).buttons[0][0]["callback_data"])
        forge(home, ADMIN, press_of_mine.pack())
        forge(home, ADMIN, press_of_mine.model_copy(update={"person_id": ADMIN}).pack())
        await settled(home)
        words = [call.params.get("text", "") for call in home.page.called("answerCallbackQuery")]
        assert words[0] == "This button is for who asked for it."
        assert str(words[1]).startswith("We have gone on")
        assert len(model_server.chats) == 2


async def test_buttons_work_after_a_restart(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server)
    model_server.script(Stream("one"), Stream("two"))
    async with house(**settings) as home:
        await home.say(ME, "Hello")
    async with house(**settings) as home:
        assert await pressed(home, last_of(home, ME), "Again") == "two"
        await home.page.wait_for(lambda: not message_of(home, "one").buttons)


async def test_an_answer_that_was_cut_off_goes_on(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one two", finish_reason="length"), Stream("three"), Stream("four"))
        await home.say(ME, "Count")
        assert buttons(last_of(home, ME)) == ["Again", "Continue"]
        assert await pressed(home, last_of(home, ME), "Continue") == "three"
        assert asked(model_server.chats[1])[:2] == [("user", "Count"), ("assistant", "one two")]
        await home.say(ME, "And now?")
        whole = [("user", "Count"), ("assistant", "one two three"), ("user", "And now?")]
        assert asked(model_server.chats[2]) == whole


async def test_an_answer_is_made_shorter(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream(LONG), Stream("Short."), Stream("x"))
        await home.say(ME, "Tell me")
        assert buttons(last_of(home, ME)) == ["Again", "Shorter"]
        assert await pressed(home, last_of(home, ME), "Shorter") == "Short."
        (question, answer, wish) = asked(model_server.chats[1])
        assert (question, answer[0]) == (("user", "Tell me"), "assistant")
        assert "shorter" in wish[1]
        await home.say(ME, "Thanks")
        assert asked(model_server.chats[2]) == [("user", "Tell me"), ("assistant", "Short."), ("user", "Thanks")]


async def test_another_model_answers(house: OpenHouse, model_server: ModelServer, spare: ModelServer) -> None:
    async with house(**both(model_server, spare)) as home:
        model_server.script(Stream("one"), Stream("three"))
        await home.say(ME, "Hello")
        assert buttons(last_of(home, ME)) == ["Again", "Another model"]
        assert await pressed(home, last_of(home, ME), "Another model") == "The spare one answers."
        assert await pressed(home, last_of(home, ME), "Another model") == "three"


async def test_another_answer_that_is_stopped_at_once_leaves_the_one_before_it(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Sse((Step.HANG,)), Stream("three"))
        await home.say(ME, "Hello")
        press(home, last_of(home, ME), "Again")
        await until(lambda: asked_times(model_server, 2))
        await home.say(ME, "/stop")
        await settled(home)
        await home.say(ME, "And now?")
        assert asked(model_server.chats[-1]) == [("user", "Hello"), ("assistant", "one"), ("user", "And now?")]


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
