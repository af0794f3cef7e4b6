"""Waiting for a seat, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from llm.balancing.balancer import Balancer
from llm.balancing.queue import ServerQueue
from llm.balancing.seat import Seat
from llm.balancing.waiting import NoSeat, Refusal
from llm.balancing.work import Priority, Work
from llm.types import Usage
from tests.llm.balancing.lessons import REFUSED, at
from tests.llm.routing.virtual import LoopClock, in_virtual_time

WORK = Work(100)


class Stage:
    """A queue before servers with so many slots."""

    def __init__(self, clock: LoopClock, **slots: int) -> None:
        self.clock = clock
        self.balancer = Balancer(clock.monotonic, random.Random(1))
        self.queue = ServerQueue(self.balancer, clock)
        for server, number in slots.items():
            self.balancer.tell(server, slots=number)
        self.targets = [at(server) for server in slots]
        self.served: list[str] = []

    async def take(
        self, work: Work = WORK, within: float | None = None, on_place: Callable[[int, float], None] | None = None
    ) -> Seat:
        return await self.queue.take(work, lambda: self.targets, within=within, on_place=on_place)

    async def ask(self, name: str, work: Work = WORK, seconds: float = 5.0) -> None:
        """One request from its coming to its end."""
        seat = await self.take(work)
        self.served.append(name)
        await self.clock.sleep(0.2)
        seat.first_token()
        await self.clock.sleep(seconds)
        seat.progress(100)
        seat.finished(Usage(work.prompt_tokens, 100))


def on_stage(scene: Callable[[Stage], Awaitable[None]], **slots: int) -> None:
    async def work(clock: LoopClock) -> None:
        await scene(Stage(clock, **slots))

    in_virtual_time(work)


def test_a_seat_is_there_as_soon_as_one_is_free():
    async def scene(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(stage.ask(name))
        assert stage.served == ["a", "b", "c"]
        assert stage.clock.monotonic() == pytest.approx(3 * 5.2)

    on_stage(scene, s=1)


def test_who_waits_is_told_their_place_and_about_how_long():
    async def scene(stage: Stage) -> None:
        places: list[tuple[int, float]] = []

        async def person() -> None:
            (await stage.take(on_place=lambda *told: places.append(told))).cancelled()

        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(stage.ask(name))
            await asyncio.sleep(0)
            group.create_task(person())
        assert [place for place, _ in places] == [3, 2, 1]
        assert all(seconds > 0 for _, seconds in places)

    on_stage(scene, s=1)


def test_who_stops_waiting_leaves_the_place_to_others():
    async def scene(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(stage.ask("a"))
            await asyncio.sleep(0)
            stopping = group.create_task(stage.ask("b"))
            group.create_task(stage.ask("c"))
            await asyncio.sleep(1)
            stopping.cancel()
            await first
        assert stage.served == ["a", "c"]
        assert len(stage.queue) == 0

    on_stage(scene, s=1)


def test_who_is_stopped_in_the_moment_of_getting_a_seat_gives_it_back():
    async def scene(stage: Stage) -> None:
        seat = await stage.take()
        stopping = asyncio.create_task(stage.ask("b"))
        await asyncio.sleep(0)
        seat.cancelled()
        assert stage.balancer.server("s").seats != [], "the seat is taken, and its owner does not know yet"
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        assert stage.balancer.server("s").seats == []

    on_stage(scene, s=1)


def test_nobody_waits_longer_than_they_can():
    async def scene(stage: Stage) -> None:
        await stage.take()
        with pytest.raises(NoSeat) as refused:
            await stage.take(within=30)
        assert refused.value.refusal is Refusal.TIMED_OUT
        assert stage.clock.monotonic() == 30
        assert len(stage.queue) == 0

    on_stage(scene, s=1)


def test_who_can_be_served_by_nobody_any_more_is_told_at_the_next_look():
    async def scene(stage: Stage) -> None:
        seat = await stage.take()
        waiting = asyncio.create_task(stage.take())
        await asyncio.sleep(1)
        stage.targets.clear()
        seat.cancelled()
        with pytest.raises(NoSeat) as refused:
            await waiting
        assert refused.value.refusal is Refusal.NOBODY

    on_stage(scene, s=1)


def test_who_waits_for_a_fast_server_that_does_not_come_free_takes_the_slow_one():
    async def scene(stage: Stage) -> None:
        for _ in range(6):
            for server, seconds in (("fast", 4.0), ("slow", 12.0)):
                choice = stage.balancer.choose([at(server)], Work(100))
                seat = stage.balancer.begin(choice, Work(100))
                seat.first_token()
                await stage.clock.sleep(seconds)
                seat.progress(100)
                seat.finished()
        held = await stage.take()
        assert held.server.name == "fast"
        held.first_token()
        began = stage.clock.monotonic()
        while stage.clock.monotonic() < began + 2:
            held.progress(10)
            await stage.clock.sleep(0.4)
        asked = stage.clock.monotonic()
        taken = await stage.take()
        assert taken.server.name == "slow"
        assert 1 < stage.clock.monotonic() - asked < 30

    on_stage(scene, fast=1, slow=1)


def test_a_failure_frees_the_seat_as_well():
    async def scene(stage: Stage) -> None:
        seat = await stage.take()
        waiting = asyncio.create_task(stage.take())
        await asyncio.sleep(1)
        seat.failed(REFUSED)
        assert (await waiting).server.name == "s"

    on_stage(scene, s=1)


def test_what_goes_wrong_on_somebodys_screen_is_nothing_to_the_queue():
    async def scene(stage: Stage) -> None:
        errors: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))

        def broken(place: int, seconds: float) -> None:
            raise RuntimeError("boom")

        seat = await stage.take()
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(stage.take(on_place=broken)) for _ in range(2)]
            await asyncio.sleep(1)
            seat.cancelled()
            (await waiting[0]).cancelled()
            (await waiting[1]).cancelled()
        assert len(errors) == 3

    on_stage(scene, s=1)


async def one_crowd(clock: LoopClock, chance: random.Random) -> None:
    stage = Stage(clock, **{f"s{number}": chance.randint(1, 3) for number in range(chance.randint(1, 3))})
    most = {server.name: server.slots.limit for server in stage.balancer.servers.values()}
    outcomes: list[str] = []

    async def somebody() -> None:
        await clock.sleep(chance.random() * 20)
        work = Work(
            chance.randint(1, 2000),
            person=chance.choice((None, "Ann", "Bob")),
            priority=chance.choice(tuple(Priority)),
            conversation=chance.choice((None, "x", "y")),
        )
        try:
            async with asyncio.timeout(chance.choice((None, None, 0.5, 3.0, 8.0))):
                seat = await stage.take(work, within=chance.choice((None, 5.0, 60.0)))
                for name, slots in most.items():
                    assert len(stage.balancer.server(name).seats) <= slots
                await serve(clock, chance, seat)
        except TimeoutError:
            outcomes.append("stopped")
        except NoSeat as error:
            outcomes.append(error.refusal.value)
        else:
            outcomes.append("served")

    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(somebody())
    assert len(outcomes) == 40
    assert len(stage.queue) == 0
    assert all(server.seats == [] for server in stage.balancer.servers.values())


async def serve(clock: LoopClock, chance: random.Random, seat: Seat) -> None:
    try:
        await clock.sleep(chance.random())
        seat.first_token()
        for _ in range(chance.randint(0, 6)):
            await clock.sleep(chance.random())
            seat.progress(20)
        if chance.random() < 0.2:
            seat.failed(REFUSED)
        else:
            seat.finished()
    finally:
        if not seat.over:
            seat.cancelled()


def test_in_a_hundred_crowds_nobody_is_lost_and_no_server_overrun():
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - to be run again with
    for number in range(100):
        chance = random.Random(f"{seed} {number}")

        async def work(clock: LoopClock, chance: random.Random = chance) -> None:
            await one_crowd(clock, chance)

        in_virtual_time(work)
