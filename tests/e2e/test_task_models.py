"""Models of tasks are listed with what they are for, looked after and steered as all others are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.talk import nothing_left, served_by
from tests.e2e.test_conversation import press
from tests.e2e.test_terminal import domovoy
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream


@pytest.fixture
async def coder() -> AsyncIterator[ModelServer]:
    """The server of a model for code."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "coder", "object": "model"}]})
        server.otherwise(Stream("The coder answers."))
        yield server


def with_tasks(model_server: ModelServer, coder: ModelServer, **more: str) -> dict[str, str]:
    own = {
        "TASK_MODELS__CODE__NAME": "coder",
        "TASK_MODELS__CODE__API_BASE": coder.base,
        "TASK_MODELS__COOKING__NAME": "coder",
        "TASK_MODELS__COOKING__API_BASE": coder.base,
        "AUGMENTATION_MODEL": json.dumps({"name": "coder", "api_base": coder.base}),
    }
    return {**served_by(model_server), **own, **more}


async def test_models_of_tasks_are_listed_with_their_part(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer, tmp_path: Path
) -> None:
    settings = with_tasks(model_server, coder)
    async with house(**settings) as home:
        [listed] = await home.say(ADMIN, "/models")
        for part in ("answers first", "coder – for code", "coder – for summaries", "coder – for “cooking”"):
            assert part in listed
        home.page.speak(ADMIN, "ru")
        [listed] = await home.say(ADMIN, "/models")
        for part in ("coder – для кода", "coder – для сводок", "coder – для «cooking»"):
            assert part in listed
    _, table, _ = await domovoy(tmp_path, "models", **settings)
    rows = [line.split() for line in table.splitlines()]
    assert [row[0] for row in rows[1:]] == ["→", "augmentation", "code", "cooking"]
    _, text, _ = await domovoy(tmp_path, "models", "--json", **settings)
    assert [row["task"] for row in json.loads(text)] == ["", "augmentation", "code", "cooking"]


async def test_a_model_of_a_task_can_be_tried_and_answers_nothing_else(
    house: OpenHouse, model_server: ModelServer, coder: ModelServer
) -> None:
    async with house(**with_tasks(model_server, coder)) as home:
        await home.say(ME, "Hello")
        await nothing_left(home)
        assert coder.chats == []
        await home.say(ADMIN, "/models")
        shown = [message for message in home.page.messages(ADMIN) if message.from_bot][-1]
        marks = [str(one["callback_data"]) for row in shown.buttons for one in row if one["text"] == "coder"]
        assert len(set(marks)) == 3, "each has a button of its own"
        await press(home, ADMIN, marks[1])
        await press(home, ADMIN, marks[1].replace("show", "probe"))
        assert "Tried just now: first word" in home.texts(ADMIN)[-1]
        assert len(coder.chats) == 1
