"""Who waits because a model has to be loaded is told so."""

from __future__ import annotations

from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import draft_shows, settled
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.simulated.ollama import Ollama


async def test_a_model_that_is_not_in_memory_yet_is_said_to_be_loaded_and_the_next_answer_says_no_such_thing(
    house: OpenHouse, model_server: ModelServer
) -> None:
    fake = Ollama(model_server)
    fake.first_seconds = 2.5
    async with house(LLM_API_BASE=model_server.base, LLM_MODEL=fake.model) as home:
        home.page.say(ME, "Hello")
        await draft_shows(home, ME, f"Loading {fake.model}…")
        await draft_shows(home, ME, f"Loading {fake.model}… 2 s")
        await settled(home)
        answers = len(home.texts(ME))
        servers.ollama(model_server, fake.model, context=fake.told, loaded=True)
        model_server.post["/api/chat"] = fake.chat
        before = len(home.page.called("sendMessageDraft"))
        home.page.say(ME, "And now?")
        await settled(home)
        assert len(home.texts(ME)) == answers + 1
        later = home.page.called("sendMessageDraft")[before:]
        assert later
        assert not any("Loading" in str(call.params.get("text")) for call in later)
