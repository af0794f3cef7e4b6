"""Stopping an answer in each of the ways there are, and what stays of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.callbacks import StopPress
from tests.e2e.conftest import ME, House, OpenHouse
from tests.e2e.talk import asked, draft_shows, kept_attempts, nothing_left, served_by, stored_messages
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, Stream, chunk, text_chunk

PART = "The beginning of it"
STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk(PART), Step.HANG))
STOPPED = {"en": "Stopped.", "ru": "Прервано."}


async def stopped_at(server: ModelServer, began: float) -> None:
    """The model server has noticed that we left, long before any limit of time of ours would have ended it."""
    gone = await server.wait_disconnect(within=5)
    assert gone.at - began < 5


async def begun(house: House, server: ModelServer) -> int:
    server.script(STUCK)
    house.page.say(ME, "Tell me a long story")
    return await draft_shows(house, ME, PART)


async def check(house: House, language: str) -> None:
    await nothing_left(house)
    said = house.texts(ME)
    assert said[-1] == f"{PART}\n\n{STOPPED[language]}"
    assert sum(PART in text for text in said) == 1
    assert await stored_messages(house.app.database) == [
        ("user", "complete", "Tell me a long story"),
        ("assistant", "stopped", PART),
    ]
    (row,) = await kept_attempts(house.app.database, 1)
    assert row.failure.value == "cancelled"
    assert house.app.running.count == 0


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_command_ends_it_at_once_and_keeps_what_there_was(
    house: OpenHouse, model_server: ModelServer, language: str
) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.speak(ME, language)
        await begun(home, model_server)
        before = len(home.texts(ME))
        home.page.say(ME, "/stop")
        await model_server.wait_disconnect(within=2)
        await home.page.wait_for(lambda: len(home.texts(ME)) > before)
        await check(home, language)
        assert len(home.texts(ME)) == before + 1, "no more words than the answer's own"


async def test_telegrams_button_ends_it_at_once(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        draft_id = await begun(home, model_server)
        began = asyncio.get_running_loop().time()
        home.page.stop(ME, draft_id)
        await stopped_at(model_server, began)
        await home.page.wait_for(lambda: home.texts(ME))
        await check(home, "en")


async def test_the_button_below_an_edited_answer_ends_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.faults.unknown("sendMessageDraft")
        model_server.script(STUCK)
        home.page.say(ME, "Tell me a long story")
        await home.page.wait_for(lambda: any(text.startswith(PART) for text in home.texts(ME)), timeout=8)
        shown = [message for message in home.page.messages(ME) if message.from_bot][-1]
        assert [button["callback_data"] for row in shown.buttons for button in row] == [StopPress().pack()]
        began = asyncio.get_running_loop().time()
        home.page.press(ME, shown.message_id, StopPress().pack())
        await stopped_at(model_server, began)
        await home.page.wait_for(lambda: home.texts(ME)[-1].endswith("Stopped."))
        await check(home, "en")
        (answer,) = [message for message in home.page.messages(ME) if message.from_bot]
        assert answer.message_id == shown.message_id
        assert [button["text"] for row in answer.buttons for button in row] == ["Again"]
        assert home.page.called("answerCallbackQuery")


async def test_new_stops_it_and_no_model_hears_of_it_again(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await begun(home, model_server)
        await home.say(ME, "/new", answers=2)
        assert "new conversation" in home.texts(ME)[-1]
        await model_server.wait_disconnect()
        await home.say(ME, "And now?")
        assert asked(model_server.chats[-1]) == [("user", "And now?")]


async def test_commands_are_answered_while_an_answer_is_written_and_texts_wait(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await begun(home, model_server)
        home.page.say(ME, "second")
        assert "/new" in (await home.say(ME, "/help"))[0]
        assert len(model_server.chats) == 1
        model_server.script(Stream("to the second"))
        await home.say(ME, "/stop", answers=2)
        assert home.texts(ME)[-1] == "to the second"
        assert asked(model_server.chats[1]) == [
            ("user", "Tell me a long story"),
            ("assistant", PART),
            ("user", "second"),
        ]


async def test_a_stop_before_the_first_token_says_so(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Sse((chunk({"role": "assistant", "content": ""}), Step.HANG)))
        home.page.say(ME, "Hello?")
        await model_server.wait_requests(2)
        await home.page.wait_for(lambda: home.page.drafts(ME))
        assert await home.say(ME, "/stop") == ["Stopped."]
        await nothing_left(home)
        (row,) = await kept_attempts(home.app.database, 1)
        assert row.failure.value == "cancelled"


async def test_a_vain_stop_says_that_there_is_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        assert await home.say(ME, "/stop") == ["There is no answer to stop."]
        home.page.speak(ME, "ru")
        assert await home.say(ME, "/stop") == ["Сейчас нет ответа, который можно прервать."]
