"""The file of a message that is replied to: it reaches the model where it would not be seen otherwise."""

from __future__ import annotations

from tests.bot.playground.test_files import opus
from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import asked, served_by
from tests.e2e.test_sent import send
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json


async def test_a_file_that_a_reply_points_at_is_read_again_only_where_the_model_does_not_see_it_anyhow(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await send(home, "notes.txt", b"Buy milk.", "Remember this")
        [file] = [one for one in home.page.messages(ME) if one.document]
        home.page.say(ME, "What is to be bought?", reply_to=file.message_id)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        said = asked(model_server.chats[1])
        assert [words.count("Buy milk.") for _, words in said] == [1, 0, 0]
        await home.say(ME, "/new")
        home.page.say(ME, "What is to be bought?", reply_to=file.message_id)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 4)
        [(_, words)] = asked(model_server.chats[2])
        assert "Buy milk." in words
        assert words.endswith("What is to be bought?")


async def test_a_recording_that_a_reply_points_at_is_written_down(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.post["/v1/audio/transcriptions"] = Json({"text": "Buy milk."})
    heard = {"TRANSCRIPTION_API_BASE": model_server.base, "TRANSCRIPTION_MODEL": "whisper"}
    async with house(**served_by(model_server, **heard)) as home:
        await send(home, "voice.ogg", opus(2), answers=2)
        await home.say(ME, "/new")
        [voice] = [one for one in home.page.messages(ME) if one.voice]
        home.page.say(ME, "What did I say?", reply_to=voice.message_id)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 4)
        [(_, words)] = asked(model_server.chats[-1])
        assert "File: voice.ogg" in words
        assert "Buy milk." in words
        assert words.endswith("What did I say?")


async def test_of_a_file_that_a_reply_points_at_and_that_cannot_be_read_it_is_said(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await send(home, "a.bin", bytes(20))
        [file] = [one for one in home.page.messages(ME) if one.document]
        home.page.say(ME, "What is it?", reply_to=file.message_id)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 3)
        assert home.texts(ME)[1].startswith("I cannot read “a.bin”")
        assert asked(model_server.chats[0])[-1][1] == "What is it?"
