"""/chats over real sockets: conversations that there were are listed, gone on with and deleted."""

from __future__ import annotations

from pathlib import Path

from bot.callbacks import ChatsAct, ChatsPress
from storage.tables import attachments, telegram_messages
from tests.e2e.conftest import ME, STRANGER, House, OpenHouse, open_house_in
from tests.e2e.talk import asked, forge, served_by, settled, stored_messages
from tests.e2e.test_figures import buttons, last_of, press
from tests.e2e.test_sent import send
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, chunk, text_chunk

STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk("The beginning"), Step.HANG))


async def talk_of(home: House, *openings: str) -> None:
    """Have conversations that begin so; the last one stays open."""
    for number, words in enumerate(openings):
        if number:
            await home.say(ME, "/new")
        await home.say(ME, words)


async def test_an_earlier_conversation_is_gone_on_with(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_house_in(tmp_path, **served_by(model_server)) as home:
        assert await home.say(ME, "/chats") == ["There is no conversation here yet."]
        await talk_of(home, "My cat is called Tom.", "Where is Kyoto?")
        await home.say(ME, "/new")
    async with open_house_in(tmp_path, **served_by(model_server)) as home:
        await home.say(ME, "/chats")
        card = last_of(home, ME)
        assert buttons(card) == ["Where is Kyoto?", "My cat is called Tom."], "an empty one is none"
        card = await press(home, card, "My cat is called Tom.", ME)
        assert card.text.startswith("My cat is called Tom.\n\n2 messages, the last ")
        card = await press(home, card, "Go on with this one", ME)
        assert buttons(card) == ["Where is Kyoto?", "• My cat is called Tom."]
        await home.say(ME, "What is it called?")
        assert [text for _, text in asked(model_server.chats[-1])] == [
            "My cat is called Tom.",
            "Hello there!",
            "What is it called?",
        ]


async def test_one_is_deleted_with_all_that_was_sent_in_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await send(home, "notes.txt", b"Buy milk.", "Remember this")
        await home.say(ME, "/new")
        await home.say(ME, "Where is Kyoto?")
        await home.say(ME, "/chats")
        card = await press(home, last_of(home, ME), "Remember this", ME)
        card = await press(home, card, "Delete…", ME)
        card = await press(home, card, "Keep it", ME)
        card = await press(home, card, "Delete…", ME)
        card = await press(home, card, "Delete it for good", ME)
        assert buttons(card) == ["• Where is Kyoto?"]
        assert [text for *_, text in await stored_messages(home.app.database)] == ["Where is Kyoto?", "Hello there!"]
        assert await home.app.database.rows("test", attachments.select()) == []
        assert len(await home.app.database.rows("test", telegram_messages.select())) == 2


async def test_the_open_one_is_deleted_while_its_answer_is_written(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await talk_of(home, "Where is Kyoto?")
        model_server.script(STUCK)
        home.page.say(ME, "And Osaka?")
        await home.page.wait_for(lambda: len(model_server.chats) == 2 and home.page.drafts(ME))
        await home.say(ME, "/chats")
        card = await press(home, last_of(home, ME), "• Where is Kyoto?", ME)
        card = await press(home, card, "Delete…", ME)
        card = await press(home, card, "Delete it for good", ME)
        assert card.text == "There is no conversation here yet."
        await settled(home)
        assert await stored_messages(home.app.database) == []
        await home.say(ME, "Hello")
        assert asked(model_server.chats[-1]) == [("user", "Hello")]


async def test_an_answer_goes_on_while_another_conversation_is_deleted(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        await talk_of(home, "My cat is called Tom.", "Where is Kyoto?")
        model_server.script(STUCK)
        home.page.say(ME, "And Osaka?")
        await home.page.wait_for(lambda: len(model_server.chats) == 3 and home.page.drafts(ME))
        await home.say(ME, "/chats")
        card = await press(home, last_of(home, ME), "My cat is called Tom.", ME)
        card = await press(home, card, "Delete…", ME)
        card = await press(home, card, "Delete it for good", ME)
        assert buttons(card) == ["• Where is Kyoto?"]
        assert home.app.running.count == 1
        await home.say(ME, "/stop")
        assert home.texts(ME)[-1].startswith("The beginning")


async def test_many_come_a_page_at_a_time(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        conversations = home.app.dispatcher["conversations"]
        for number in range(10):  # said by hand they would be more messages than fit into a minute
            await conversations.start_new(ME)
            await conversations.open_turn(chat_id=ME, person_id=ME, update_id=-number, text=f"Question {number}")
        await home.say(ME, "/chats")
        card = last_of(home, ME)
        assert buttons(card) == ["• Question 9", *(f"Question {number}" for number in range(8, 1, -1)), "›"]
        card = await press(home, card, "›", ME)
        assert buttons(card) == ["Question 1", "Question 0", "‹"]
        card = await press(home, card, "Question 0", ME)
        assert buttons(await press(home, card, "‹ All", ME)) == ["Question 1", "Question 0", "‹"]


async def test_nobody_gets_at_the_conversations_of_somebody_else(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await talk_of(home, "My secret")
        await home.say(STRANGER, "Hello")
        for act in (ChatsAct.SHOW, ChatsAct.TAKE_UP, ChatsAct.DELETE):
            for person_id in (ME, STRANGER):
                forge(home, STRANGER, ChatsPress(act=act, person_id=person_id, conversation=1).pack())
        await settled(home)
        assert "My secret" in [text for *_, text in await stored_messages(home.app.database)]
        assert not any("My secret" in text for text in home.texts(STRANGER))
        await home.say(ME, "And now?")
        assert [text for _, text in asked(model_server.chats[-1])] == ["My secret", "Hello there!", "And now?"]


async def test_each_topic_has_its_own(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await talk_of(home, "In general")
        topic = home.page.groups.open_topic(ME, ME, "Travel")
        home.page.say(ME, "Where is Kyoto?", thread_id=topic)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        home.page.say(ME, "/chats", thread_id=topic)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 3)
        assert buttons(last_of(home, ME)) == ["• Where is Kyoto?"]
