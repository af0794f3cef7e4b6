"""People get an answer while any model can give one; admins hear what they have to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from llm.errors import FailureKind
from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.talk import draft_shows, kept_attempts, nothing_left, served_by, stored_messages
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Sse, Step, Stream, chunk, error, text_chunk

OPENED = chunk({"role": "assistant", "content": ""})
HALF = Sse((OPENED, text_chunk("Half of it"), 1.5, Step.CLOSE), chunked=False)


@pytest.fixture
async def spare() -> AsyncIterator[ModelServer]:
    """The server of the fallback model."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "spare", "object": "model"}]})
        server.otherwise(Stream("The spare one answers."))
        yield server


def both(model_server: ModelServer, spare: ModelServer, **more: str) -> dict[str, str]:
    fallback = {"FALLBACK_MODELS__0__NAME": "spare", "FALLBACK_MODELS__0__API_BASE": spare.base}
    return {**served_by(model_server), **fallback, **more}


async def test_a_dead_server_is_not_noticed_by_the_person(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    settings = both(model_server, spare)
    await model_server.refuse()
    async with house(**settings) as home:
        assert await home.say(ME, "Hello") == ["The spare one answers."]
        assert await home.say(ME, "And now?") == ["The spare one answers."]
        await nothing_left(home)
        rows = await kept_attempts(home.app.database, 3)
        assert [(row.model, row.failure) for row in rows][:2] == [("tiny-1b", FailureKind.TRANSPORT), ("spare", None)]


async def test_the_first_choice_is_back_soon_after_its_server(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    settings = both(model_server, spare)
    await model_server.refuse()
    async with house(**settings) as home:
        await home.say(ME, "Hello")
        await model_server.listen()
        async with asyncio.timeout(6):
            while await home.say(ME, "And now?") != ["Hello there!"]:
                pass


async def test_a_broken_answer_is_replaced_in_the_chat_and_stored_once(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare)) as home:
        model_server.script(HALF)
        home.page.say(ME, "Tell me")
        await draft_shows(home, ME, "Half")
        await home.page.wait_for(lambda: home.texts(ME))
        await nothing_left(home)
        assert home.texts(ME) == ["The spare one answers."]
        assert await stored_messages(home.app.database) == [
            ("user", "complete", "Tell me"),
            ("assistant", "complete", "The spare one answers."),
        ]


async def test_an_answer_that_nobody_finishes_is_marked_and_not_stored_as_one(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        model_server.otherwise(HALF)
        spare.otherwise(error("busy", status=503))
        [said] = await home.say(ME, "Tell me")
        assert said.startswith("Half of it\n\n")
        await nothing_left(home)
        assert ("assistant", "failed", "Half of it") in await stored_messages(home.app.database)


async def test_a_silent_server_leaves_time_for_the_next(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, TIMEOUT_SECONDS="2")) as home:
        model_server.otherwise(Hang())
        assert await home.say(ME, "Hello") == ["The spare one answers."]


@pytest.mark.parametrize(
    ("reply", "setting"),
    [
        (error("Incorrect API key provided", status=401), "LLM_API_KEY"),
        (error("The model does not exist", status=404, code="model_not_found"), "LLM_MODEL"),
        (error("x", status=429, code="insufficient_quota"), "LLM_API_KEY"),
    ],
    ids=["key", "model", "quota"],
)
async def test_admins_hear_once_which_setting_to_mend(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer, reply: Json, setting: str
) -> None:
    async with house(**both(model_server, spare)) as home:
        await home.say(ADMIN, "/start")
        model_server.otherwise(reply)
        for _ in range(3):
            assert await home.say(ME, "Hello") == ["The spare one answers."]
        await home.page.wait_for(lambda: any(setting in text for text in home.texts(ADMIN)))
        assert sum("can not be used" in text for text in home.texts(ADMIN)) == 1
        assert not any("can not be used" in text for text in home.texts(ME))


async def test_an_admin_who_comes_later_hears_of_it_then(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare)) as home:
        model_server.otherwise(error("Incorrect API key provided", status=401))
        await home.say(ME, "Hello")
        await nothing_left(home)
        assert home.texts(ADMIN) == []
        await home.say(ADMIN, "/start", answers=2)
        assert sum("LLM_API_KEY" in text for text in home.texts(ADMIN)) == 1
        await home.say(ADMIN, "/start")
        assert sum("LLM_API_KEY" in text for text in home.texts(ADMIN)) == 1


async def test_models_lists_the_fallback_and_the_admin_sees_all_attempts(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, MAX_RETRIES="0")) as home:
        [listed] = await home.say(ADMIN, "/models")
        assert "spare – fallback" in listed
        model_server.otherwise(error("boom", status=500))
        spare.otherwise(error("busy", status=503))
        [told] = await home.say(ADMIN, "Hello")
        assert f"127.0.0.1:{model_server.port}" in told
        assert f"spare · 127.0.0.1:{spare.port} · overload" in told
        [said] = await home.say(ME, "Hello")
        assert "127.0.0.1" not in said


async def test_without_fallback_only_the_first_is_asked(
    house: OpenHouse, model_server: ModelServer, spare: ModelServer
) -> None:
    async with house(**both(model_server, spare, FALLBACK_ENABLED="false", MAX_RETRIES="0")) as home:
        model_server.otherwise(error("boom", status=500))
        [said] = await home.say(ME, "Hello")
        assert "spare" not in said
        assert spare.chats == []
