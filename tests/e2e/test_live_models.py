"""Another model, another key, another limit: written into the settings file, and the very next message has it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ADMIN, ME, House
from tests.e2e.crowd import Crowd
from tests.e2e.living import APPLIED, open_live, serving, told
from tests.e2e.talk import asked, draft_shows, kept_attempts, nothing_left, stored_messages
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream, error

OLD, NEW = "The old one answers, word by word.", "The new one answers."
CHATS = 20


@pytest.fixture
async def new_server() -> AsyncIterator[ModelServer]:
    """The server of the model that is switched to."""
    async with ModelServer() as server:
        yield server


async def put_first(home: House, name: str) -> None:
    """Press what an admin presses to have a fallback asked first."""
    await home.say(ADMIN, "/models")
    card = [message for message in home.page.messages(ADMIN) if message.from_bot][-1]
    [button] = [one for row in card.buttons for one in row if name in one["text"]]
    home.page.press(ADMIN, card.message_id, button["callback_data"])
    await home.page.wait_for(lambda: "FALLBACK_MODELS__0" in home.texts(ADMIN)[-1])
    details = [message for message in home.page.messages(ADMIN) if message.from_bot][-1]
    [prefer] = [one for row in details.buttons for one in row if "prefer" in one["callback_data"]]
    home.page.press(ADMIN, details.message_id, prefer["callback_data"])
    await home.page.wait_for(lambda: home.page.called("answerCallbackQuery")[1:])


@pytest.mark.timeout(120)
async def test_twenty_chats_are_switched_over_without_a_failed_message(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - to be run again with
    loop = asyncio.get_running_loop()
    old = serving(model_server, "old", OLD)
    model_server.otherwise(Stream(OLD, first_delay=0.3, chunk_delay=0.1))
    new = serving(new_server, "new", NEW)
    async with open_live(tmp_path, old) as (home, editor):
        talkers = Crowd(home, CHATS, random.Random(seed))
        talking = asyncio.create_task(talkers.talk())
        await model_server.wait_requests(CHATS, within=30)
        under_way = len(model_server.chats) - len(talkers.heard)
        editor.set(**new)
        switched_at = loop.time()
        words = await told(home, APPLIED, within=30)
        applied_at = loop.time()
        assert f"new at 127.0.0.1:{new_server.port} answers first" in words
        old_requests = len(model_server.chats)
        await new_server.wait_requests(2 * CHATS, within=30)
        talkers.stop()
        await talking
        await nothing_left(home)
        assert {one.text for one in talkers.heard} == {OLD, NEW}, "nobody saw a failure or half an answer"
        assert {one.text for one in talkers.heard if one.said_at > applied_at} == {NEW}
        assert len(model_server.chats) == old_requests, "the old one has got no message since"
        assert under_way > 0
        finished = [one for one in talkers.heard if one.text == OLD and one.ended_at > switched_at]
        assert finished, "what was under way ended with the model that it began with"
        rows = await kept_attempts(home.app.database, len(talkers.heard))
        assert {(row.model, row.failure, row.why.value) for row in rows} == {
            ("old", None, "first_choice"),
            ("new", None, "first_choice"),
        }
        assert not model_server.disconnects


async def test_three_lines_are_a_whole_configuration_and_each_may_change(
    tmp_path: Path, model_server: ModelServer
) -> None:
    lines = {**serving(model_server, "first", "Hello there!"), "LLM_API_KEY": "key-of-the-first"}
    async with open_live(tmp_path, lines) as (home, editor):
        assert editor.text.count("\n") == 3
        assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.set(LLM_MODEL="second")
        assert "second at" in await told(home, APPLIED)
        await home.say(ME, "Hello")
        editor.set(LLM_API_KEY="key-of-the-second")
        words = await told(home, APPLIED, 2)
        assert "LLM_API_KEY: another key." in words
        assert "key-of" not in words
        await home.say(ME, "Hello")
    chats = model_server.chats
    assert [chat.json["model"] for chat in chats] == ["first", "second", "second"]
    assert [chat.headers["authorization"] for chat in chats] == [
        "Bearer key-of-the-first",
        "Bearer key-of-the-first",
        "Bearer key-of-the-second",
    ]


async def test_an_answer_on_its_way_ends_with_the_model_and_the_words_that_it_began_with(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    old, new = serving(model_server, "old", OLD), serving(new_server, "new", NEW)
    model_server.otherwise(Stream(OLD, chunk_delay=0.3))
    async with open_live(tmp_path, old) as (home, editor):
        home.page.say(ME, "Tell me")
        await draft_shows(home, ME, "The old")
        editor.set(**new)
        await told(home, APPLIED)
        home.page.say(ME, "And you?")
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        assert home.texts(ME) == [OLD, NEW]
        await nothing_left(home)
        assert [text for role, _, text in await stored_messages(home.app.database) if role == "assistant"] == [OLD, NEW]
        assert asked(new_server.chats[0])[-1] == ("user", "And you?")


async def test_the_bot_that_began_with_nothing_finds_its_model_in_a_file_that_comes_later(
    tmp_path: Path, model_server: ModelServer
) -> None:
    async with open_live(tmp_path, {}) as (home, editor):
        editor.path.unlink()
        assert "demo" in (await home.say(ME, "Hello"))[0].lower()
        editor.set(**serving(model_server, "late", "At last"))
        await told(home, APPLIED)
        assert await home.say(ME, "Hello") == ["At last"]


async def test_fallbacks_come_and_go_and_the_limits_with_them(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    first = serving(model_server, "first", "First")
    spare = serving(new_server, "spare", "Spare")
    model_server.otherwise(error("boom", status=500))
    async with open_live(tmp_path, {**first, "MAX_RETRIES": "0"}) as (home, editor):
        assert "Spare" not in (await home.say(ME, "Hello"))[0]
        fallback = {"FALLBACK_MODELS__0__NAME": "spare", "FALLBACK_MODELS__0__API_BASE": spare["LLM_API_BASE"]}
        editor.set(**fallback)
        assert "these do, in this order: spare" in await told(home, APPLIED)
        assert await home.say(ME, "Hello") == ["Spare"]
        editor.set(FALLBACK_ENABLED="false", TIMEOUT_SECONDS="7")
        words = await told(home, APPLIED, 2)
        assert "FALLBACK_ENABLED: true → false" in words
        assert "TIMEOUT_SECONDS: 30 → 7" in words
        assert "Spare" not in (await home.say(ME, "Hello"))[0]
        editor.set(FALLBACK_ENABLED="", FALLBACK_MODELS__0__NAME="", FALLBACK_MODELS__0__API_BASE="")
        assert "no fallback models any more" in await told(home, APPLIED, 3)


async def test_a_model_that_an_admin_has_put_first_by_a_button_gives_way_to_one_that_is_written_down(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    first, other = serving(model_server, "first", "First"), serving(new_server, "other", "Other")
    fallback = {"FALLBACK_MODELS__0__NAME": "other", "FALLBACK_MODELS__0__API_BASE": other["LLM_API_BASE"]}
    async with open_live(tmp_path, {**first, **fallback}) as (home, editor):
        await put_first(home, "other")
        assert await home.say(ME, "Hello") == ["Other"]
        editor.set(HEDGING="true")
        await told(home, APPLIED)
        assert await home.say(ME, "Hello") == ["Other"], "other settings leave what buttons said alone"
        editor.set(LLM_MODEL="third")
        await told(home, APPLIED, 2)
        assert await home.say(ME, "Hello") == ["First"]
        assert model_server.chats[-1].json["model"] == "third"


async def test_a_model_for_a_kind_of_messages_comes_and_goes(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    first, coder = serving(model_server, "first", "First"), serving(new_server, "coder", "Coder")
    code = "```python\ndef f(x): return x\n```\nWhy does this return nothing?"
    async with open_live(tmp_path, first) as (home, editor):
        assert await home.say(ME, code) == ["First"]
        own = {"TASK_MODELS__CODE__NAME": "coder", "TASK_MODELS__CODE__API_BASE": coder["LLM_API_BASE"]}
        editor.set(**own)
        assert "TASK_MODELS__CODE: coder at" in await told(home, APPLIED)
        assert await home.say(ME, code) == ["Coder"]
        assert await home.say(ME, "Hello") == ["First"]
        # The same model first of all, and no longer for code alone.
        editor.set(**dict.fromkeys(own, ""), **coder)
        await told(home, APPLIED, 2)
        assert await home.say(ME, "Hello") == ["Coder"]
        assert await home.say(ME, code) == ["Coder"]
        rows = await kept_attempts(home.app.database, 5)
        assert [(row.model, row.why.value) for row in rows] == [
            ("first", "first_choice"),
            ("coder", "of_task"),
            ("first", "first_choice"),
            ("coder", "first_choice"),
            ("coder", "first_choice"),
        ]


async def test_who_names_another_model_gets_it_whatever_was_learned_of_the_others(
    tmp_path: Path, model_server: ModelServer, new_server: ModelServer
) -> None:
    first, other = serving(model_server, "first", "First"), serving(new_server, "other", "Other")
    fallback = {"FALLBACK_MODELS__0__NAME": "other", "FALLBACK_MODELS__0__API_BASE": other["LLM_API_BASE"]}
    learning = {"REDETECT_EVERY": "0", "SELECTION": "auto"}
    async with open_live(tmp_path, {**first, **fallback}, environ=learning) as (home, editor):
        await put_first(home, "other")
        for _ in range(3):
            assert await home.say(ME, "Hello") == ["Other"]
        editor.set(LLM_MODEL="third")
        await told(home, APPLIED)
        for _ in range(3):
            assert await home.say(ME, "Hello") == ["First"]
            assert model_server.chats[-1].json["model"] == "third"
