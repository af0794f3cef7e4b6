"""Waiting for a place on one of several servers, in the order that the waiting room gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from llm.balancing.balancer import Balancer
from llm.balancing.seat import Seat
from llm.balancing.waiting import MOST_WAITING, Candidates, NoSeat, Waiter, WaitingRoom
from llm.balancing.work import Work
from llm.clock import Clock

OnPlace = Callable[[int, float], None]
"""Is told the place in the queue, 1 is next, each time that it is another one, and about how many seconds it will take
still."""


class ServerQueue:
    """The queue before all servers."""

    def __init__(self, balancer: Balancer, clock: Clock, *, most: int = MOST_WAITING) -> None:
        """`most`: so many wait at most."""
        self._room = WaitingRoom(balancer, most=most)
        self._clock = clock

    def __len__(self) -> int:
        return len(self._room)

    def look(self) -> None:
        """Ask those who wait again who could do it: others than before, perhaps."""
        self._room.look()

    async def take(
        self, work: Work, candidates: Candidates, *, within: float | None = None, on_place: OnPlace | None = None
    ) -> Seat:
        """Wait for a seat, for so many seconds at most; it has to be given back. Raises NoSeat.

        `candidates` says who could do it, each time that it is looked. Cancelling gives everything back at once.
        """
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell(waiter: Waiter) -> None:
            if on_place is not None and waiter.place:
                on_place(waiter.place, waiter.expected_seconds)

        def changed(waiter: Waiter) -> None:
            if waiter.seat is not None or waiter.refusal is not None:
                woken.set()
            elif on_place is not None:
                loop.call_soon(tell, waiter)  # what goes wrong with a person's screen is nothing to those who wait

        until = None if within is None else self._clock.monotonic() + within
        waiter = self._room.enter(work, candidates, until=until, changed=changed)
        try:
            while not woken.is_set():
                await self._woken_before(self._room.next_look(), woken)
                due = self._room.next_look()
                if due is not None and due <= self._clock.monotonic():  # nobody else has looked meanwhile
                    self._room.look()
        except BaseException:
            self._room.leave(waiter)
            if waiter.seat is not None:
                waiter.seat.cancelled()
            raise
        if waiter.seat is None:
            assert waiter.refusal is not None  # noqa: S101 - nothing else wakes
            raise NoSeat(waiter.refusal, waiter.expected_seconds)
        return waiter.seat

    async def _woken_before(self, moment: float | None, woken: asyncio.Event) -> None:
        if moment is None:
            await woken.wait()
            return
        waiting = asyncio.ensure_future(woken.wait())
        timer = asyncio.ensure_future(self._clock.sleep(max(0.0, moment - self._clock.monotonic())))
        try:
            await asyncio.wait({waiting, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            timer.cancel()
            await asyncio.gather(waiting, timer, return_exceptions=True)
