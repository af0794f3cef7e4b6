"""Frames have their own pace: the newest wins, the same one is shown again only to keep it alive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.base import Frame, FrameOutcome, Target
from bot.delivery.code_files import CodeFile
from bot.delivery.excerpt import FramePages
from bot.delivery.final import FinalText
from bot.delivery.formatted import MESSAGE_LIMIT, Formatted, Mark
from bot.delivery.live import LiveDelivery, with_note
from bot.delivery.rendering import Rendering
from tests.bot.delivery.clocks import VirtualClock

SHOWN, SKIPPED, GIVEN_UP = FrameOutcome.SHOWN, FrameOutcome.SKIPPED, FrameOutcome.GIVEN_UP


class Screen:
    """Frames that go nowhere, each taking some time."""

    message_id: int | None = None

    def __init__(self, clock: VirtualClock, refresh: float | None = 18.0, takes: float = 0.0) -> None:
        self.clock = clock
        self.refresh_seconds = refresh
        self.takes = takes
        self.outcomes: list[FrameOutcome] = []
        self.shown: list[tuple[float, str]] = []

    def pause_after(self, frame: Frame) -> float:
        return 1.0

    async def show(self, frame: Frame) -> FrameOutcome:
        self.shown.append((self.clock.monotonic(), frame.shown))
        await self.clock.sleep(self.takes)
        return self.outcomes.pop(0) if self.outcomes else SHOWN


class Finals:
    """Final texts that go nowhere."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.sent: list[tuple[float, str, int | None]] = []

    async def send(
        self,
        pieces: Sequence[Formatted],
        *,
        replace: int | None = None,
        markup: InlineKeyboardMarkup | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        self.sent.extend((self.clock.monotonic(), piece.text, replace) for piece in pieces)
        return (5,)


def live(clock: VirtualClock, screen: Screen, finals: Finals, fallback: Screen | None = None) -> LiveDelivery:
    return LiveDelivery(
        Target(cast(Bot, None), 1),
        screen,
        cast(FinalText, finals),
        clock,
        Rendering(),
        fallback=(lambda: fallback) if fallback is not None else None,
    )


async def test_the_first_frame_goes_at_once_and_then_the_newest_one_a_second() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("")
            for count in range(1, 23):
                await clock.sleep(0.125)
                await delivery.show("x" * count)
            await delivery.finish("x" * 22)

    await clock.run(answer())
    assert [round(moment, 1) for moment, _ in screen.shown] == [0.0, 1.0, 2.0]
    assert [len(text) for _, text in screen.shown] == [0, 7, 15]
    assert [(text, replace) for _, text, replace in finals.sent] == [("x" * 22, None)]


async def test_a_silent_model_keeps_its_preview() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("a")
            await clock.sleep(60)
            await delivery.finish("a")

    await clock.run(answer())
    assert [moment for moment, _ in screen.shown] == [0.0, 18.0, 36.0, 54.0]


async def test_an_unchanged_frame_is_not_shown_again_where_it_stays() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock, refresh=None), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            for _ in range(5):
                await delivery.show("a")
                await clock.sleep(10)

    await clock.run(answer())
    assert len(screen.shown) == 1


async def test_a_skipped_frame_is_tried_again_with_the_newest_text() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock), Finals(clock)
    screen.outcomes = [SKIPPED, SKIPPED]

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("a")
            await clock.sleep(0.5)
            await delivery.show("ab")
            await clock.sleep(5)

    await clock.run(answer())
    assert screen.shown == [(0.0, "a"), (1.0, "ab"), (2.0, "ab")]


async def test_a_frame_on_its_way_is_waited_for_before_the_final_text() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock, takes=3.0), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("a")
            await clock.sleep(1)
            await delivery.finish("ab")

    await clock.run(answer())
    assert [moment for moment, _, _ in finals.sent] == [3.0]
    assert len(screen.shown) == 1


async def test_a_frame_that_hangs_holds_the_final_text_up_for_seconds_only() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock, takes=10_000.0), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("a")
            await clock.sleep(1)
            await delivery.finish("ab")

    await clock.run(answer())
    assert [moment for moment, _, _ in finals.sent] == [11.0]


async def test_a_way_that_is_given_up_is_replaced_at_once_and_its_message_is_taken_over() -> None:
    clock = VirtualClock()
    screen, other, finals = Screen(clock), Screen(clock, refresh=None), Finals(clock)
    screen.outcomes = [GIVEN_UP]
    other.message_id = 77

    async def answer() -> None:
        async with live(clock, screen, finals, other) as delivery:
            await delivery.show("a")
            await clock.sleep(2)
            await delivery.finish("ab")

    await clock.run(answer())
    assert len(screen.shown) == 1
    assert other.shown == [(0.0, "a")]
    assert finals.sent == [(2.0, "ab", 77)]


async def test_a_fault_in_showing_frames_does_not_cost_the_answer() -> None:
    class Broken(Screen):
        async def show(self, frame: Frame) -> FrameOutcome:
            raise ZeroDivisionError

    clock = VirtualClock()
    finals = Finals(clock)

    async def answer() -> None:
        async with live(clock, Broken(clock), finals) as delivery:
            await delivery.show("a")
            await clock.sleep(1)
            await delivery.finish("ab")

    await clock.run(answer())
    assert len(finals.sent) == 1


async def test_an_answer_that_is_cancelled_sends_nothing_more() -> None:
    clock = VirtualClock()
    screen, finals = Screen(clock), Finals(clock)

    async def answer() -> None:
        async with live(clock, screen, finals) as delivery:
            await delivery.show("a")
            await clock.sleep(1000)

    task = asyncio.ensure_future(answer())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finals.sent == []
    assert len(screen.shown) == 1
    assert [other for other in asyncio.all_tasks() if other.get_name() == "frames-1"] == []


def test_a_note_stands_below_the_text_in_italics_and_alone_without_one() -> None:
    assert with_note(Formatted("😀"), "stopped") == Formatted("😀\n\nstopped", (Mark("italic", 4, 7),))
    assert with_note(Formatted(""), "stopped") == Formatted("stopped")
    assert with_note(Formatted(""), "").text != ""


@given(st.text(alphabet="ab \n`#|*😀", max_size=300), st.integers(1, 60))
async def test_any_frame_fits_into_one_message(text: str, times: int) -> None:
    assert (await FramePages(Rendering()).text(Frame(text * times))).units <= MESSAGE_LIMIT


def test_a_long_answer_shows_its_last_page_which_stays_until_it_is_full() -> None:
    words = [f"word{number}" for number in range(3000)]
    starts, pages = set(), FramePages(Rendering())
    for count in range(100, 3000, 50):
        page = pages.page("\n".join(words[:count]))
        assert page.endswith(words[count - 1])
        assert len(page) <= 3010
        starts.add(page.split("\n")[1])
    assert len(starts) < 18


async def test_a_page_that_begins_inside_code_opens_it_again() -> None:
    text = "intro\n\n```python\n" + "\n".join(f"x{number} = {number}" for number in range(1000))
    shown = await FramePages(Rendering()).text(Frame(text))
    assert [(mark.kind, mark.language) for mark in shown.marks] == [("pre", "python")]
    assert shown.text.endswith("x999 = 999")


async def test_a_frame_without_text_shows_the_status() -> None:
    assert (await FramePages(Rendering()).text(Frame("", "loading a model"))).text == "loading a model"
    assert (await FramePages(Rendering()).text(Frame(" \n", ""))).text == ""
