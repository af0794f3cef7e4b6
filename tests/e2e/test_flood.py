"""Many chats that are answered at once: no text is lost, and Telegram hardly ever has to say that it is too much."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot.playground.bot_api import BotApi
from bot.playground.errors import ApiError
from bot.playground.params import Params
from bot.playground.state import Chat
from bot.playground.values import PEOPLE
from llm.balancing import slots
from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import served_by
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream

CHATS = 60
FIRST = 2001
PARAGRAPHS = 24


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The status of each reply of the Bot API server to what the bot sends."""
    statuses: list[int] = []
    do = BotApi._do

    async def noted(self: BotApi, method: str, params: Params) -> Any:
        try:
            result = await do(self, method, params)
        except ApiError as error:
            statuses.append(error.status)
            raise
        if method.startswith(("send", "edit")):
            statuses.append(200)
        return result

    monkeypatch.setattr(BotApi, "_do", noted)
    return statuses


async def test_sixty_chats_at_once_lose_no_text_and_stay_within_the_limits(
    house: OpenHouse, model_server: ModelServer, replies: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"word{number}" for number in range(PARAGRAPHS * 20)]
    text = "\n\n".join(f"**{' '.join(words[start : start + 20])}**" for start in range(0, len(words), 20))
    model_server.otherwise(Stream(text, first_delay=0.1, chunk_delay=0.012))
    monkeypatch.setattr(slots, "FIRST_LIMIT", CHATS)
    async with house(**served_by(model_server, ACCESS="open")) as home:
        people = range(FIRST, FIRST + CHATS)
        for person in people:
            home.page.world.people[person] = replace(PEOPLE[1], person_id=person)
            home.page.world.chats[person] = Chat(person)
        for person in people:
            home.page.say(person, "Tell me")
        await home.page.wait_for(lambda: all(words[-1] in "".join(home.texts(person)) for person in people), timeout=60)
        for person in people:
            assert re.findall(r"word\d+", " ".join(home.texts(person))) == words
        seen = {call.params.get("chat_id") for call in home.page.called("sendMessageDraft")}
        assert len(seen) == CHATS, "everybody saw it grow"
    refused = replies.count(429)
    assert refused <= 0.01 * len(replies), f"{refused} of {len(replies)} were refused"


async def test_after_a_429_a_chat_is_written_to_less_often_and_loses_nothing(
    house: OpenHouse, model_server: ModelServer
) -> None:
    model_server.otherwise(Stream("one two three four five " * 30, first_delay=0.05, chunk_delay=0.05))
    async with house(**served_by(model_server, ACCESS="open")) as home:
        home.page.faults.flood("sendMessageDraft", 1, times=2)
        home.page.faults.flood("sendMessage", 1)
        [text] = await home.say(ME, "Tell me", within=30)
        assert text == ("one two three four five " * 30).strip()
        for method in ("sendMessageDraft", "sendMessage"):
            moments = [call.time for call in home.page.called(method)]
            gaps = [later - earlier for earlier, later in pairwise(moments)]
            assert min(gaps) >= 0.99, "nothing was sent while Telegram wanted silence, nor faster than before"
