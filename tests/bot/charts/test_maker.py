"""Charts come from another process, whatever happens to it."""

from __future__ import annotations

import asyncio
import math
import os
import signal

import psutil
import pytest

from bot.charts.chart import Chart, Point, Words
from bot.charts.maker import ChartMaker, NoChart
from bot.playground.images import picture_size
from tests.e2e.talk import until

WORDS = Words("Latency", "Requests", "answered", "failed", "Share", "nothing", "others", decimal_comma=False)
POINT = Point("12:00", 3, 1, (1.0, 2.0, 3.0, 4.0))
USUAL = Chart("A day", WORDS, (POINT, Point("13:00", 0, 0, None), POINT), (("qwen3:8b", 5), ("llama", 3)))


def workers() -> list[psutil.Process]:
    """The processes that draw for this one."""
    return [
        one
        for one in psutil.Process().children(recursive=True)
        if one.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(one.cmdline())
    ]


@pytest.mark.parametrize(
    "chart",
    [
        USUAL,
        Chart("empty", WORDS, (), ()),
        Chart("one point", WORDS, (POINT,), (("a", 1),)),
        Chart("no name is a formula: $x_{", WORDS, (POINT,) * 60, (("$\\frac{$", 1), ("a\n<b>", 1), ("x" * 300, 1))),
        Chart("tail", WORDS, (Point("a", 1, 0, (0.001, 1.0, 50.0, 1e5)),), tuple((f"m{n}", 9) for n in range(40))),
        Chart("zero", WORDS, (Point("a", 0, 0, (1e-4, 1e-4, 1e-4, 1e-4)),), ()),
        Chart("Пусто и 中文", WORDS, (POINT,), (("модель", 1),)),
    ],
    ids=lambda chart: chart.title,
)  # fmt: skip
async def test_whatever_is_in_it_it_is_a_picture(chart: Chart) -> None:
    async with ChartMaker() as maker:
        size = picture_size(await maker.draw(chart))
    assert size is not None
    assert (size.width, size.height, size.mime) == (1024, 1152, "image/png")


async def none_left() -> bool:
    return not workers()


async def test_the_process_goes_when_nobody_wants_a_chart_and_comes_again() -> None:
    async with ChartMaker(idle_seconds=0.2) as maker:
        await asyncio.gather(maker.draw(USUAL), maker.draw(USUAL))
        assert maker.running
        await until(none_left)
        assert not maker.running
        await maker.draw(USUAL)
        assert len(workers()) == 1
    assert not workers()


async def test_a_process_that_was_killed_is_replaced() -> None:
    async with ChartMaker() as maker:
        for _ in range(2):
            await maker.draw(USUAL)
            [worker] = workers()
            os.kill(worker.pid, signal.SIGKILL)
        await maker.draw(USUAL)


async def test_what_can_not_be_drawn_is_said_and_the_next_one_is_drawn() -> None:
    async with ChartMaker() as maker:
        with pytest.raises(NoChart):
            await maker.draw(Chart("bad", WORDS, (Point("a", 1, 0, (math.nan, 1, 1, "x")),), ()))  # type: ignore[arg-type]
        await maker.draw(USUAL)


async def test_drawing_leaves_the_loop_free() -> None:
    """Matplotlib takes a second; nothing here may wait for it."""
    async with ChartMaker() as maker:
        drawing = asyncio.create_task(maker.draw(USUAL))
        turns = 0
        while not drawing.done():
            await asyncio.sleep(0.005)
            turns += 1
        await drawing
    assert turns > 20
