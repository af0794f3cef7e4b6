"""The better of two models is found out in use, and /why says so."""

from __future__ import annotations

from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import served_by
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream, error


async def test_a_model_that_breaks_again_and_again_is_no_longer_asked_first_and_why_says_what_was_learned(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with ModelServer() as better:
        better.get["/v1/models"] = Json({"object": "list", "data": [{"id": "better", "object": "model"}]})
        better.otherwise(Stream("better says hello"))
        model_server.otherwise(error("boom", status=500))
        fallback = {"FALLBACK_MODELS__0__NAME": "better", "FALLBACK_MODELS__0__API_BASE": better.base}
        settings = {**served_by(model_server, MAX_RETRIES="0"), **fallback, "SELECTION": "auto"}
        async with house(**settings) as home:
            for number in range(8):
                assert await home.say(ME, f"What is new, number {number}?") == ["better says hello"]
            assert len(model_server.chats) < 6
            [why] = await home.say(ME, "/why")
            assert "better" in why
        async with house(**settings) as home:
            [why] = await home.say(ME, "/why")
            assert "better answered" in why
