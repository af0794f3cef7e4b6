"""/export: the conversation of a chat as a file, for whom it belongs to, with a title in any case."""

from __future__ import annotations

import json

import pytest

from bot.callbacks import ExportPress
from bot.conversation_export import ExportFormat
from tests.e2e.conftest import ME, STRANGER, House, OpenHouse
from tests.e2e.talk import asked, forge, served_by, settled
from tests.e2e.test_conversation import press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Reply, Stream, error

JSON = ExportPress(form=ExportFormat.JSON, person_id=ME).pack()
MARKDOWN = ExportPress(form=ExportFormat.MARKDOWN, person_id=ME).pack()


async def newest_file(home: House, person_id: int, before: int = 0) -> tuple[str, str, str]:
    """Name, caption and content of the file that the bot has sent last, once there are more than before."""

    def files() -> list[int]:
        return [place for place, one in enumerate(home.page.messages(person_id)) if one.document is not None]

    await home.page.wait_for(lambda: len(files()) > before, timeout=10)
    message = home.page.messages(person_id)[files()[-1]]
    assert message.document is not None
    content = await home.page.world.files.content(message.document.file_id)
    assert content is not None
    return message.document.name, message.text, content.decode()


async def test_the_buttons_give_the_conversation_as_a_file(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("In spring."))
        await home.say(ME, "When do roses bloom?")
        await home.say(ME, "/export")
        model_server.script(Stream('"Roses in bloom"'))
        await press(home, ME, MARKDOWN)
        name, caption, text = await newest_file(home, ME)
        assert (name, caption) == ("Roses-in-bloom.md", "Roses in bloom · 2 messages")
        assert text.startswith("# Roses in bloom\n")
        assert "\n## You · " in text
        assert "\n## tiny-1b · " in text
        assert text.endswith("In spring.\n")
        order, data = asked(model_server.chats[-1])
        assert order[1].startswith("You give titles")
        assert data[1] == "=====\nPerson: When do roses bloom?\n\nAssistant: In spring.\n====="
        model_server.script(Stream("Розы"))
        await press(home, ME, JSON)
        name, _, text = await newest_file(home, ME, before=1)
        assert name == "Розы.json"
        assert [one["text"] for one in json.loads(text)["messages"]] == ["When do roses bloom?", "In spring."]


async def test_the_command_takes_the_kind_of_file_too(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        assert (await home.say(ME, "/export json"))[0] == "Nothing has been said in this conversation yet."
        await home.say(ME, "Hello")
        model_server.script(Stream("Greetings"))
        home.page.say(ME, "/export JSON")
        assert (await newest_file(home, ME))[0] == "Greetings.json"
        [said] = await home.say(ME, "/export pdf")
        assert said.startswith("Like this: /export md")


@pytest.mark.parametrize(
    "reply", [error("boom", status=500), Stream("=====\n====="), Hang()], ids=["fault", "nothing", "hangs"]
)
async def test_without_a_title_of_a_model_the_first_words_are_one(
    house: OpenHouse, model_server: ModelServer, reply: Reply
) -> None:
    async with house(**served_by(model_server, MAX_RETRIES="0")) as home:
        await home.say(ME, "When do roses bloom?\nAnd why?")
        model_server.otherwise(reply)
        home.page.say(ME, "/export md")
        name, caption, _ = await newest_file(home, ME)
        assert (name, caption) == ("When-do-roses-bloom.md", "When do roses bloom? · 2 messages")


async def test_only_ones_own_conversation_and_only_the_open_one_is_given(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "A secret of mine")
        await home.say(STRANGER, "Something else")
        model_server.otherwise(Stream("Title"))
        home.page.say(STRANGER, "/export md")
        text = (await newest_file(home, STRANGER))[2]
        assert "Something else" in text
        assert "secret" not in text
        forge(home, STRANGER, MARKDOWN)
        await settled(home)
        presses = [str(call.params.get("text", "")) for call in home.page.called("answerCallbackQuery")]
        assert presses == ["This button is for who asked for it."]
        assert not any(message.document for message in home.page.messages(ME))
        await home.say(ME, "/new")
        assert (await home.say(ME, "/export md"))[0] == "Nothing has been said in this conversation yet."


async def test_the_demo_gives_a_file_too(house: OpenHouse) -> None:
    async with house() as home:
        home.page.speak(ME, "ru")
        await home.say(ME, "Привет!", within=20)
        home.page.say(ME, "/export md")
        name, caption, text = await newest_file(home, ME)
        assert (name, caption) == ("Привет.md", "Привет! · 2 сообщения")
        assert "\n## Вы · " in text


async def test_an_answer_can_be_stopped_while_a_title_is_made(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "Hello")
        model_server.otherwise(Hang())
        home.page.say(ME, "/export md")
        home.page.say(ME, "Tell me more")
        await home.page.wait_for(lambda: home.page.drafts(ME))
        await home.say(ME, "/stop")
        assert home.texts(ME)[-1].endswith("Stopped.")
        assert not any(message.document for message in home.page.messages(ME)), "and not only when the file has come"
