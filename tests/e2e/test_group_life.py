"""A group's life: the bot comes, is told to be silent, moves along, and leaves; topics; what only one person sees."""

from __future__ import annotations

import pytest

from bot.callbacks import RichMessages, RichPress
from bot.playground.values import Membership
from tests.e2e.conftest import ADMIN, ME, OpenHouse
from tests.e2e.groups import AT, group_of
from tests.e2e.talk import asked, asked_times, served_by, settled, until
from tests.e2e.test_groups import STUCK, choose, open_to_me
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream


@pytest.mark.parametrize("reads_all", [False, True])
async def test_it_greets_once_and_says_what_telegram_shows_it(
    house: OpenHouse, model_server: ModelServer, reads_all: bool
) -> None:
    async with house(**open_to_me(model_server)) as home:
        home.page.world.reads_all = reads_all
        group = await group_of(home)
        truth = "Telegram shows me every message here" if reads_all else "Telegram shows me only commands"
        assert truth in group.texts()[0]
        assert AT in group.texts()[0]
        home.page.groups.set_bot(ADMIN, group.group_id, Membership.ADMINISTRATOR)
        group.say(ME, "/help")
        await home.page.wait_for(lambda: group.notes(ME))
        assert "Telegram shows me every message here" in group.notes(ME)[0], "so it does to admins"
        home.page.groups.set_bot(ADMIN, group.group_id, Membership.LEFT)
        await settled(home)
        assert len(group.messages()) == 2


async def test_it_is_silent_until_it_is_woken(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        group.say(ME, "/quiet")
        await home.page.wait_for(lambda: group.notes(ME))
        assert group.notes(ME) == ["Only the admins of this group can do that."]
        assert await group.asked(ADMIN, "/quiet") == ["I am silent from now on. /quiet wakes me."]
        for words in (f"{AT} hello", "/new", "/why"):
            group.say(ME, words)
        await settled(home)
        assert (len(group.texts()), model_server.chats) == (2, [])
        assert await group.asked(ADMIN, "/quiet") == ["I am here again. Call me by name."]
        assert await group.asked(ME, f"{AT} hello") == ["Hello there!"]


async def test_each_topic_is_a_conversation_and_they_run_side_by_side(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home, forum=True)
        music, books = (home.page.groups.open_topic(ME, group.group_id, name) for name in ("Music", "Books"))
        model_server.script(STUCK, Stream("about books"), Stream("in general"))
        group.say(ME, f"{AT} about music?", thread_id=music)
        await until(lambda: asked_times(model_server, 1))
        assert await group.asked(ADMIN, f"{AT} about books?", thread_id=books) == ["about books"]
        assert await group.asked(ADMIN, f"{AT} in general?") == ["in general"]
        assert [one.thread_id for one in group.messages() if one.text in {"about books", "in general"}] == [books, None]
        group.say(ME, "/stop", thread_id=music)
        await home.page.wait_for(lambda: any(one.endswith("Stopped.") for one in group.texts()))
        await group.asked(ADMIN, f"{AT} go on", thread_id=books)
        said = asked(model_server.chats[-1])[1:]
        assert said == [("user", "Admin: about books?"), ("assistant", "about books"), ("user", "Admin: go on")]
        await group.asked(ADMIN, "/new", thread_id=books)
        assert group.messages()[-1].thread_id == books


async def test_an_answer_whose_topic_is_deleted_meanwhile_is_not_lost(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home, forum=True)
        topic = home.page.groups.open_topic(ME, group.group_id, "Short-lived")
        await settled(home)
        model_server.script(STUCK)
        group.say(ME, f"{AT} hello", thread_id=topic)
        await home.page.wait_for(lambda: group.messages()[-1].thread_id == topic, timeout=10)
        home.page.groups.delete_topic(group.group_id, topic)
        await home.app.running.stop(group.group_id, topic)
        await home.page.wait_for(lambda: group.texts()[-1].endswith("Stopped."), timeout=10)
        assert group.messages()[-1].thread_id is None


async def test_a_chain_of_replies_is_no_topic(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        await group.asked(ME, f"{AT} one")
        message = home.page.world.to_bot(group.say(ME, "unheard"))
        message |= {"message_thread_id": 5, "text": f"{AT} two"}
        message["entities"] = [{"type": "mention", "offset": 0, "length": len(AT)}]
        home.page.world.updates.put("message", message)
        await home.page.wait_for(lambda: len(group.finished()) == 3)
        assert [text for _, text in asked(model_server.chats[-1])[1:]] == ["Me: one", "Hello there!", "Me: two"]


async def test_a_group_that_becomes_a_supergroup_takes_its_conversation_and_settings_along(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home, supergroup=False)
        await group.asked(ME, f"{AT} my name is Kim")
        await choose(home, group, ADMIN, "Русский")
        grown = home.page.groups.become_supergroup(ADMIN, group.group_id)
        await settled(home)
        later = type(group)(home, grown.group_id)
        assert await later.asked(ME, f"{AT} who am I?") == ["Hello there!"]
        assert [text for _, text in asked(model_server.chats[-1])[1:]] == [
            "Me: my name is Kim",
            "Hello there!",
            "Me: who am I?",
        ]
        assert "новая беседа" in (await later.asked(ME, "/new"))[0].lower()


async def test_an_answer_under_way_follows_the_group(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home, supergroup=False)
        model_server.script(STUCK)
        group.say(ME, f"{AT} tell a long story")
        await home.page.wait_for(lambda: "The beginning of it" in group.messages()[-1].text, timeout=10)
        grown = home.page.groups.become_supergroup(ADMIN, group.group_id)
        await home.app.running.stop(group.group_id)
        later = type(group)(home, grown.group_id)
        await home.page.wait_for(lambda: later.texts() == ["The beginning of it\n\nStopped."])


async def test_the_groups_language_is_chosen_by_its_admins(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        await choose(home, group, ADMIN, "Русский")
        assert group.notes(ADMIN)[-1].startswith("Как я веду себя")
        group.say(ME, "/settings")
        await home.page.wait_for(lambda: group.notes(ME))
        assert group.notes(ME)[0].startswith("Как мне здесь себя вести")
        assert group.messages()[-1].buttons[0][0]["url"].startswith("https://t.me/")


async def test_who_is_no_admin_any_more_chooses_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home, ME)
        group.say(ME, "/settings")
        await home.page.wait_for(lambda: group.notes(ME))
        shown = group.messages()[-1]
        home.page.groups.set_member(group.group_id, ME, Membership.MEMBER)
        data = next(button["callback_data"] for row in shown.buttons for button in row if "silent" in button["text"])
        home.page.groups.press(ME, group.group_id, shown.message_id, data)
        await settled(home)
        assert await group.asked(ME, f"{AT} hello") == ["Hello there!"]


async def test_a_server_that_knows_no_ephemeral_messages_shows_notes_for_a_while(
    house: OpenHouse, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.groups.personal.SHOWN_SECONDS", 0.5)
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        monkeypatch.setattr("bot.playground.methods.messages.receiver", lambda *_: None)
        group.say(ME, "/export")
        await home.page.wait_for(lambda: len(group.texts()) == 2)
        await home.page.wait_for(lambda: len(group.texts()) == 1)
        home.page.faults.fail("sendMessage", description="Bad Request: EPHEMERAL_MESSAGE_RECEIVER_INVALID")
        group.say(ME, "/export")
        await home.page.wait_for(lambda: len(group.texts()) == 2)
        await home.page.wait_for(lambda: len(group.texts()) == 1)


async def test_a_command_that_nobody_else_sees_is_answered_so_that_nobody_else_does(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        group.say(ME, "/help", ephemeral=True)
        await home.page.wait_for(lambda: group.notes(ME))
        assert len(group.texts()) == 1
        menu = home.page.world.commands.resolve(group.group_id, "en")
        assert [one["command"] for one in menu] == ["help", "new", "retry", "stop", "why", "settings", "quiet"]
        assert {one["command"] for one in menu if one.get("is_ephemeral")} == {"help", "settings"}


async def test_each_topic_of_a_private_chat_is_a_conversation(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "outside")
        topic = home.page.groups.open_topic(ME, ME, "Cooking")
        home.page.say(ME, "inside", thread_id=topic)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        assert asked(model_server.chats[-1]) == [("user", "inside")]
        assert home.page.messages(ME)[-1].thread_id == topic
        home.page.say(ME, "/new", thread_id=topic)
        await home.page.wait_for(lambda: len(home.texts(ME)) == 3)
        await home.say(ME, "and outside?")
        assert asked(model_server.chats[-1])[0] == ("user", "outside")


async def test_the_sample_of_rich_messages_comes_in_the_topic_in_which_it_was_asked_for(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        topic = home.page.groups.open_topic(ME, ME, "Settings")
        home.page.say(ME, "/settings", thread_id=topic)
        await home.page.wait_for(lambda: home.texts(ME))
        [settings] = [one for one in home.page.messages(ME) if one.from_bot]
        home.page.press(ME, settings.message_id, RichPress(choice=RichMessages.TRY).pack())
        await home.page.wait_for(lambda: len(home.texts(ME)) == 3)
        assert {one.thread_id for one in home.page.messages(ME) if one.from_bot} == {topic}


async def test_what_a_stop_of_the_program_interrupts_is_answered_in_the_same_message(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**open_to_me(model_server)) as home:
        group = await group_of(home)
        model_server.script(STUCK, STUCK)
        question = group.say(ME, f"{AT} tell a long story")
        query_id = home.page.inline.ask(ME, "why?")
        await home.page.wait_for(lambda: home.page.world.inline_queries[query_id].results)
        sent = home.page.inline.choose(query_id, group.group_id)
        await until(lambda: asked_times(model_server, 2))
        await home.page.wait_for(lambda: len(group.texts()) == 2)
    async with house(**open_to_me(model_server)) as home:
        later = type(group)(home, group.group_id)
        await home.page.wait_for(lambda: later.texts()[1:] == ["Hello there!"], timeout=10)
        messages = home.page.world.chats[group.group_id].messages
        await home.page.wait_for(lambda: messages[sent.message_id].text == "why?\n\nHello there!", timeout=10)
        await home.page.wait_for(lambda: messages[question.message_id].reaction is None)
        assert await later.asked(ME, f"{AT} and now?") == ["Hello there!"]
