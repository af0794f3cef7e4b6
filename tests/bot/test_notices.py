"""What admins are told: each thing once, to each in their language, whoever can't be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendMessage

from bot.access import Doorkeeper
from bot.events import Notice
from bot.i18n import Texts
from bot.notices import MOST_WAITING, AdminNotices

CUT: dict[str, Any] = {"model": "llama3", "server": "127.0.0.1:5000", "sent": 4000, "counted": 508}


def cut(kind: str = "textgen", mark: str = "one") -> Notice:
    return Notice("notice-prompt-cut", mark, {**CUT, "kind": kind})


@dataclass
class Post:
    """Keeps what would be sent; there is no socket where the notices end."""

    sent: list[tuple[int, str]] = field(default_factory=list)
    blocked: tuple[int, ...] = ()
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_message(self, chat_id: int, text: str) -> None:
        if chat_id in self.blocked:
            raise TelegramForbiddenError(SendMessage(chat_id=chat_id, text=text), "bot was blocked by the user")
        self.sent.append((chat_id, text))
        self.news.set()

    async def wait(self, count: int) -> list[tuple[int, str]]:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                self.news.clear()
                await self.news.wait()
        return self.sent


@dataclass
class Admins:
    languages: dict[int, str]

    async def admins(self) -> Sequence[int]:
        return tuple(self.languages)

    async def language_of(self, person_id: int) -> str:
        return self.languages[person_id]


def notices(post: Post, languages: dict[int, str]) -> AdminNotices:
    return AdminNotices(cast(Bot, post), cast(Doorkeeper, Admins(languages)), Texts())


async def test_each_admin_is_told_in_their_language():
    post = Post()
    async with notices(post, {1: "en", 2: "ru"}) as told:
        told.tell(cut())
        (first, english), (second, russian) = await post.wait(2)
    assert (first, second) == (1, 2)
    assert "llama3 at 127.0.0.1:5000 has left out" in english
    assert "молча отбросила часть длинной беседы" in russian


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("ollama", "OLLAMA_CONTEXT_LENGTH"), ("textgen", "ctx-size"), ("koboldcpp", "--contextsize"),
        ("lmstudio", "LM Studio"), ("generic", "context length of the server"),
    ],
)  # fmt: skip
async def test_the_setting_to_change_is_that_of_the_server(kind: str, setting: str):
    post = Post()
    async with notices(post, {1: "en"}) as told:
        told.tell(cut(kind))
        ((_, text),) = await post.wait(1)
    assert setting in text


async def test_the_same_is_told_once_and_something_else_is_told_too():
    post = Post()
    async with notices(post, {1: "en"}) as told:
        for mark in ("one", "one", "two", "one"):
            told.tell(cut(mark=mark))
        assert len(await post.wait(2)) == 2
        await asyncio.sleep(0)
        assert len(post.sent) == 2


async def test_an_admin_who_can_t_be_reached_keeps_nobody_from_it():
    post = Post(blocked=(1,))
    async with notices(post, {1: "en", 2: "en"}) as told:
        told.tell(cut())
        assert [admin for admin, _ in await post.wait(1)] == [2]


async def test_a_notice_for_which_there_is_no_room_is_told_the_next_time():
    post = Post()
    told = notices(post, {1: "en"})
    for number in range(MOST_WAITING + 1):
        told.tell(cut(mark=str(number)))
    async with told:
        await post.wait(MOST_WAITING)
        told.tell(cut(mark=str(MOST_WAITING)))
        assert len(await post.wait(MOST_WAITING + 1)) == MOST_WAITING + 1


async def test_what_is_over_is_told_to_those_who_heard_of_it_and_may_come_again():
    post = Post()
    over = Notice("notice-database-well", "x", {})
    async with notices(post, {1: "en"}) as told:
        told.over(cut(), over)  # nobody has heard of it
        told.tell(cut())
        told.over(cut(), over)
        told.over(cut(), over)
        told.tell(cut())
        sent = [text for _, text in await post.wait(3)]
    assert [text == "The database can be written again." for text in sent] == [False, True, False]


async def test_an_admin_who_comes_later_does_not_hear_of_what_is_over():
    post = Post(blocked=(1,))
    async with notices(post, {1: "en", 2: "en"}) as told:
        told.tell(cut())
        await post.wait(1)
        told.over(cut(), Notice("notice-database-well", "x", {}))
        await post.wait(2)
        post.blocked = ()
        await told.send_waiting(1)
    assert [text for admin, text in post.sent if admin == 1] == ["The database can be written again."]


async def test_what_nobody_need_hear_the_end_of_may_be_told_again():
    post = Post(blocked=(1,))
    async with notices(post, {1: "en", 2: "en"}) as told:
        assert not told.forget(cut())
        told.tell(cut())
        await post.wait(1)
        assert told.forget(cut())
        told.tell(cut())
        await post.wait(2)
        post.blocked = ()
        await told.send_waiting(1)
    assert [admin for admin, _ in post.sent] == [2, 2, 1], "who could not be told has one of them to come"


async def test_lines_within_a_notice_are_in_the_language_of_the_admin():
    post = Post()
    fault = Notice("fault-line", "", {"line": "3", "variable": "A", "allowed": "x"})
    lines = (fault, Notice("change-fallbacks-none", ""))
    async with notices(post, {1: "en", 2: "ru"}) as told:
        told.tell(Notice("notice-settings-wrong", "one", {"lines": lines}))
        (_, english), (_, russian) = await post.wait(2)
    assert english.endswith("before.\n• line 3, A: x\n• There are no fallback models any more.")
    assert russian.endswith("раньше.\n• строка 3, A: x\n• Запасных моделей больше нет.")


async def test_a_notice_that_has_no_words_keeps_no_other_back():
    post = Post()
    async with notices(post, {1: "en"}) as told:
        told.tell(Notice("notice-of-nothing", "one"))
        told.tell(cut())
        assert len(await post.wait(1)) == 1
