"""People who want nothing of theirs to go to a cloud: not their questions, and nothing that is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.playground.test_files import opus
from tests.e2e.conftest import ME, STRANGER, House, open_house_in
from tests.e2e.talk import served_by
from tests.e2e.test_figures import buttons, last_of, press
from tests.e2e.test_sent import send
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, error


def cloudy(cloud: ModelServer, **more: str) -> dict[str, str]:
    """Settings under which a cloud answers first."""
    cloud.get["/v1/models"] = Json({"object": "list", "data": [{"id": "cloud", "object": "model"}]})
    cloud.reply("From the cloud")
    primary = {"NAME": "cloud", "API_BASE": cloud.base, "LOCAL": "false"}
    return {**{f"PRIMARY_MODEL__{name}": value for name, value in primary.items()}, **more}


def backed(server: ModelServer) -> dict[str, str]:
    """Settings under which a model at home answers when the first one does not."""
    served_by(server)
    return {"FALLBACK_MODELS__0__NAME": "tiny-1b", "FALLBACK_MODELS__0__API_BASE": server.base}


async def stay_at_home(home: House) -> None:
    await home.say(ME, "/settings")
    card = await press(home, last_of(home, ME), "Cloud: when nothing at home can answer", ME)
    assert "Cloud: never" in buttons(card)


@pytest.mark.parametrize("selection", ["ordered", "auto"])
async def test_only_models_at_home_are_asked_for_who_wants_it(
    tmp_path: Path, model_server: ModelServer, selection: str
) -> None:
    async with ModelServer() as cloud:
        settings = cloudy(cloud, **backed(model_server), SELECTION=selection)
        async with open_house_in(tmp_path, **settings) as home:
            await stay_at_home(home)
            assert await home.say(ME, "Hello") == ["Hello there!"]
            assert "Ask the cloud" not in buttons(last_of(home, ME))
            assert "goes to no cloud" in (await home.say(ME, "/privacy"))[0]
            assert await home.say(ME, "/model cloud")
            assert (await home.say(ME, "Hello"))[0].startswith("Hello there!"), "the promise comes before the choice"
        async with open_house_in(tmp_path, **settings) as home:
            model_server.otherwise(error("boom", status=500))
            assert (await home.say(ME, "And after a restart?"))[0].startswith("The model server had a fault")
            assert cloud.chats == []
            assert await home.say(STRANGER, "Hello") == ["From the cloud"], "others have chosen nothing"
            assert len(cloud.chats) == 1


async def test_where_there_are_only_clouds_it_is_said_and_can_be_taken_back(tmp_path: Path) -> None:
    cloud = ModelServer()
    async with cloud, open_house_in(tmp_path, **cloudy(cloud)) as home:
        await stay_at_home(home)
        assert (await home.say(ME, "Hello"))[0].startswith("You want nothing of yours to go to a cloud")
        assert (await home.say(ME, "/improve hello"))[0].startswith("You want nothing of yours to go to a cloud")
        assert cloud.chats == []
        await home.say(ME, "/settings")
        await press(home, last_of(home, ME), "Cloud: never", ME)
        assert await home.say(ME, "Hello") == ["From the cloud"]


async def test_what_is_made_of_a_talk_stays_at_home_too(tmp_path: Path, model_server: ModelServer) -> None:
    async with ModelServer() as cloud:
        tasks = {
            f"{task}_MODEL__{name}": value
            for task in ("CLASSIFICATION", "AUGMENTATION")
            for name, value in (("NAME", "cloud"), ("API_BASE", cloud.base), ("LOCAL", "false"))
        }
        kinds = {"TASK_MODELS": f'{{"code": {{"name": "tiny-1b", "api_base": "{model_server.base}"}}}}'}
        own = {
            "PRIMARY_MODEL__NAME": "tiny-1b",
            "PRIMARY_MODEL__API_BASE": model_server.base,
            "PRIMARY_MODEL__CAPABILITIES": '{"max_context": 2048}',
            "PRIMARY_MODEL__MAX_TOKENS": "64",
        }
        cloudy(cloud)
        served_by(model_server)
        async with open_house_in(tmp_path, **own, **tasks, **kinds) as home:
            await stay_at_home(home)
            for number in range(8):
                words = f"Message {number}, about nothing that a rule would know of. " + "Word after word. " * 60
                await home.say(ME, words)
            await home.say(ME, "/export md")
            await home.say(ME, "/improve what is that")
            assert cloud.chats == []
            assert len(model_server.chats) > 10, "it was summed up, sorted or named at home"


async def test_what_is_spoken_is_not_written_down_in_a_cloud(tmp_path: Path, model_server: ModelServer) -> None:
    heard = {"TRANSCRIPTION_API_BASE": "https://speech.example/v1", "TRANSCRIPTION_MODEL": "whisper"}
    cloud = ModelServer()
    async with cloud, open_house_in(tmp_path, **cloudy(cloud, **backed(model_server), **heard)) as home:
        await stay_at_home(home)
        [words] = await send(home, "voice.ogg", opus(2))
        assert words.startswith("You want nothing of yours to go to a cloud, and recordings are written down in one.")


async def test_a_cloud_that_only_writes_down_what_is_spoken_is_one_too(
    tmp_path: Path, model_server: ModelServer
) -> None:
    speech = {"TRANSCRIPTION_API_BASE": "https://api.openai.com/v1", "TRANSCRIPTION_MODEL": "whisper-1"}
    async with open_house_in(tmp_path, **served_by(model_server), **speech) as home:
        [said] = await home.say(ME, "/privacy")
        assert "is written down in a cloud" in said
        assert "None of them is in a cloud." not in said
        await stay_at_home(home)
        assert "goes to no cloud" in (await home.say(ME, "/privacy"))[0]


async def test_without_a_cloud_there_is_nothing_to_choose(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_house_in(tmp_path, **served_by(model_server)) as home:
        await home.say(ME, "/settings")
        assert not any(one.startswith("Cloud") for one in buttons(last_of(home, ME)))
