"""One timer for one wait after another: each wait has its own limit, and a stranger's cancellation stays one."""

from __future__ import annotations

import asyncio

import pytest

from llm.servers.alarm import Alarm
from tests.llm.routing.virtual import LoopClock, in_virtual_time


def test_each_wait_has_its_own_limit():
    async def work(clock: LoopClock) -> None:
        alarm = Alarm()
        for limit, takes in [(5.0, 4.0), (5.0, 4.0), (1.0, 0.5), (30.0, 20.0)]:
            assert await alarm.within(limit, asyncio.sleep(takes, "in time")) == "in time"
        for limit in (2.0, 0.05, 7.0, 0.0, -1.0):
            began = clock.monotonic()
            with pytest.raises(TimeoutError):
                await alarm.within(limit, asyncio.sleep(100))
            assert clock.monotonic() - began == pytest.approx(max(0.0, limit))
            assert await alarm.within(1.0, asyncio.sleep(0.9, "goes on")) == "goes on"
        alarm.close()

    in_virtual_time(work)


def test_what_fails_by_itself_fails_as_it_does():
    async def failing() -> None:
        await asyncio.sleep(1)
        raise ValueError("itself")

    async def work(clock: LoopClock) -> None:
        alarm = Alarm()
        with pytest.raises(ValueError, match="itself"):
            await alarm.within(2.0, failing())
        await asyncio.sleep(5)  # the timer of that wait must not end anything else
        alarm.close()

    in_virtual_time(work)


def test_between_waits_nothing_rings():
    async def work(clock: LoopClock) -> None:
        alarm = Alarm()
        await alarm.within(1.0, asyncio.sleep(0.5))
        await asyncio.sleep(100)
        assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
        alarm.close()

    in_virtual_time(work)


@pytest.mark.parametrize("after", [0.5, 1.0])
def test_whoever_is_cancelled_is_cancelled_also_when_the_alarm_rings_with_it(after: float):
    async def work(clock: LoopClock) -> None:
        async def waiting() -> None:
            alarm = Alarm()
            try:
                await alarm.within(1.0, asyncio.sleep(100))
            finally:
                alarm.close()

        task = asyncio.create_task(waiting())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(after, task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    in_virtual_time(work)


def test_after_a_limit_the_task_is_not_left_cancelled():
    async def stubborn() -> str:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            raise ValueError("something else") from None
        return "never"

    async def work(clock: LoopClock) -> None:
        alarm = Alarm()
        with pytest.raises(TimeoutError):
            await alarm.within(1.0, asyncio.sleep(100))
        with pytest.raises(ValueError, match="something else"):
            await alarm.within(1.0, stubborn())
        assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
        alarm.close()

    in_virtual_time(work)
