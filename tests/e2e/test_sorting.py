"""Messages go to the model that is set for their kind, where that is known in time; else their usual way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from llm.tasks.sorting import WAIT_SECONDS
from llm.types import Task, Why
from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import asked, kept_attempts, nothing_left, served_by, stored_messages, until
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, ReplyMaker, Reset, Sse, Step, Stream, error

PUZZLE = "My function gives back nothing although its list has three things in it, and I can not see why that is."
LETTER = "Please tell me how one writes a friendly letter to the neighbours about a garden party on Saturday evening."


async def served(name: str) -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": name, "object": "model"}]})
        server.otherwise(Stream(f"The {name} answers."))
        yield server


@pytest.fixture
async def coder() -> AsyncIterator[ModelServer]:
    """The server of the model for code."""
    async for server in served("coder"):
        yield server


@pytest.fixture
async def sorter() -> AsyncIterator[ModelServer]:
    """The server of the model that sorts."""
    async for server in served("sorter"):
        server.otherwise(told("code"))
        yield server


def told(kind: str) -> Stream:
    return Stream(json.dumps({"kind": kind, "language": "en"}))


def settings_of(model_server: ModelServer, coder: ModelServer, sorter: ModelServer, **more: str) -> dict[str, str]:
    own = {
        "TASK_MODELS__CODE__NAME": "coder",
        "TASK_MODELS__CODE__API_BASE": coder.base,
        "CLASSIFICATION_MODEL__NAME": "sorter",
        "CLASSIFICATION_MODEL__API_BASE": sorter.base,
    }
    return {**served_by(model_server), **own, **more}


async def test_a_message_goes_to_the_model_of_its_kind_and_is_sorted_once(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    async with house(**settings_of(model_server, coder, sorter)) as home:
        assert await home.say(ME, PUZZLE) == ["The coder answers."]
        assert await home.say(ME, PUZZLE) == ["The coder answers."]
        assert len(sorter.chats) == 1
        sorter.otherwise(told("chat"))
        assert await home.say(ME, LETTER) == ["Hello there!"]
        await nothing_left(home)
        rows = await kept_attempts(home.app.database, 5)
        assert [(row.task, row.model, row.why) for row in rows] == [
            (Task.CLASSIFICATION, "sorter", Why.OF_TASK),
            (Task.CHAT, "coder", Why.OF_TASK),
            (Task.CHAT, "coder", Why.OF_TASK),
            (Task.CLASSIFICATION, "sorter", Why.OF_TASK),
            (Task.CHAT, "tiny-1b", Why.FIRST_CHOICE),
        ]
        await home.say(ME, PUZZLE)
        [why] = await home.say(ME, "/why")
        assert why.startswith("coder answered")
        assert "the model for messages of this kind" in why


async def test_what_a_rule_can_tell_and_what_is_short_is_sorted_by_nobody(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    async with house(**settings_of(model_server, coder, sorter)) as home:
        assert await home.say(ME, "```python\nprint(1)\n```\nWhat does this do?") == ["The coder answers."]
        assert await home.say(ME, "And what is the weather like?") == ["Hello there!"]
        assert await home.say(ME, f"Translate to German: {LETTER}") == ["Hello there!"]
        assert sorter.chats == []


async def test_without_a_model_for_any_kind_nobody_sorts(
    house: OpenHouse, model_server: ModelServer, sorter: ModelServer
) -> None:
    own = {"CLASSIFICATION_MODEL__NAME": "sorter", "CLASSIFICATION_MODEL__API_BASE": sorter.base}
    async with house(**served_by(model_server), **own) as home:
        assert await home.say(ME, PUZZLE) == ["Hello there!"]
        assert len(model_server.chats) == 1
        assert sorter.chats == []


async def test_a_server_that_hangs_while_it_sorts_delays_one_answer_a_moment_and_loses_none(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    async with house(**settings_of(model_server, coder, sorter)) as home:
        sorter.otherwise(Hang())
        for number in range(4):
            assert await home.say(ME, f"{PUZZLE} ({number})") == ["Hello there!"]
        [hung] = [request.at for request in sorter.chats]
        assert model_server.chats[0].at - hung >= WAIT_SECONDS - 0.1, "the first one has waited, no other was sorted"
        await nothing_left(home)
        assert [text for role, _, text in await stored_messages(home.app.database) if role == "assistant"] == [
            "Hello there!"
        ] * 4
    assert sorter.open_connections == 0, "what was under way has ended with the program"


@pytest.mark.parametrize(
    "reply",
    [
        error("boom", status=500),
        error("no such model", status=404, code="model_not_found"),
        Reset(),
        Stream("I would say that this is about code."),
        told("gossip"),
        Sse((Step.CLOSE,)),
    ],
    ids=["fault", "missing", "reset", "no JSON", "no such kind", "cut"],
)
async def test_whatever_goes_wrong_with_the_sorting_the_answer_comes(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer, reply: ReplyMaker
) -> None:
    async with house(**settings_of(model_server, coder, sorter, MAX_RETRIES="0")) as home:
        sorter.otherwise(reply)
        model_server.otherwise(Stream("Nothing that has a kind."))
        assert await home.say(ME, PUZZLE) == ["Nothing that has a kind."]
        assert await home.say(ME, "And now?") == ["Nothing that has a kind."]


async def test_a_dead_sorting_model_does_not_stop_the_sorting(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    settings = settings_of(model_server, coder, sorter)
    await sorter.refuse()
    async with house(**settings) as home:
        model_server.script(told("code"))
        assert await home.say(ME, PUZZLE) == ["The coder answers."]
        assert "You sort messages" in asked(model_server.chats[0])[0][1]


async def test_a_dead_model_for_a_kind_does_not_stop_the_answer(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    settings = settings_of(model_server, coder, sorter)
    await coder.refuse()
    async with house(**settings) as home:
        assert await home.say(ME, PUZZLE) == ["Hello there!"]
        [why] = await home.say(ME, "/why")
        assert "coder could not answer" in why


async def test_stop_ends_the_wait_for_a_sorting(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, sorter: ModelServer
) -> None:
    async with house(**settings_of(model_server, coder, sorter)) as home:
        sorter.otherwise(Hang())
        home.page.say(ME, PUZZLE)

        async def sorting() -> bool:
            return bool(sorter.chats)

        await until(sorting)
        await home.say(ME, "/stop")
        assert model_server.chats == []
        assert home.texts(ME)[-1].endswith("Stopped.")
