"""Who waits for a quiet moment gets one, and learns at once when it is over."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from llm.routing.people_first import MOST_QUIET_SECONDS, QUIET_SECONDS, PeopleFirst
from llm.routing.traffic import Traffic
from tests.llm.routing.virtual import LoopClock, in_virtual_time


def test_a_server_is_quiet_when_nobody_has_wanted_it_for_so_long():
    async def work(clock: LoopClock) -> None:
        traffic = Traffic(clock)
        await traffic.until_quiet("a", 5)
        assert clock.monotonic() == 0
        first, second = traffic.begin("a"), traffic.begin("a")
        waiting = asyncio.create_task(traffic.until_quiet("a", 5))
        await clock.sleep(10)
        first()
        first()
        await clock.sleep(10)
        assert not waiting.done(), "one is still under way"
        second()
        await waiting
        assert clock.monotonic() == 25
        await traffic.until_quiet("b", 5)
        assert clock.monotonic() == 25, "what is asked of one server is nothing to another"

    in_virtual_time(work)


def test_a_quiet_moment_that_is_broken_begins_anew():
    async def work(clock: LoopClock) -> None:
        traffic = Traffic(clock)
        traffic.begin("a")()
        waiting = asyncio.create_task(traffic.until_quiet("a", 5))
        await clock.sleep(4)
        traffic.begin("a")()
        await waiting
        assert clock.monotonic() == 9

    in_virtual_time(work)


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)), max_size=20))
def test_nobody_who_waits_is_forgotten(spans: list[tuple[float, float]]):
    async def work(clock: LoopClock) -> None:
        traffic = Traffic(clock)

        async def person(after: float, seconds: float) -> None:
            await clock.sleep(after)
            end = traffic.begin("a")
            await clock.sleep(seconds)
            end()

        people = [asyncio.create_task(person(*span)) for span in spans]
        wanted = asyncio.create_task(traffic.until_wanted("a"))
        if spans:
            await wanted
            assert abs(clock.monotonic() - min(after for after, _ in spans)) < 1e-6
        else:
            wanted.cancel()
        await traffic.until_quiet("a", 1)
        assert not traffic.under_way("a")
        for one in people:
            one.cancel()

    in_virtual_time(work)


def test_each_probe_that_was_given_up_makes_the_next_one_wait_longer_up_to_a_minute():
    async def work(clock: LoopClock) -> None:
        traffic = Traffic(clock)
        conditions = PeopleFirst(traffic)
        waited = []
        for _ in range(8):
            end = traffic.begin("a")
            await conditions.until_wanted("a")
            end()
            began = clock.monotonic()
            await conditions.until_quiet("a")
            waited.append(clock.monotonic() - began)
        assert waited[:3] == [2 * QUIET_SECONDS, 4 * QUIET_SECONDS, 8 * QUIET_SECONDS]
        assert waited[-1] == MOST_QUIET_SECONDS

    in_virtual_time(work)
