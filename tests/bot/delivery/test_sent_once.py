"""Whether a message of which no reply came stands in its chat, found out before it is sent again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from aiogram.types import BufferedInputFile

from bot.delivery.answer_bot import AnswerBot
from bot.delivery.sent_once import MOST_TRIED, MessageNumbers, SentOnce
from tests.bot.delivery.conftest import CHAT, Stage

OTHER = 1002
ADMIN = 1


class Answers:
    """What answers have written down, and the bots of further tries at one."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.notes: list[tuple[list[int], int | None]] = []
        self.once = SentOnce(MessageNumbers())
        stage.bot.session.middleware(self.once)

    async def note(self, ids: Sequence[int], after: int | None) -> None:
        self.notes.append((list(ids), after))

    def bot(self, *, restarted: bool = False) -> AnswerBot:
        """The bot of a try, which begins with what the one before it has written down."""
        if restarted:
            self.once.numbers = MessageNumbers()
        earlier, after = self.notes[-1] if self.notes else ([], None)
        return AnswerBot(self.stage.bot, self.once, self.note, earlier=earlier, sending_after=after)


@pytest.fixture
def answers(stage: Stage) -> Answers:
    return Answers(stage)


async def test_each_message_is_noted_before_and_after_it_is_sent(stage: Stage, answers: Answers) -> None:
    bot = answers.bot()
    first = await bot.send_message(CHAT, "one")
    second = await bot.send_message(CHAT, "two")
    ids = [first.message_id, second.message_id]
    assert answers.notes == [([], 0), (ids[:1], None), (ids[:1], ids[0]), (ids, None)]


async def test_a_reply_that_was_lost_does_not_make_a_second_message(stage: Stage, answers: Answers) -> None:
    stage.playground.faults.drop_reply("sendMessage", 2)
    sent = await stage.bot.send_message(CHAT, "once")
    assert stage.texts() == ["once"]
    assert sent.message_id == next(one.message_id for one in stage.playground.messages(CHAT) if one.from_bot)


async def test_a_message_that_was_not_sent_is_sent(stage: Stage, answers: Answers) -> None:
    stage.playground.faults.drop("sendMessage", 2)
    await stage.bot.send_message(CHAT, "once")
    assert stage.texts() == ["once"]


async def test_a_message_of_an_earlier_process_is_found_among_those_of_other_chats(
    stage: Stage, answers: Answers
) -> None:
    stage.playground.start(OTHER)
    before = await stage.bot.send_message(CHAT, "an older one")
    await answers.note([], before.message_id)
    stage.playground.say(OTHER, "meanwhile")
    await stage.bot.send_message(OTHER, "meanwhile")
    await stage.bot.send_message(CHAT, "half of the ans")
    stage.playground.say(CHAT, "are you there?")
    await answers.bot(restarted=True).send_message(CHAT, "the whole answer")
    assert stage.texts() == ["an older one", "the whole answer"]
    assert [one.text for one in stage.playground.messages(OTHER) if one.from_bot] == ["meanwhile"]


async def test_one_that_was_found_does_not_hide_those_of_other_chats(stage: Stage, answers: Answers) -> None:
    """All chats were being answered when the process died."""
    people = (CHAT, OTHER, ADMIN)
    for person in people:
        stage.playground.start(person)
        await stage.bot.send_message(person, "half of the ans")
    answers.once.numbers = MessageNumbers()
    await answers.note([], 0)
    bots = [answers.bot() for _ in people]
    for person, bot in zip(people, bots, strict=True):
        await bot.send_message(person, "the whole answer")
    for person in people:
        assert [one.text for one in stage.playground.messages(person) if one.from_bot] == ["the whole answer"]


async def test_what_this_process_has_sent_itself_is_not_taken_for_it(stage: Stage, answers: Answers) -> None:
    before = await stage.bot.send_message(CHAT, "an older one")
    await answers.note([], before.message_id)
    bot = answers.bot(restarted=True)
    await stage.bot.send_message(CHAT, "help, asked for after the start")
    await bot.send_message(CHAT, "the answer")
    assert stage.texts() == ["an older one", "help, asked for after the start", "the answer"]
    assert answers.notes[-2][1] is not None, "it is noted anew before it is sent"


async def test_the_search_has_an_end(stage: Stage, answers: Answers) -> None:
    await answers.note([], 10_000)
    await answers.bot(restarted=True).send_message(CHAT, "the answer")
    assert len(stage.calls("editMessageText")) == MOST_TRIED
    assert stage.texts() == ["the answer"]


async def test_later_messages_of_a_broken_off_try_go(stage: Stage, answers: Answers) -> None:
    bot = answers.bot()
    for text in ("1 of 3", "2 of 3", "3 of 3"):
        await bot.send_message(CHAT, text)
    again = answers.bot(restarted=True)
    await again.clear(CHAT)
    assert stage.texts() == ["1 of 3"]
    stage.playground.faults.fail("deleteMessages", description="Bad Request: message can't be deleted")
    await answers.bot().clear(CHAT)


async def test_a_file_that_an_earlier_process_may_have_sent_is_there_once(stage: Stage, answers: Answers) -> None:
    await answers.note([], 0)
    await stage.bot.send_document(CHAT, BufferedInputFile(b"old", "a.py"))
    await answers.bot(restarted=True).send_document(CHAT, BufferedInputFile(b"new", "a.py"))
    assert len(stage.texts()) == 1


async def test_while_the_network_is_away_nothing_is_known_and_the_doubt_stays(stage: Stage, answers: Answers) -> None:
    """The search itself can break off; the next try goes on with it."""
    stage.playground.faults.drop_reply("sendMessage")
    stage.playground.faults.drop("editMessageText", 3)
    await stage.bot.send_message(CHAT, "once")
    assert stage.texts() == ["once"]


async def test_a_refused_connection_raises_no_doubt(answers: Answers, stage: Stage) -> None:
    async def refused(_bot: object, method: object) -> object:
        return await stage.bot.session.make_request(stage.bot, method, 2)  # type: ignore[arg-type]

    stage.bot.session.api = TelegramAPIServer.from_base("http://127.0.0.1:9")
    with pytest.raises(TelegramNetworkError):
        await answers.once(refused, stage.bot, SendMessage(chat_id=CHAT, text="x"))  # type: ignore[arg-type]
    assert not answers.once._doubts
