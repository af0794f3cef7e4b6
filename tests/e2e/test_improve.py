"""/improve: a question in better words, asked by a button, once, by who wanted it."""

from __future__ import annotations

import pytest

from bot.callbacks import AskPress
from llm.types import Task
from tests.e2e.conftest import ME, STRANGER, House, OpenHouse
from tests.e2e.talk import asked, forge, kept_attempts, nothing_left, served_by, settled, stored_messages
from tests.e2e.test_conversation import press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Reply, Stream, error

ASK = AskPress(person_id=ME).pack()
BETTER = "Explain <b>roses</b> 🌹 & thorns\nin three steps."


async def test_a_question_is_worded_better_and_asked_by_the_button(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream(BETTER), Stream("First, …"))
        [shown] = await home.say(ME, "/improve roses how??")
        assert shown == f"In better words:\n{BETTER}"
        order, data = asked(model_server.chats[0])
        assert order[1].startswith("You improve how questions")
        assert data == ("user", "=====\nroses how??\n=====")
        assert await stored_messages(home.app.database) == [], "it is no part of the conversation yet"
        await press(home, ME, ASK)
        await home.page.wait_for(lambda: home.texts(ME)[-1] == "First, …")
        await nothing_left(home)
        assert asked(model_server.chats[1]) == [("user", BETTER)]
        assert await stored_messages(home.app.database) == [
            ("user", "complete", BETTER),
            ("assistant", "complete", "First, …"),
        ]
        rows = await kept_attempts(home.app.database, 2)
        assert [row.task for row in rows] == [Task.AUGMENTATION, Task.CHAT]


async def test_the_button_asks_once(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream(BETTER))
        await home.say(ME, "/improve roses")
        message = home.page.messages(ME)[-1]
        for _ in range(3):
            home.page.press(ME, message.message_id, ASK)
        await settled(home)
        assert len(model_server.chats) == 2
        [shown] = [one for one in home.page.messages(ME) if one.message_id == message.message_id]
        assert not shown.buttons


async def test_a_message_of_ones_own_is_improved_by_a_reply_to_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        mine = home.page.say(ME, "roses how??")
        await home.page.wait_for(lambda: home.texts(ME))
        answer = home.page.messages(ME)[-1]
        model_server.script(Stream(BETTER))
        home.page.say(ME, "/improve", reply_to=mine.message_id)
        await home.page.wait_for(lambda: BETTER in home.texts(ME)[-1])
        assert "roses how??" in asked(model_server.chats[-1])[1][1]
        home.page.say(ME, "/improve", reply_to=answer.message_id)
        await home.page.wait_for(lambda: home.texts(ME)[-1].startswith("Write the question"))
        assert len(model_server.chats) == 2, "what the bot wrote is not the person's to improve"


async def test_with_nothing_to_improve_it_says_how(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.speak(ME, "ru")
        [said] = await home.say(ME, "/improve")
        assert said.startswith("Напишите вопрос после команды")
        assert model_server.chats == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (error("boom", status=500), "fault of its own"),
        (error("x", status=401), "refused our key"),
        (Stream("=====\n====="), "empty answer"),
    ],
    ids=["fault", "key", "nothing"],
)
async def test_a_failure_is_told_in_words(
    house: OpenHouse, model_server: ModelServer, reply: Reply, words: str
) -> None:
    async with house(**served_by(model_server, MAX_RETRIES="0")) as home:
        model_server.otherwise(reply)
        [said] = await home.say(ME, "/improve roses")
        assert words in said
        assert not home.page.messages(ME)[-1].buttons


async def test_the_demo_says_that_it_can_not(house: OpenHouse) -> None:
    async with house() as home:
        [said] = await home.say(ME, "/improve roses")
        assert said.startswith("No real model is connected yet")


async def test_an_answer_can_be_stopped_while_something_is_improved(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Hang(after_headers=True))
        home.page.say(ME, "/improve roses")
        await model_server.wait_requests(2)
        assert await home.say(ME, "/stop") == ["There is no answer to stop."]
        assert await home.say(ME, "/new") == ["A new conversation. What was said before no longer counts."]


async def test_a_button_of_somebody_else_asks_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        forge(home, STRANGER, ASK)
        await settled(home)
        assert words_of_presses(home) == ["This button is for who asked for it."]
        forge(home, ME, ASK)
        await settled(home)
        assert words_of_presses(home)[-1].startswith("I can no longer read"), "what is asked comes from our own message"
        assert model_server.chats == []


def words_of_presses(home: House) -> list[str]:
    return [str(call.params.get("text", "")) for call in home.page.called("answerCallbackQuery")]


async def test_a_long_wording_fits_into_a_message(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("🌹" * 5000))
        [said] = await home.say(ME, "/improve roses")
        assert 1800 < said.count("🌹") < 2048


async def test_it_works_after_a_restart_too(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server)
    async with house(**settings) as home:
        model_server.script(Stream(BETTER))
        await home.say(ME, "/improve roses")
    async with house(**settings) as home:
        await press(home, ME, ASK)
        await home.page.wait_for(lambda: home.texts(ME)[-1] == "Hello there!")
        assert asked(model_server.chats[-1]) == [("user", BETTER)]
