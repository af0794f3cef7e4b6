"""What admins see of the figures, by command and by button; for everyone else none of it exists."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import pytest

from bot.commands import ADMINS
from bot.playground.values import Message
from tests.e2e.conftest import ADMIN, ME, House, OpenHouse
from tests.e2e.talk import forge, nothing_left, served_by, settled
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream, error


@pytest.fixture
async def spare() -> AsyncIterator[ModelServer]:
    """The server of the fallback model."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "spare", "object": "model"}]})
        server.otherwise(Stream("The spare one answers.", prompt_tokens=20))
        yield server


def both(model_server: ModelServer, spare: ModelServer, **more: str) -> dict[str, str]:
    fallback = {"FALLBACK_MODELS__0__NAME": "spare", "FALLBACK_MODELS__0__API_BASE": spare.base}
    return {**served_by(model_server), **fallback, **more}


def last_of(home: House, person_id: int) -> Message:
    return [message for message in home.page.messages(person_id) if message.from_bot][-1]


def buttons(message: Message) -> list[str]:
    return [button["text"] for row in message.buttons for button in row]


async def press(home: House, message: Message, text: str, person_id: int = ADMIN) -> Message:
    """Press a button and give the message as it is when it has been changed."""
    [data] = [button["callback_data"] for row in message.buttons for button in row if button["text"] == text]
    home.page.press(person_id, message.message_id, data)

    def now() -> Message:
        return next(one for one in home.page.messages(person_id) if one.message_id == message.message_id)

    await home.page.wait_for(lambda: now() != message, timeout=20)
    return now()


async def test_stats_are_a_picture_with_a_table_that_buttons_change(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        await home.say(ME, "Hello")
        model_server.script(error("boom", status=500))
        await home.say(ME, "And now?")
        await nothing_left(home)
        [caption] = await home.say(ADMIN, "/stats", within=30)
        message = last_of(home, ADMIN)
        assert message.photo is not None
        assert (message.photo.width, message.photo.height) == (1024, 1152)
        assert "tiny-1b" in caption
        assert "3 requests" in caption
        assert "Another model stepped in once." in caption
        assert buttons(message) == ["• 24 h", "7 d", "30 d", "All", "tiny-1b", "spare"]
        week = await press(home, message, "7 d")
        assert week.text.startswith("The last 7 days")
        assert week.photo != message.photo
        one = await press(home, week, "tiny-1b")
        assert one.text.startswith("tiny-1b · The last 7 days")
        assert "Success 50.0%" in " ".join(one.text.split())
        assert "Failed: fault of the server 1" in one.text
        assert buttons(one) == ["24 h", "• 7 d", "30 d", "All", "‹ All models"]
        back = await press(home, one, "‹ All models")
        assert back.text == week.text


async def test_with_rich_messages_the_tables_are_native_ones(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, RICH_MESSAGES="always")) as home:
        await home.say(ME, "Hello")
        await home.say(ADMIN, "/stats", answers=2, within=30)
        photo, table = [message for message in home.page.messages(ADMIN) if message.from_bot][-2:]
        assert photo.photo is not None
        assert (photo.text, buttons(photo)) == ("", [])
        assert [block["type"] for block in table.blocks or ()] == ["heading", "table", "paragraph"]
        week = await press(home, table, "7 d")
        assert week.text.startswith("The last 7 days")
        one = await press(home, week, "tiny-1b")
        assert [block["type"] for block in one.blocks or ()] == ["heading", "table", "table"]
        changed = next(message for message in home.page.messages(ADMIN) if message.message_id == photo.message_id)
        assert changed.photo not in (None, photo.photo)


async def test_where_rich_messages_are_not_known_the_figures_are_a_caption(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, RICH_MESSAGES="always")) as home:
        home.page.faults.unknown("sendRichMessage")
        await home.say(ME, "Hello")
        home.page.say(ADMIN, "/stats")
        await home.page.wait_for(lambda: any("One request;" in t for t in home.texts(ADMIN)), timeout=30)
        assert [message.photo is not None for message in home.page.messages(ADMIN) if message.from_bot] == [True]


async def test_stats_of_a_model_are_asked_for_by_a_part_of_its_name(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "Hello")
        [caption] = await home.say(ADMIN, "/stats TINY all", within=30)
        assert caption.startswith("tiny-1b · Since the beginning")
        [unknown] = await home.say(ADMIN, "/stats gpt 7d")
        assert unknown.endswith("• tiny-1b")
        [wrong] = await home.say(ADMIN, "/stats 7d 24h")
        assert wrong.startswith("Like this: /stats")


async def test_an_empty_bot_has_a_picture_too(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        [caption] = await home.say(ADMIN, "/stats", within=30)
        assert caption.endswith("Nobody has asked a model anything in this time.")
        assert last_of(home, ADMIN).photo is not None
        [said] = await home.say(ADMIN, "/stats export")
        assert said == "Nobody has asked a model anything in this time."


async def test_the_export_has_a_row_for_each_request(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        model_server.script(error("boom", status=500))
        await home.say(ME, "Hello")
        [caption] = await home.say(ADMIN, "/stats export")
        assert caption == "2 requests, each as it was kept."
        document = last_of(home, ADMIN).document
        assert document is not None
        assert document.name.endswith(".csv")
        content = await home.page.world.files.content(document.file_id)
        assert content is not None
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert [(row["model"], row["failure"], row["hop"], row["instead_of"]) for row in rows] == [
            ("tiny-1b", "server_error", "0", ""),
            ("spare", "", "1", "tiny-1b"),
        ]


async def test_models_are_steered_by_buttons(house: OpenHouse, model_server: ModelServer, spare: ModelServer) -> None:
    async with house(**both(model_server, spare)) as home:
        assert await home.say(ME, "Hello") == ["Hello there!"]
        [text] = await home.say(ADMIN, "/models")
        assert "tiny-1b – answers first" in text
        assert "24 h: 1 asked, 100%" in text
        message = last_of(home, ADMIN)
        one = await press(home, message, "spare")
        assert "FALLBACK_MODELS__0__*" in one.text
        first = await press(home, one, "Ask this one first")
        assert "spare – answers first" in first.text
        assert await home.say(ME, "Hello") == ["The spare one answers."]
        assert "spare" in (await home.say(ME, "/start"))[0]
        paused = await press(home, first, "Pause")
        assert "spare – paused" in paused.text
        assert await home.say(ME, "Hello") == ["Hello there!"]
        resumed = await press(home, paused, "Go on")
        assert "spare – answers first" in resumed.text
        tried = await press(home, resumed, "Try it now")
        assert "Tried just now: first word after" in tried.text
        assert "Reply with the one word" in str(spare.chats[-1].json["messages"])
        listed = await press(home, tried, "‹ All models")
        assert listed.text.startswith("Models")
        assert await home.say(ME, "Hello") == ["The spare one answers."]


async def test_a_probe_says_why_there_is_no_answer(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ADMIN, "/models")
        message = await press(home, last_of(home, ADMIN), "tiny-1b")
        await model_server.refuse()
        failed = await press(home, message, "Try it now")
        assert "Tried just now, without an answer. The model server does not answer" in failed.text


async def test_a_button_of_a_model_that_is_gone_changes_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ADMIN, "/models")
        message = last_of(home, ADMIN)
        for data in ("model:pause:000000000000", "stats:7d:000000000000:"):
            forge(home, ADMIN, data)
        await settled(home)
        assert last_of(home, ADMIN) == message


async def test_everything_paused_is_said_and_not_suffered(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ADMIN, "/models")
        await press(home, await press(home, last_of(home, ADMIN), "tiny-1b"), "Pause")
        assert await home.say(ME, "Hello") == ["The owner has paused the models. Please try again later."]


async def test_errors_are_grouped_with_what_to_do(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        assert (await home.say(ADMIN, "/errors"))[0].endswith("Nothing has failed.")
        for _ in range(2):
            model_server.script(error("boom", status=500))
            await home.say(ME, "Hello")
        spare.script(error("Incorrect API key provided", status=401))
        model_server.script(error("boom", status=500))
        await home.say(ME, "Hello")
        await home.page.wait_for(lambda: len(home.texts(ADMIN)) == 2)  # a notice about the key
        [text] = await home.say(ADMIN, "/errors 24h")
        assert "fault of the server × 3" in text
        assert f"tiny-1b · {model_server.base.split('/')[2]}" in text
        assert "Check FALLBACK_MODELS__0__API_KEY." in text
        assert (await home.say(ADMIN, "/errors soon"))[0].startswith("For how long?")


async def test_health_says_how_the_bot_does(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        [text] = await home.say(ADMIN, "/health")
        assert "Telegram: answers (" in text
        assert "Look at the servers: in " in text
        assert "Bot API 10." in text
        assert "Memory: " in text


async def test_everyone_may_ask_why(house: OpenHouse, model_server: ModelServer, spare: ModelServer) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        [nothing] = await home.say(ME, "/why")
        assert nothing.startswith("There is no answer")
        model_server.script(error("boom", status=500))
        await home.say(ME, "Hello")
        [text] = await home.say(ME, "/why")
        assert text.startswith("spare answered\non a machine at home\n\ntiny-1b could not answer, and this is the next")
        assert "1. tiny-1b: fault of the server after 0." in text
        assert "127.0.0.1" not in text
        [nothing] = await home.say(ADMIN, "/why")  # of each chat its own
        assert nothing.startswith("There is no answer")


@pytest.mark.parametrize("command", ADMINS)
async def test_for_others_admin_commands_are_as_unknown_as_any(
    house: OpenHouse, model_server: ModelServer, command: str
) -> None:
    async with house(**served_by(model_server)) as home:
        [unknown] = await home.say(ME, "/nonsense")
        assert await home.say(ME, f"/{command}") == [unknown]
        assert await home.say(ME, f"/{command} export") == [unknown]
        await home.say(ADMIN, "/models")
        [data] = [b["callback_data"] for row in last_of(home, ADMIN).buttons for b in row if b["text"] == "tiny-1b"]
        for pressed in (data, data.replace("show", "pause"), "stats:24h::"):
            forge(home, ME, pressed)
        await settled(home)
        assert home.texts(ME)[-1] == unknown
        assert await home.say(ME, "Hello") == ["Hello there!"]
