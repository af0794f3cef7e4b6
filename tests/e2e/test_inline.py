"""Inline mode: what is asked in another chat is answered there."""

from __future__ import annotations

import pytest

from bot.playground.values import Message
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import asked, draft_shows, settled, stored_messages
from tests.e2e.test_groups import PART, STUCK, open_to_me
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream


async def offered(home: House, person_id: int, text: str) -> str:
    """Write behind the bot's name and wait for what it offers."""
    query_id = home.page.inline.ask(person_id, text)
    await home.page.wait_for(lambda: home.page.world.inline_queries[query_id].results is not None)
    return query_id


def shown(home: House, sent: Message) -> Message:
    return home.page.world.chats[sent.chat_id].messages[sent.message_id]


async def test_a_question_is_answered_where_it_was_sent(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = home.page.groups.create(ADMIN)
        query_id = await offered(home, ME, "why is the sky blue?")
        sent = home.page.inline.choose(query_id, group.group_id)
        assert sent.text == "❓ why is the sky blue?"
        await home.page.wait_for(lambda: shown(home, sent).text == "why is the sky blue?\n\nHello there!")
        assert shown(home, sent).entities[0]["type"] == "blockquote"
        assert not shown(home, sent).buttons
        assert asked(model_server.chats[0]) == [("user", "why is the sky blue?")]
        again = home.page.inline.choose(await offered(home, ME, "and the sea?"), group.group_id)
        await home.page.wait_for(lambda: shown(home, again).text.endswith("Hello there!"))
        assert asked(model_server.chats[1]) == [("user", "and the sea?")], "each question stands for itself"
        assert home.texts(ME) == []


async def test_without_feedback_a_button_asks(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = home.page.groups.create(ADMIN)
        sent = home.page.inline.choose(await offered(home, ME, "why?"), group.group_id, feedback=False)
        data = sent.buttons[0][0]["callback_data"]
        home.page.groups.press(ADMIN, group.group_id, sent.message_id, data)
        await settled(home)
        assert model_server.chats == [], "somebody else's button"
        home.page.groups.press(ME, group.group_id, sent.message_id, data)
        await home.page.wait_for(lambda: shown(home, sent).text == "why?\n\nHello there!")


async def test_strangers_are_offered_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        query_id = await offered(home, STRANGER, "why?")
        found = home.page.world.inline_queries[query_id]
        assert found.results == ()
        assert found.button is not None
        assert found.button["text"] == "This bot is private. Ask to be let in"
        empty = home.page.world.inline_queries[await offered(home, ME, " ")]
        assert (empty.results, empty.button is not None) == ((), True)


async def test_only_who_asked_can_stop_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = home.page.groups.create(ADMIN)
        model_server.script(STUCK, STUCK)
        sent = home.page.inline.choose(await offered(home, ME, "why?"), group.group_id)
        await home.page.wait_for(lambda: PART in shown(home, sent).text)
        home.page.say(ME, "And here?")
        await draft_shows(home, ME, PART)
        data = shown(home, sent).buttons[0][0]["callback_data"]
        home.page.groups.press(ADMIN, group.group_id, sent.message_id, data)
        home.page.say(ME, "/stop")
        await home.page.wait_for(lambda: home.texts(ME))
        assert PART in shown(home, sent).text
        assert shown(home, sent).buttons, "what is stopped in the chat is stopped there alone"
        home.page.groups.press(ME, group.group_id, sent.message_id, data)
        await home.page.wait_for(lambda: shown(home, sent).text == f"why?\n\n{PART}\n\nStopped.")


@pytest.mark.parametrize("long", [False, True])
async def test_the_final_text_comes_after_a_429_and_says_when_it_does_not_fit(
    house: OpenHouse, model_server: ModelServer, long: bool
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = home.page.groups.create(ADMIN)
        model_server.script(Stream("word " * 1500 if long else "short"))
        home.page.faults.flood("editMessageText", 1)
        sent = home.page.inline.choose(await offered(home, ME, "why?"), group.group_id)
        ending = "Ask me in our private chat to read it all." if long else "short"
        await home.page.wait_for(lambda: shown(home, sent).text.endswith(ending), timeout=15)
        await settled(home)
        assert [state for _, state, _ in await stored_messages(home.app.database)] == ["complete", "complete"]
