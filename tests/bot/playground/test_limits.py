"""Flood control in virtual time."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramRetryAfter

from bot.playground.errors import ApiError
from bot.playground.limits import Flood, FloodGate, Limits, Rate
from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, STRANGER, Client, ManualClock


def passes(gate: FloodGate, kind: Flood = Flood.MESSAGE, chat: int = ME) -> bool:
    try:
        gate.take(chat, kind)
    except ApiError:
        return False
    return True


@pytest.fixture
def gate(clock: ManualClock) -> FloodGate:
    return FloodGate(Limits(), clock)


def test_a_short_burst_passes_and_then_it_is_429_for_the_time_named(gate: FloodGate, clock: ManualClock) -> None:
    assert [passes(gate) for _ in range(6)] == [True] * 5 + [False]
    with pytest.raises(ApiError) as caught:
        gate.take(ME, Flood.MESSAGE)
    assert caught.value.parameters == {"retry_after": 3}
    assert caught.value.description == "Too Many Requests: retry after 3"
    clock.seconds += 2.5
    assert not passes(gate)
    clock.seconds += 0.5
    assert passes(gate)


def test_one_a_second_passes_for_a_while_but_not_more_than_about_twenty_a_minute(
    gate: FloodGate, clock: ManualClock
) -> None:
    passed = 0
    while passes(gate):
        passed += 1
        clock.seconds += 1
    assert 20 <= passed <= 31


def test_twenty_a_minute_pass_for_ever(gate: FloodGate, clock: ManualClock) -> None:
    for _ in range(300):
        assert passes(gate)
        clock.seconds += 3


def test_drafts_have_a_laxer_budget_of_their_own(gate: FloodGate, clock: ManualClock) -> None:
    while passes(gate):
        pass
    for _ in range(300):
        assert passes(gate, Flood.DRAFT)
        clock.seconds += 0.7
    assert not all(passes(gate, Flood.DRAFT) for _ in range(7))


def test_chats_have_budgets_of_their_own(gate: FloodGate) -> None:
    while passes(gate):
        pass
    assert passes(gate, chat=STRANGER)


def test_thirty_a_second_are_the_limit_of_the_whole_bot(gate: FloodGate, clock: ManualClock) -> None:
    assert [passes(gate, chat=chat) for chat in range(31)] == [True] * 30 + [False]
    assert not passes(gate, chat=1000)
    clock.seconds += 3
    assert passes(gate, chat=1000)


def test_what_was_refused_does_not_count(clock: ManualClock) -> None:
    gate = FloodGate(Limits(messages=(Rate(1, 1.0),), shortest_wait=1), clock)
    assert passes(gate)
    for _ in range(50):
        assert not passes(gate)
    clock.seconds += 1
    assert passes(gate)


async def test_the_client_is_told_how_long_to_wait(playground: Playground, bot: Client, clock: ManualClock) -> None:
    sent = [await bot.send_message(ME, str(number)) for number in range(5)]
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.edit_message_text("edits count too", chat_id=ME, message_id=sent[0].message_id)
    assert caught.value.retry_after == 3
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(ME, "one more")
    assert await bot.send_message_draft(ME, 1, text="drafts go on")
    clock.seconds += 3
    await bot.send_message(ME, "now")
    assert len(playground.messages(ME)) == 6
