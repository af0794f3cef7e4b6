"""Money for the cloud: a friendly word when it is spent, the models at home before, and the admins in the know."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.talk import kept_attempts, served_by
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream


@pytest.fixture
async def cloud() -> AsyncIterator[ModelServer]:
    """A server that counts as a cloud: an answer is expected to cost 5, and costs 4."""
    async with ModelServer() as server:
        server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "cloud", "object": "model"}]})
        server.otherwise(Stream("From the cloud", tokens=["From "] * 400, prompt_tokens=10))
        yield server


def paid(cloud: ModelServer, **more: str) -> dict[str, str]:
    return {
        "PRIMARY_MODEL__NAME": "cloud",
        "PRIMARY_MODEL__API_BASE": cloud.base,
        "PRIMARY_MODEL__LOCAL": "false",
        "PRIMARY_MODEL__PRICE_OUT": "10000",
        **more,
    }


async def test_when_the_day_s_money_is_spent_it_is_said_kindly_and_admins_know(
    house: OpenHouse, cloud: ModelServer
) -> None:
    async with house(**paid(cloud, CLOUD_BUDGET_DAY="9.5")) as home:
        await home.say(ADMIN, "/start")
        for _ in range(2):
            assert (await home.say(ME, "Hello"))[0].startswith("From From")
        [words] = await home.say(ME, "Hello")
        assert words.startswith("The money for cloud models is used up for today, and no model at home can answer now.")
        assert "It may work again in" in words
        assert len(cloud.chats) == 2
        await home.page.wait_for(lambda: any("8.00 of the 9.50" in text for text in home.texts(ADMIN)), timeout=15)
        [_, attempt] = await kept_attempts(home.app.database, 2)
        assert (attempt.cost, attempt.local) == (4.0, False)
    # What was spent is known after a restart.
    async with house(**paid(cloud, CLOUD_BUDGET_DAY="9.5")) as home:
        assert (await home.say(ME, "Hello"))[0].startswith("The money for cloud models is used up")
        assert len(cloud.chats) == 2


async def test_a_model_at_home_answers_in_the_place_of_the_cloud(
    house: OpenHouse, cloud: ModelServer, model_server: ModelServer
) -> None:
    served_by(model_server)
    home_model = {"FALLBACK_MODELS__0__NAME": "tiny-1b", "FALLBACK_MODELS__0__API_BASE": model_server.base}
    async with house(**paid(cloud, CLOUD_BUDGET_MONTH="0", **home_model)) as home:
        assert await home.say(ME, "Hello") == ["Hello there!"]
        assert cloud.chats == []
        assert (await home.say(ME, "/why"))[0].startswith("tiny-1b answered\non a machine at home")
