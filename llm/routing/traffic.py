"""Which servers work for somebody now: what goes before, and what may wait for a quiet moment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

from llm.clock import Clock


class Traffic:
    """Counts the requests under way on each server, named as in logs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way: dict[str, int] = defaultdict(int)
        self._ended_at: dict[str, float] = {}
        self._changed: dict[str, asyncio.Event] = {}

    def begin(self, server: str) -> Callable[[], None]:
        """Take note of a request; it is over when the function that this gives is called, however often."""
        self._under_way[server] += 1
        self._tell(server)
        over = False

        def end() -> None:
            nonlocal over
            if over:
                return
            over = True
            self._under_way[server] -= 1
            self._ended_at[server] = self._clock.monotonic()
            self._tell(server)

        return end

    def under_way(self, server: str) -> int:
        """How many requests a server works on for people."""
        return self._under_way.get(server, 0)

    async def until_wanted(self, server: str) -> None:
        """Wait until somebody asks something of a server; at once when somebody does already."""
        while not self.under_way(server):
            await self._change(server)

    async def until_quiet(self, server: str, seconds: float) -> None:
        """Wait until nobody has asked anything of a server for so long."""
        while True:
            while self.under_way(server):
                await self._change(server)
            ended = self._ended_at.get(server)
            left = 0.0 if ended is None else ended + seconds - self._clock.monotonic()
            if left <= 0:
                return
            await self._clock.sleep(left)

    async def _change(self, server: str) -> None:
        await self._changed.setdefault(server, asyncio.Event()).wait()

    def _tell(self, server: str) -> None:
        # Whoever waits wakes up and looks; who waits next does so for the next change.
        if (event := self._changed.pop(server, None)) is not None:
            event.set()
