"""/model: a person's own choice over real sockets: by button and by name, protected by the others, over restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.callbacks import ChoiceAct, ChoicePress
from tests.e2e.conftest import ME, STRANGER, OpenHouse, open_house_in
from tests.e2e.talk import forge, kept_attempts, served_by
from tests.e2e.test_figures import buttons, last_of, press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream, error


@pytest.fixture
async def other() -> AsyncIterator[ModelServer]:
    """The server of a second model."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "other-1b", "object": "model"}]})
        server.otherwise(Stream("Other"))
        yield server


def two(model_server: ModelServer, other: ModelServer, **more: str) -> dict[str, str]:
    model_server.otherwise(Stream("First"))
    fallback = {"FALLBACK_MODELS__0__NAME": "other-1b", "FALLBACK_MODELS__0__API_BASE": other.base}
    return {**served_by(model_server), **fallback, **more}


async def test_a_model_is_chosen_by_its_button_and_answers_from_then_on(
    house: OpenHouse, model_server: ModelServer, other: ModelServer
) -> None:
    async with house(**two(model_server, other)) as home:
        assert await home.say(ME, "Hello") == ["First"]
        await home.say(ME, "/model")
        card = last_of(home, ME)
        assert "Now: automatic." in card.text
        assert buttons(card) == ["✓ Automatic", "tiny-1b", "other-1b", "‹ Settings"]
        card = await press(home, card, "other-1b", ME)
        assert "Now: other-1b." in card.text
        assert "✓ other-1b" in buttons(card)
        assert await home.say(ME, "Hello") == ["Other"]
        assert await home.say(STRANGER, "Hello") == ["First"], "what one chooses changes nothing for another"
        card = await press(home, card, "Automatic", ME)
        assert await home.say(ME, "Hello") == ["First"]
        rows = await kept_attempts(home.app.database, 4)
        assert [row.model for row in rows] == ["tiny-1b", "other-1b", "tiny-1b", "tiny-1b"]


async def test_how_much_a_model_holds_is_shown(tmp_path: Path) -> None:
    async with ModelServer() as ollama:
        ollama.get["/api/version"] = Json({"version": "0.9.0"})
        ollama.get["/api/tags"] = Json({"models": [{"name": "qwen3:8b", "model": "qwen3:8b"}]})
        ollama.get["/api/ps"] = Json({"models": []})
        limits = {"PRIMARY_MODEL__CAPABILITIES": '{"max_context": 8192}'}
        own = {"PRIMARY_MODEL__NAME": "qwen3:8b", "PRIMARY_MODEL__API_BASE": ollama.base, **limits}
        async with open_house_in(tmp_path, **own) as home:
            [shown] = await home.say(ME, "/model")
            assert "holds 8192 tokens" in shown


async def test_the_choice_is_shielded_by_the_others_and_who_answered_is_said(
    house: OpenHouse, model_server: ModelServer, other: ModelServer
) -> None:
    async with house(**two(model_server, other, MAX_RETRIES="0")) as home:
        assert await home.say(ME, "/model OTHER") == ["other-1b answers you from now on."]
        other.otherwise(error("broken", status=500))
        assert await home.say(ME, "Hello") == ["First\n\nother-1b could not answer this; tiny-1b has."]


async def test_the_choice_outlives_a_restart(tmp_path: Path, model_server: ModelServer, other: ModelServer) -> None:
    settings = two(model_server, other)
    async with open_house_in(tmp_path, **settings) as home:
        await home.say(ME, "/model other")
    async with open_house_in(tmp_path, **settings) as home:
        assert await home.say(ME, "Hello") == ["Other"]


async def test_a_model_that_has_left_the_settings_is_said_to_be_away_and_others_answer(
    tmp_path: Path, model_server: ModelServer, other: ModelServer
) -> None:
    async with open_house_in(tmp_path, **two(model_server, other)) as home:
        await home.say(ME, "/model other")
    async with open_house_in(tmp_path, **served_by(model_server)) as home:
        assert await home.say(ME, "Hello") == ["First\n\nother-1b could not answer this; tiny-1b has."]
        await home.say(ME, "/model")
        assert "other-1b, which is not among my models" in last_of(home, ME).text


async def test_a_tag_of_the_settings_is_shown_and_chooses_its_model(
    house: OpenHouse, model_server: ModelServer, other: ModelServer
) -> None:
    tags = {"FALLBACK_MODELS__0__TAGS": '["Quick", "home"]'}
    async with house(**two(model_server, other, **tags)) as home:
        await home.say(ME, "/model")
        assert "#Quick · #home" in last_of(home, ME).text
        assert await home.say(ME, "/model quick") == ["other-1b answers you from now on."]


async def test_a_part_of_a_name_that_fits_several_lists_them(
    house: OpenHouse, model_server: ModelServer, other: ModelServer
) -> None:
    async with house(**two(model_server, other)) as home:
        [said] = await home.say(ME, "/model 1b")
        assert said == "2 models are called so. Which one do you mean?\n• tiny-1b\n• other-1b"
        assert await home.say(ME, "/model nonesuch") == [
            "None of my models is called “nonesuch”. /model shows all of them."
        ]
        assert await home.say(ME, "/model automatic") == ["From now on I choose the model for each message."]


async def test_a_button_of_somebody_else_or_of_a_model_that_is_gone_changes_nothing(
    house: OpenHouse, model_server: ModelServer, other: ModelServer
) -> None:
    async with house(**two(model_server, other)) as home:
        await home.say(STRANGER, "/model")
        for person_id, mark in ((ME, "0" * 12), (STRANGER, "0" * 12)):
            forge(home, STRANGER, ChoicePress(act=ChoiceAct.CHOOSE, person_id=person_id, mark=mark).pack())
        await home.page.wait_for(lambda: home.page.called("answerCallbackQuery")[1:])
        said = [call.params.get("text", "") for call in home.page.called("answerCallbackQuery")]
        assert said == ["This button is for who asked for it.", "This model is not there any more."]
        assert await home.say(STRANGER, "Hello") == ["First"]


async def test_many_models_come_a_page_at_a_time(house: OpenHouse, model_server: ModelServer) -> None:
    names = [f"{'модель-' * 12}{number}" for number in range(20)]
    many = {
        key: value
        for number, name in enumerate(names)
        for key, value in (
            (f"FALLBACK_MODELS__{number}__NAME", name),
            (f"FALLBACK_MODELS__{number}__API_BASE", model_server.base),
        )
    }
    async with house(**served_by(model_server), **many) as home:
        await home.say(ME, "/model")
        card = last_of(home, ME)
        assert len(buttons(card)) == 1 + 8 + 1 + 1
        assert "Page 1 of 3" in card.text
        card = await press(home, card, "›", ME)
        card = await press(home, card, "›", ME)
        assert "Page 3 of 3" in card.text
        assert buttons(card)[-2:] == ["‹", "‹ Settings"]
        model_server.otherwise(Stream("Hello!"))
        await press(home, card, buttons(card)[1], ME)
        await home.say(ME, "Hello")
        assert model_server.chats[-1].json["model"] == names[15]
