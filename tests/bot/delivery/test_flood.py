"""Everything that goes out keeps Telegram's limits, and a 429 means silence."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    GetUpdates,
    SendChatAction,
    SendMessage,
    SendMessageDraft,
    TelegramMethod,
)

from bot.delivery.flood import EditFrame, FloodControl, FrameKind, FrameSkipped, MessageFrame
from tests.bot.delivery.clocks import VirtualClock

CHAT, OTHER = 7, 8


class Wire:
    """The end of the line: notes when each request would leave, and answers as it is told."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.sent: dict[object, list[float]] = defaultdict(list)
        self.answers: list[Exception | None] = []
        self.flood = FloodControl(clock)

    async def request(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        await asyncio.sleep(0)
        self.sent[getattr(method, "chat_id", None)].append(self.clock.monotonic())
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return True

    async def call(self, method: TelegramMethod[Any]) -> Any:
        return await self.flood(self.request, cast(Bot, None), method)


@pytest.fixture
async def wire() -> Wire:
    return Wire(VirtualClock())


def message(chat_id: int = CHAT) -> SendMessage:
    return SendMessage(chat_id=chat_id, text="x")


def draft(chat_id: int = CHAT) -> SendMessageDraft:
    return SendMessageDraft(chat_id=chat_id, draft_id=1, text="x")


def edit(chat_id: int = CHAT) -> EditFrame:
    return EditFrame(chat_id=chat_id, message_id=1, text="x")


def retry_after(seconds: int) -> TelegramRetryAfter:
    return TelegramRetryAfter(method=message(), message="Too Many Requests", retry_after=seconds)


def most_in(moments: list[float], seconds: float) -> int:
    return max(sum(start <= moment < start + seconds for moment in moments) for start in moments)


async def test_messages_to_one_chat_keep_to_one_a_second_and_twenty_a_minute(wire: Wire) -> None:
    await wire.clock.run(asyncio.gather(*(wire.call(message()) for _ in range(70))))
    assert len(wire.sent[CHAT]) == 70
    assert most_in(wire.sent[CHAT], 60) == 20
    assert most_in(wire.sent[CHAT], 3) == 3


async def test_a_first_message_does_not_wait(wire: Wire) -> None:
    await wire.clock.run(wire.call(message()))
    assert wire.sent[CHAT] == [0.0]


async def test_all_chats_together_keep_to_thirty_a_second(wire: Wire) -> None:
    await wire.clock.run(asyncio.gather(*(wire.call(message(chat)) for chat in range(1, 201))))
    moments = [moment for sent in wire.sent.values() for moment in sent]
    assert most_in(moments, 1) == 30


async def test_places_among_all_are_given_in_the_order_in_which_they_are_asked_for(wire: Wire) -> None:
    order: list[int] = []

    async def send(chat_id: int) -> None:
        await wire.call(message(chat_id))
        order.append(chat_id)

    wire.answers = [None] * 50 + [retry_after(3)]
    await wire.clock.run(asyncio.gather(*(send(chat_id) for chat_id in range(1, 201))))
    late = [chat_id for chat_id, earlier in zip(order[1:], order, strict=False) if chat_id < earlier]
    assert late == [51], "only the one that was refused comes later"


async def test_frames_of_many_chats_share_what_is_left_evenly(wire: Wire) -> None:
    chats = range(1, 201)

    async def stream(chat_id: int) -> None:
        await wire.clock.sleep(chat_id * 0.005)
        for _ in range(60):
            with suppress(FrameSkipped):
                await wire.call(draft(chat_id))
            await wire.clock.sleep(1)

    await wire.clock.run(asyncio.gather(*map(stream, chats)))
    frames = sorted(len(wire.sent[chat_id]) for chat_id in chats)
    assert sum(frames) > 20 * 60, "hardly anything of the rate is left unused"
    assert frames[0] >= 5
    assert frames[-1] <= frames[0] + 3


async def test_few_chats_are_not_held_up_by_sharing(wire: Wire) -> None:
    async def stream(chat_id: int) -> None:
        await wire.clock.sleep(chat_id * 0.05)
        for _ in range(30):
            await wire.call(draft(chat_id))
            await wire.clock.sleep(1)

    await wire.clock.run(asyncio.gather(*map(stream, range(1, 21))))
    assert {len(wire.sent[chat_id]) for chat_id in range(1, 21)} == {30}


async def test_each_429_makes_the_pauses_of_its_chat_longer_and_time_makes_them_shorter(wire: Wire) -> None:
    assert wire.flood.slowness(CHAT) == 1
    seen = []
    for _ in range(5):
        wire.answers = [retry_after(3)]
        await wire.clock.run(wire.call(message()))
        seen.append(round(wire.flood.slowness(CHAT), 2))
    assert seen == [1.5, 2.25, 3.38, 4, 4]
    assert wire.flood.slowness(OTHER) == 1
    await wire.clock.run(wire.clock.sleep(125))
    assert round(wire.flood.slowness(CHAT), 2) == 2.67
    await wire.clock.run(wire.clock.sleep(600))
    assert wire.flood.slowness(CHAT) == 1


async def test_messages_to_one_chat_arrive_in_the_order_of_the_calls(wire: Wire) -> None:
    order: list[int] = []

    async def send(number: int) -> None:
        await wire.call(message())
        order.append(number)

    wire.answers = [None, retry_after(30), TelegramServerError(message(), "Bad Gateway")]
    await wire.clock.run(asyncio.gather(*(send(number) for number in range(6))))
    assert order == list(range(6))


async def test_frames_are_skipped_when_there_is_no_room_and_leave_room_for_what_must_arrive(wire: Wire) -> None:
    async def frames() -> None:
        for _ in range(120):
            with suppress(FrameSkipped):
                await wire.call(edit())
            await wire.clock.sleep(0.5)

    await wire.clock.run(frames())
    assert most_in(wire.sent[CHAT], 60) == 15
    await wire.clock.run(wire.call(message()))
    assert len(wire.sent[CHAT]) == 16


async def test_drafts_and_edits_have_budgets_of_their_own(wire: Wire) -> None:
    for _ in range(2):
        await wire.clock.run(wire.call(edit()))
    assert not wire.flood.allows_frame(CHAT, FrameKind.EDIT)
    assert wire.flood.allows_frame(CHAT, FrameKind.DRAFT)
    await wire.clock.run(wire.call(draft()))
    with pytest.raises(FrameSkipped):
        await wire.call(edit())


@pytest.mark.parametrize(
    "frame", [draft(), edit(), MessageFrame(chat_id=CHAT, text="x"), SendChatAction(chat_id=CHAT, action="typing")]
)
async def test_a_429_on_a_frame_skips_it_and_holds_the_chat(wire: Wire, frame: TelegramMethod[Any]) -> None:
    wire.answers = [retry_after(35)]
    with pytest.raises(FrameSkipped):
        await wire.call(frame)
    assert wire.flood.held_for(CHAT) == 35
    assert not wire.flood.allows_frame(CHAT, FrameKind.DRAFT)
    assert not wire.flood.allows_frame(CHAT, FrameKind.EDIT)
    with pytest.raises(FrameSkipped):
        await wire.call(frame)
    await wire.clock.run(wire.call(message()))
    assert wire.sent[CHAT] == [0.0, 35.0]


async def test_nothing_goes_to_a_chat_before_its_hold_ends_however_long_it_is(wire: Wire) -> None:
    wire.answers = [retry_after(3 * 3600), retry_after(50)]
    await wire.clock.run(asyncio.gather(wire.call(message()), wire.call(message())))
    assert wire.sent[CHAT] == [0.0, 10_800.0, 10_850.0, 10_850.0]


async def test_a_held_chat_does_not_hold_another(wire: Wire) -> None:
    wire.answers = [retry_after(3600)]
    held = asyncio.ensure_future(wire.call(message()))
    await asyncio.sleep(0.01)
    await wire.clock.run(wire.call(message(OTHER)))
    assert wire.sent[OTHER] == [0.0]
    await wire.clock.run(held)


async def test_429s_in_several_chats_at_once_hold_the_whole_bot(wire: Wire) -> None:
    wire.answers = [retry_after(20), retry_after(20), retry_after(20)]
    held = [asyncio.ensure_future(wire.call(message(chat))) for chat in (1, 2, 3)]
    await asyncio.sleep(0.01)
    assert not wire.flood.allows_frame(OTHER, FrameKind.DRAFT)
    await wire.clock.run(wire.call(message(OTHER)))
    assert wire.sent[OTHER] == [20.0]
    await wire.clock.run(asyncio.gather(*held))


async def test_a_429_that_names_no_time_is_a_short_hold(wire: Wire) -> None:
    wire.answers = [TelegramAPIError(message(), "Too Many Requests")]
    await wire.clock.run(wire.call(message()))
    assert wire.sent[CHAT] == [0.0, 5.0]


async def test_calls_without_a_chat_pass_untouched(wire: Wire) -> None:
    wire.answers = [retry_after(10)]
    with pytest.raises(TelegramRetryAfter):
        await wire.call(GetUpdates())
    await asyncio.gather(*(wire.call(AnswerCallbackQuery(callback_query_id="1")) for _ in range(100)))
    assert len(wire.sent[None]) == 101


@pytest.mark.parametrize(
    "error",
    [
        TelegramServerError(message(), "Bad Gateway"),
        TelegramNetworkError(message(), "ServerDisconnectedError"),
    ],
)
async def test_what_must_arrive_is_sent_again_after_passing_errors(wire: Wire, error: Exception) -> None:
    wire.answers = [error, error, error]
    assert await wire.clock.run(wire.call(message())) is True
    assert wire.sent[CHAT] == [0.0, 1.0, 3.0, 7.0]


async def test_a_proxys_page_instead_of_json_is_a_passing_error(wire: Wire) -> None:
    import json

    with pytest.raises(json.JSONDecodeError) as broken:
        json.loads("<html>")
    wire.answers = [ClientDecodeError("Failed to decode object", broken.value, "<html>")]
    assert await wire.clock.run(wire.call(message())) is True


async def test_a_server_that_keeps_failing_is_given_up_after_five_retries(wire: Wire) -> None:
    wire.answers = [TelegramServerError(message(), "Internal Server Error")] * 6
    with pytest.raises(TelegramServerError):
        await wire.clock.run(wire.call(message()))
    assert len(wire.sent[CHAT]) == 6


async def test_a_network_that_is_down_is_waited_for_up_to_an_hour(wire: Wire) -> None:
    wire.answers = [TelegramNetworkError(message(), "down")] * 1000
    with pytest.raises(TelegramNetworkError):
        await wire.clock.run(wire.call(message()))
    assert 3600 <= wire.sent[CHAT][-1] <= 3700


@pytest.mark.parametrize(
    "error", [TelegramBadRequest(message(), "chat not found"), TelegramEntityTooLarge(message(), "too large")]
)
async def test_a_refusal_is_not_tried_again(wire: Wire, error: Exception) -> None:
    wire.answers = [error]
    with pytest.raises(type(error)):
        await wire.call(message())
    assert len(wire.sent[CHAT]) == 1


async def test_an_error_on_a_frame_is_not_retried(wire: Wire) -> None:
    wire.answers = [TelegramServerError(draft(), "Bad Gateway")]
    with pytest.raises(TelegramServerError):
        await wire.call(draft())
    assert len(wire.sent[CHAT]) == 1


async def test_a_waiting_message_can_be_cancelled_and_lets_the_next_one_through(wire: Wire) -> None:
    wire.answers = [retry_after(100)]
    waiting = asyncio.ensure_future(wire.call(message()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await wire.clock.run(wire.call(message()))
    assert wire.sent[CHAT] == [0.0, 100.0]


async def test_idle_chats_are_forgotten_and_held_ones_are_not(wire: Wire) -> None:
    wire.answers = [retry_after(10_000)]
    with pytest.raises(FrameSkipped):
        await wire.call(draft(-1))
    for chat in range(2500):
        wire.flood.allows_frame(chat, FrameKind.DRAFT)
    assert len(wire.flood._chats) < 1100
    assert wire.flood.held_for(-1) == 10_000
