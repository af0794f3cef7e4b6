"""/detect as an admin sees it: a bar that moves, a button that stops, a table with what is new; for others nothing."""

from __future__ import annotations

import json
from pathlib import Path

from bot.playground.values import Message
from llm.types import Task
from tests.e2e.conftest import ADMIN, ME, House, OpenHouse
from tests.e2e.talk import MODEL, forge, kept_attempts, nothing_left, served_by, until
from tests.e2e.test_figures import buttons, last_of, press
from tests.e2e.test_terminal import domovoy
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Stream, error


async def shows(home: House, text: str) -> Message:
    """Wait until the newest message to the admin has a text."""
    await home.page.wait_for(lambda: any(text in said for said in home.texts(ADMIN)[-1:]), timeout=20)
    return last_of(home, ADMIN)


async def test_a_detection_ends_in_a_table_and_is_used_and_the_next_one_says_what_is_new(
    house: OpenHouse, model_server: ModelServer
) -> None:
    model_server.reply("PONG")
    async with house(**served_by(model_server)) as home:
        home.page.say(ADMIN, "/detect")
        done = await shows(home, "It took")
        assert f"What {MODEL} can do" in done.text
        assert "Does as told" in done.text
        assert not done.buttons
        rows = await kept_attempts(home.app.database, len(model_server.chats))
        assert {row.task for row in rows} == {Task.PROBE}
        [page] = await home.say(ADMIN, "/models")
        assert "Does as told" in page
        details = await press(home, last_of(home, ADMIN), MODEL)
        assert "Found out 0 s ago" in details.text or "Found out" in details.text
        assert "Streams" in details.text
        home.page.say(ADMIN, f"/detect {MODEL[:3]}")
        await shows(home, "Nothing is other than")
        [stats] = await home.say(ADMIN, "/stats")
        assert "PONG" not in stats
        assert MODEL not in stats, "probes are no figures of people's"
    async with house(**served_by(model_server)) as home:
        [page] = await home.say(ADMIN, "/models")
        assert "Does as told" in page, "it is known after a restart"
        model_server.reply("Понг")
        home.page.say(ADMIN, "/detect")
        changed = await shows(home, "Other than")
        assert "• English: yes → no" in changed.text


async def test_it_can_be_stopped_and_goes_on_where_it_was(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.script(Stream("PONG"), Stream("1 2 3 4 5 6 7 8 "), Hang())
    async with house(**served_by(model_server)) as home:
        home.page.say(ADMIN, "/detect")
        card = await shows(home, "Question 3 of about")
        assert "▰" in card.text
        assert buttons(card) == ["Stop"]
        stopped = await press(home, card, "Stop")
        await model_server.wait_disconnect()
        stopped = await shows(home, "Stopped after")
        assert "2 questions" in stopped.text
        assert not stopped.buttons
        before = len(model_server.chats)
        home.page.say(ADMIN, "/detect")
        done = await shows(home, "It took")
        assert f"It took {len(model_server.chats) - before + 2} short questions" in done.text


async def test_a_server_that_does_not_answer_is_said_to_and_an_unknown_model_named(
    house: OpenHouse, model_server: ModelServer
) -> None:
    model_server.otherwise(error("no", status=401))
    async with house(**served_by(model_server)) as home:
        home.page.say(ADMIN, "/detect")
        failed = await shows(home, "Not finished")
        assert "kept" in failed.text
        [unknown] = await home.say(ADMIN, "/detect gpt-9")
        assert unknown == f"I have no such model. I have:\n• {MODEL}"
    async with house() as home:
        [nothing] = await home.say(ADMIN, "/detect")
        assert "no model that I could ask" in nothing


async def test_for_everyone_else_it_does_not_exist(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.script(Stream("PONG"), Hang())
    async with house(**served_by(model_server)) as home:
        home.page.say(ADMIN, "/detect")
        card = await shows(home, "Question 2 of about")
        [data] = [button["callback_data"] for row in card.buttons for button in row]
        forge(home, ME, data)
        await nothing_left(home)
        assert "Question 2 of about" in last_of(home, ADMIN).text
        assert await home.say(ME, "/detect") == await home.say(ME, "/nonsense")
        await press(home, last_of(home, ADMIN), "Stop")


async def test_what_is_due_is_detected_by_itself(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.reply("PONG")
    async with house(**served_by(model_server), REDETECT_EVERY="24h") as home:
        [health] = await home.say(ADMIN, "/health")
        assert "Find out what new models can do" in health

        async def known() -> bool:
            return home.app.models.current().known is not None

        await until(known, within=30)
    assert 0 < len(model_server.chats) <= 12


async def test_the_terminal_does_the_same_and_keeps_it_unless_a_bot_is_at_work(
    house: OpenHouse, model_server: ModelServer, tmp_path: Path
) -> None:
    model_server.reply("PONG")
    settings = served_by(model_server)
    code, text, errors = await domovoy(tmp_path, "detect", "--json", **settings)
    assert code == 0, errors
    [found] = json.loads(text)
    assert (found["model"], found["facts"]["english"]["value"]) == (MODEL, True)
    assert found["calls"] == len(model_server.chats)
    async with house(**settings) as home:
        assert home.app.models.current().known is not None, "the bot knows what the terminal has kept"
        code, table, errors = await domovoy(tmp_path, "detect", MODEL, **settings)
        assert code == 0
        assert "shown, not kept" in errors
        assert "Does as told" in table
        assert "between" in table.lower()


async def test_the_terminal_says_what_it_has_and_what_does_not_answer(
    model_server: ModelServer, tmp_path: Path
) -> None:
    settings = served_by(model_server)
    code, _, errors = await domovoy(tmp_path, "detect", "other", **settings)
    assert code == 1
    assert MODEL in errors
    model_server.otherwise(error("no", status=401))
    code, _, errors = await domovoy(tmp_path, "detect", **settings)
    assert code == 1
    assert "Not finished" in errors
