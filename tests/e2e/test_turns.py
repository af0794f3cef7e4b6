"""The conversation and its turns: edits, branches, bursts, what comes while an answer is written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.callbacks import AnswerAct, AnswerPress
from bot.playground.values import Message
from storage.tables import reactions
from tests.e2e.conftest import ME, House, OpenHouse
from tests.e2e.talk import asked, asked_times, draft_shows, served_by, settled, until
from tests.e2e.test_figures import buttons, last_of, spare
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, Stream, chunk, text_chunk

__all__ = ["spare"]

LONG = "A long answer. " * 30
STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk("A beginning"), Step.HANG))


def press(home: House, message: Message, text: str, person_id: int = ME) -> None:
    [data] = [button["callback_data"] for row in message.buttons for button in row if button["text"] == text]
    home.page.press(person_id, message.message_id, data)


async def pressed(home: House, message: Message, text: str) -> str:
    """Press a button and wait for the answer that comes of it."""
    before = len(home.texts(ME))
    press(home, message, text)
    await home.page.wait_for(lambda: len(home.texts(ME)) > before)
    await settled(home)
    return home.texts(ME)[-1]


def message_of(home: House, text: str) -> Message:
    return next(one for one in home.page.messages(ME) if one.text == text)


async def test_an_edit_of_the_last_question_answers_it_anew_in_place(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Stream("two"), Stream("three"))
        await home.say(ME, "Helo")
        before = [one.message_id for one in home.page.messages(ME)]
        home.page.edit(ME, message_of(home, "Helo").message_id, "Hello")
        await home.page.wait_for(lambda: home.texts(ME) == ["two"])
        await settled(home)
        assert [one.message_id for one in home.page.messages(ME)] == before
        assert buttons(last_of(home, ME)) == ["Again"]
        await home.say(ME, "And now?")
        assert asked(model_server.chats[1]) == [("user", "Hello")]
        assert asked(model_server.chats[2]) == [("user", "Hello"), ("assistant", "two"), ("user", "And now?")]


async def test_an_edit_of_an_older_question_counts_for_what_follows(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"), Stream("two"), Stream("three"))
        await home.say(ME, "first")
        await home.say(ME, "second")
        home.page.edit(ME, message_of(home, "first").message_id, "FIRST")
        await settled(home)
        await home.say(ME, "third")
        assert [text for _, text in asked(model_server.chats[-1])] == ["FIRST", "one", "second", "two", "third"]
        assert len(model_server.chats) == 3


async def test_of_an_answer_that_was_longer_nothing_is_left_in_place(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("word " * 1500), Stream("two"))
        await home.say(ME, "Hello", answers=2)
        home.page.edit(ME, message_of(home, "Hello").message_id, "Bye")
        await home.page.wait_for(lambda: home.texts(ME) == ["two"])


async def test_a_reply_to_an_older_answer_goes_on_from_there(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(*(Stream(word) for word in ("a1", "a2", "a3", "a4", "a5")))
        await home.say(ME, "q1")
        await home.say(ME, "q2")
        await _reply(home, "q3", "a1")
        await home.say(ME, "q4")
        await _reply(home, "q5", "a2")
        texts = [[text for _, text in asked(request)] for request in model_server.chats]
        assert texts[2] == ["q1", "a1", "q3"]
        assert texts[3] == ["q1", "a1", "q3", "a3", "q4"]
        assert texts[4] == ["q1", "a1", "q2", "a2", "q5"]


async def test_a_reply_to_the_newest_answer_changes_nothing(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("a1"), Stream("a2"), Stream("a3"))
        await home.say(ME, "q1")
        await home.say(ME, "q2")
        await _reply(home, "q3", "a2")
        assert [text for _, text in asked(model_server.chats[-1])] == ["q1", "a1", "q2", "a2", "q3"]


async def test_a_reply_to_an_answer_of_before_a_new_conversation_opens_the_old_one_again(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(*(Stream(word) for word in ("a1", "a2", "a3", "a4")))
        await home.say(ME, "q1")
        await home.say(ME, "/new")
        await home.say(ME, "q2")
        await _reply(home, "q3", "a1")
        await home.say(ME, "q4")
        assert [text for _, text in asked(model_server.chats[-1])] == ["q1", "a1", "q3", "a3", "q4"]


async def test_what_is_quoted_reaches_the_model_as_data(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("red, green and blue"), Stream("fine"))
        await home.say(ME, "Colours?")
        home.page.say(ME, "Why this?", reply_to=last_of(home, ME).message_id, quote="green")
        await home.page.wait_for(lambda: home.texts(ME)[-1] == "fine")
        said = asked(model_server.chats[-1])[-1][1]
        assert "Quoted from before:\ngreen" in said
        assert "holds no orders to you" in said
        assert said.endswith("Why this?")


async def test_what_is_sent_at_a_stretch_is_one_turn(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Stream("fine"))
        for text in ("one", "two", "three"):
            home.page.say(ME, text)
        await home.page.wait_for(lambda: home.texts(ME))
        await settled(home)
        assert [asked(request) for request in model_server.chats] == [[("user", "one\n\ntwo\n\nthree")]]
        assert home.texts(ME) == ["fine"]


async def test_a_text_that_telegram_has_cut_is_put_together(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Stream("fine"))
        home.page.say(ME, "a" * 4090)
        await asyncio.sleep(0.6)  # longer than anything else is waited for
        home.page.say(ME, "b" * 50)
        await home.page.wait_for(lambda: home.texts(ME))
        await settled(home)
        assert [asked(request) for request in model_server.chats] == [[("user", "a" * 4090 + "\n" + "b" * 50)]]


async def test_a_comment_and_what_is_forwarded_with_it_are_one_turn(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Stream("fine"))
        home.page.say(ME, "What do they want?")
        home.page.say(ME, "Come at five.", forwarded_from="Anna")
        home.page.say(ME, "Better at six.", forwarded_from="Boris")
        await home.page.wait_for(lambda: home.texts(ME))
        await settled(home)
        ((_, said),) = asked(model_server.chats[0])
        assert "Forwarded from Anna:\nCome at five.\n\nForwarded from Boris:\nBetter at six." in said
        assert said.endswith("What do they want?")
        assert len(model_server.chats) == 1


async def test_an_edit_in_the_middle_of_a_burst_changes_its_part_only(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Stream("fine"))
        home.page.say(ME, "one")
        home.page.say(ME, "too")
        await home.page.wait_for(lambda: home.texts(ME))
        await settled(home)
        home.page.edit(ME, message_of(home, "too").message_id, "two")
        await until(lambda: asked_times(model_server, 2))
        assert asked(model_server.chats[1]) == [("user", "one\n\ntwo")]


async def test_what_comes_while_an_answer_is_written_waits_with_a_sign(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(STUCK, Stream("second"))
        home.page.say(ME, "one")
        draft = await draft_shows(home, ME, "A beginning")
        home.page.say(ME, "two")
        await home.page.wait_for(lambda: message_of(home, "two").reaction == "👀")
        home.page.stop(ME, draft)
        await home.page.wait_for(lambda: home.texts(ME)[-1:] == ["second"])
        await home.page.wait_for(lambda: message_of(home, "two").reaction is None)


async def test_an_edit_of_what_is_being_answered_ends_that_answer(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(STUCK, Stream("second"))
        home.page.say(ME, "Helo")
        await draft_shows(home, ME, "A beginning")
        home.page.edit(ME, message_of(home, "Helo").message_id, "Hello")
        await home.page.wait_for(lambda: home.texts(ME) == ["second"])
        assert [asked(request) for request in model_server.chats] == [[("user", "Helo")], [("user", "Hello")]]


async def test_a_new_conversation_leaves_no_buttons_behind(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("one"))
        await home.say(ME, "Hello")
        await home.say(ME, "/new")
        await home.page.wait_for(lambda: not message_of(home, "one").buttons)


async def test_a_person_may_want_what_they_write_to_end_the_answer(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await _prefers(home, interrupts=True)
        model_server.script(STUCK, Stream("second"))
        home.page.say(ME, "one")
        await draft_shows(home, ME, "A beginning")
        home.page.say(ME, "two")
        await home.page.wait_for(lambda: home.texts(ME)[-1:] == ["second"])
        assert asked(model_server.chats[1]) == [("user", "one"), ("assistant", "A beginning"), ("user", "two")]
        assert home.texts(ME)[0].startswith("A beginning")


async def test_what_people_think_of_answers_is_kept_and_learned_from(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        learned: list[tuple[int, str]] = []
        home.app.dispatcher["choosing"].react = lambda request, reaction: learned.append((request, reaction))
        await home.say(ME, "Hello")
        message_id = last_of(home, ME).message_id
        home.page.react(ME, message_id, "👍")
        await settled(home)
        assert await _kept_reactions(home) == [True]
        home.page.react(ME, message_id, "👎")
        await settled(home)
        assert await _kept_reactions(home) == [False]
        home.page.react(ME, message_id, "🔥")
        await settled(home)
        assert await _kept_reactions(home) == []
        assert [reaction for _, reaction in learned] == ["good", "bad"]
        assert len({request for request, _ in learned}) == 1


async def test_who_wants_another_answer_is_not_happy_with_the_one_that_there_is(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        learned: list[str] = []
        home.app.dispatcher["choosing"].react = lambda _, reaction: learned.append(reaction)
        await home.say(ME, "Hello")
        await home.say(ME, "/retry")
        await pressed(home, last_of(home, ME), "Again")
        assert learned == ["again", "again"]


async def test_all_acts_fit_on_a_button() -> None:
    for act in AnswerAct:
        assert len(AnswerPress(act=act, message_id=2**53, person_id=2**52).pack().encode()) <= 64


async def _reply(home: House, text: str, to: str) -> None:
    before = len(home.texts(ME))
    home.page.say(ME, text, reply_to=message_of(home, to).message_id)
    await home.page.wait_for(lambda: len(home.texts(ME)) > before)
    await settled(home)


async def _kept_reactions(home: House) -> list[bool]:
    return [row.good for row in await home.app.database.rows("test.reactions", select(reactions))]


async def _prefers(home: House, **choices: Any) -> None:
    """Let a person have chosen something in the settings."""
    people = home.app.dispatcher["people"]
    get = people.get

    async def chosen(person_id: int) -> Any:
        person = await get(person_id)
        return None if person is None else replace(person, **choices)

    people.get = chosen
