"""Limits of people: told in words that say when it goes on, before a model hears of the message."""

from __future__ import annotations

from tests.e2e.conftest import ADMIN, ME, STRANGER, OpenHouse
from tests.e2e.talk import asked, kept_attempts, served_by, settled
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream, error


async def test_messages_over_the_limit_reach_no_model_and_are_told_once(
    house: OpenHouse, model_server: ModelServer
) -> None:
    settings = served_by(model_server, LIMIT_MESSAGES_MINUTE="2", ADMIN_IDS=str(ADMIN))
    async with house(**settings) as home:
        for _ in range(2):
            assert await home.say(ME, "Hello") == ["Hello there!"]
        [words] = await home.say(ME, "A third one")
        assert words.startswith("I answer you 2 messages a minute. This one I have not answered: please send it again")
        before = len(home.texts(ME))
        for text in ("A fourth one", "/improve this question", "A fifth one"):
            home.page.say(ME, text)
        await settled(home)
        assert len(home.texts(ME)) == before, "told once a minute"
        assert len(model_server.chats) == 2
        assert await home.say(STRANGER, "Hello") == ["Hello there!"], "others go on"
        for _ in range(4):
            assert await home.say(ADMIN, "Hello") == ["Hello there!"], "admins have none"
    async with house(**settings) as home:
        home.page.say(ME, "After a restart")
        await home.page.wait_for(lambda: len(home.texts(ME)) > before)
        assert home.texts(ME)[-1].startswith("I answer you 2 messages a minute."), "what was said before counts"


async def test_only_an_edit_that_wants_an_answer_counts(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, LIMIT_MESSAGES_MINUTE="3", ADMIN_IDS=str(ADMIN))) as home:
        await home.say(ME, "first")
        await home.say(ME, "second")
        [first, *_] = [one for one in home.page.messages(ME) if not one.from_bot]
        for words in ("First", "FIRST"):
            home.page.edit(ME, first.message_id, words)
            await settled(home)
        await home.say(ME, "third")
        assert next(text for _, text in asked(model_server.chats[-1])) == "FIRST"
        home.page.edit(ME, first.message_id, "the first")
        await settled(home)
        third = next(one for one in home.page.messages(ME) if one.text == "third")
        home.page.edit(ME, third.message_id, "the third")
        await home.page.wait_for(lambda: home.texts(ME)[-1].startswith("I answer you 3 messages a minute"))
        assert len(model_server.chats) == 3
        await home.say(ADMIN, f"/people {ME} messages none")
        await home.say(ME, "fourth")
        said = [text for role, text in asked(model_server.chats[-1]) if role == "user"]
        assert said == ["the first", "second", "third", "fourth"], "the answer to it stays that to the third"


async def test_the_tokens_of_a_day_are_counted_over_a_restart(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.otherwise(Stream("Yes.", prompt_tokens=90))
    settings = served_by(model_server, LIMIT_TOKENS_DAY="100", ADMIN_IDS=str(ADMIN))
    async with house(**settings) as home:
        home.page.speak(ME, "ru")
        assert await home.say(ME, "Hello") == ["Yes."]
        assert await home.say(ME, "Hello") == ["Yes."], "the last answer of a day may go over it"
    async with house(**settings) as home:
        [words] = await home.say(ME, "Hello")
        assert words.startswith("На сегодня ваши токены (100) закончились")
        assert "00:00 UTC" in words
        assert len(model_server.chats) == 2
        await home.say(ADMIN, f"/people {ME} tokens none")
        assert await home.say(ME, "Hello") == ["Yes."]
        [own] = await home.say(ME, "/privacy")
        assert "Сегодня: 3 запроса, токенов: 2" in own


async def test_a_call_over_several_models_is_one_request_and_what_failed_costs_nothing(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, MAX_RETRIES="2", ADMIN_IDS=str(ADMIN))) as home:
        model_server.script(error("boom", status=500), Stream("Yes.", prompt_tokens=90))
        assert await home.say(ME, "Hello") == ["Yes."]
        await kept_attempts(home.app.database, 2)
        [text] = await home.say(ADMIN, f"/people {ME}")
        assert "Today: one request, 9" in text
