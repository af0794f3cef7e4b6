"""Killed at random moments while people talk to it: every message is answered exactly once (`bench/kills` has more)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.delivery.sent_once import MessageNumbers
from storage import Inbox
from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.killing import Killing


@pytest.mark.timeout(600)  # many programs are started, on a machine that may be busy
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_whenever_it_is_killed_every_message_is_answered_exactly_once(tmp_path: Path, *, webhook: bool) -> None:
    seed = random.SystemRandom().randrange(2**32)
    found = await Killing(tmp_path, random.Random(seed), webhook=webhook, people=5).run(kills=6, conversations=6)
    assert found.wrong == [], f"seed {seed}"
    assert found.kills == 6


async def test_the_newest_message_of_before_is_known_from_the_start(
    house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits may be old: the next id is near the newest, not near the question."""
    async with house() as home:
        await home.say(ME, "hello")
        newest = home.page.messages(ME)[-1].message_id
    noted: list[int] = []
    note = Inbox.note_answer_messages

    async def noticed(self: Inbox, update_id: int, ids: Sequence[int], after: int | None) -> None:
        noted.extend([] if after is None else [after])
        await note(self, update_id, ids, after)

    monkeypatch.setattr(Inbox, "note_answer_messages", noticed)
    met = MessageNumbers.met

    def met_before(self: MessageNumbers, chat_id: int, message_id: int) -> None:
        if message_id <= newest:  # nothing is learned of the message that is to be answered itself
            met(self, chat_id, message_id)

    monkeypatch.setattr(MessageNumbers, "met", met_before)
    async with house() as home:
        await home.say(ME, "hello again")
    assert noted[0] == newest
