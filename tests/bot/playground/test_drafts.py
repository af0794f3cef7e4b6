"""Messages that are still being written, and how people stop them."""

from __future__ import annotations

import pytest
from aiogram.types import InputRichMessage

from bot.playground.errors import PageError
from bot.playground.server import Playground
from tests.bot.playground.conftest import ADMIN, ME, Client, ManualClock
from tests.bot.playground.test_messages import refused


async def test_a_draft_grows_under_one_id_and_the_message_ends_it(playground: Playground, bot: Client) -> None:
    assert await bot.send_message_draft(ME, 5, text="Hel")
    assert await bot.send_message_draft(ME, 5, text="<b>Hello</b>", parse_mode="HTML", can_stop=True)
    [draft] = playground.drafts(ME)
    assert (draft.draft_id, draft.text, draft.can_stop) == (5, "Hello", True)
    assert draft.entities == ({"type": "bold", "offset": 0, "length": 5},)
    assert playground.messages(ME) == []
    await bot.send_message(ME, "Hello!")
    assert playground.drafts(ME) == []


async def test_a_draft_without_text_is_the_thinking_placeholder(playground: Playground, bot: Client) -> None:
    assert await bot.send_message_draft(ME, 5, text="")
    assert playground.drafts(ME)[0].thinking


async def test_a_draft_is_gone_after_thirty_seconds(playground: Playground, bot: Client, clock: ManualClock) -> None:
    await bot.send_message_draft(ME, 5, text="a")
    clock.seconds += 29
    assert len(playground.drafts(ME)) == 1
    await bot.send_message_draft(ME, 5, text="ab")
    clock.seconds += 29
    assert len(playground.drafts(ME)) == 1
    clock.seconds += 2
    assert playground.drafts(ME) == []


async def test_drafts_that_cannot_be_sent(bot: Client) -> None:
    assert await refused(bot.send_message_draft(ME, 0, text="a")) == "RANDOM_ID_INVALID"
    assert await refused(bot.send_message_draft(ME, 5, text="a" * 4097)) == "message is too long"
    assert await refused(bot.send_message_draft(ADMIN, 5, text="a")) == "chat not found"
    broken = bot.send_message_draft(ME, 5, text="<b>a", parse_mode="HTML")
    assert (await refused(broken)).startswith("can't parse entities")


async def test_stopping_a_draft_tells_the_bot_and_removes_it(playground: Playground, bot: Client) -> None:
    await bot.send_message_draft(ME, 5, text="a", can_stop=True)
    playground.stop(ME, 5)
    [update] = await bot.get_updates()
    assert update.stopped_message_generation is not None
    assert (update.stopped_message_generation.chat.id, update.stopped_message_generation.draft_id) == (ME, 5)
    assert playground.drafts(ME) == []


async def test_a_draft_may_stay_when_it_was_stopped(playground: Playground, bot: Client) -> None:
    await bot.send_message_draft(ME, 5, text="a", can_stop=True, keep_on_stop=True)
    playground.stop(ME, 5)
    assert len(playground.drafts(ME)) == 1


async def test_only_what_has_a_stop_button_can_be_stopped(playground: Playground, bot: Client) -> None:
    await bot.send_message_draft(ME, 5, text="a")
    with pytest.raises(PageError):
        playground.stop(ME, 5)
    with pytest.raises(PageError):
        playground.stop(ME, 6)
    assert await bot.get_updates() == []


async def test_a_rich_draft_may_think(playground: Playground, bot: Client) -> None:
    thinking = InputRichMessage(html="<tg-thinking>Reading</tg-thinking><p>So far</p>")
    assert await bot.send_rich_message_draft(ME, 5, rich_message=thinking, can_stop=True)
    [draft] = playground.drafts(ME)
    assert draft.blocks == ({"type": "thinking", "text": "Reading"}, {"type": "paragraph", "text": "So far"})
    assert await refused(bot.send_rich_message(ME, thinking)) == "thinking blocks can be used only in drafts"
