"""When all servers are at work, who waits sees their place, and gets an answer all the same."""

from __future__ import annotations

import asyncio

from llm.types import Why
from tests.e2e.conftest import ADMIN, ME, STRANGER, OpenHouse
from tests.e2e.talk import draft_shows, kept_attempts
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.one_slot import OneSlot
from tests.fakes.replies import Stream


async def test_who_comes_when_all_is_busy_sees_the_place_in_the_queue(
    house: OpenHouse, model_server: ModelServer
) -> None:
    servers.llama_server(model_server, "tiny")
    model_server.otherwise(Stream("one two three", first_delay=1.5))
    everybody = (ME, ADMIN, STRANGER)
    async with house(LLM_API_BASE=model_server.base, LLM_MODEL="tiny", ACCESS="open") as home:
        for person in everybody:
            home.page.say(person, "Hello")
            await asyncio.sleep(0.05)
        await draft_shows(home, STRANGER, "number 1 in the queue")
        await home.page.wait_for(lambda: all(home.texts(person) for person in everybody), timeout=20)
        assert [home.texts(person) for person in everybody] == [["one two three"]] * 3


async def test_two_servers_with_the_same_model_share_the_work(house: OpenHouse, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "same")
    async with ModelServer() as second:
        servers.llama_server(second, "same")
        OneSlot(model_server, seconds=0.3, text="first")
        OneSlot(second, seconds=0.02, text="second")
        settings = {
            "LLM_API_BASE": model_server.base,
            "LLM_MODEL": "same",
            "FALLBACK_MODELS__0__NAME": "same",
            "FALLBACK_MODELS__0__API_BASE": second.base,
        }
        async with house(**settings) as home:
            answers = [(await home.say(ME, f"Hello {number}"))[0] for number in range(12)]
            assert answers[-4:] == ["second"] * 4, "the faster one has the work, although it is configured second"
            rows = await kept_attempts(home.app.database, 12)
            assert {row.instead_of for row in rows} == {None}, "nobody was passed over"
            assert Why.SOONEST in {row.why for row in rows}
            [why] = await home.say(ME, "/why")
            assert "would be done first" in why
