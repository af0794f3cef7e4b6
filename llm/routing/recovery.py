"""Asks servers that are down whether they are back, so that no person's message has to find out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from llm.background import Background
from llm.clock import Clock
from llm.routing.breaker import BreakerState
from llm.routing.target import Target
from llm.servers.kinds import ServerState

logger = structlog.get_logger()

PAUSE_SECONDS = 1.0
"""Between two questions, whoever they go to: servers that are down are not kept busy with being asked."""

# A rate limit is a promise to wait, and a wrong setting does not mend itself: neither shows on a page for health.
_WATCHED = frozenset({BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.LOADING})


class RecoveryWatch(Background):
    """Watches over targets for as long as its context lasts: one free question a second at most, in turn.

    `targets` gives those that there are at the moment.
    """

    task_name = "recovery"

    def __init__(
        self,
        targets: Callable[[], Sequence[Target]],
        clock: Clock,
        back: Callable[[Target], None] | None = None,
    ) -> None:
        """`back` is told of each target whose server was seen to work again."""
        self._back = back
        self._targets = targets
        self._clock = clock
        self._next = 0

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(PAUSE_SECONDS)
            target = self._due()
            if target is not None and await target.source.healthy() is ServerState.UP:
                if target.breaker.state is not BreakerState.HALF_OPEN:
                    logger.info("server_back", target=target.setting)
                target.breaker.well_again()
                if self._back is not None:
                    self._back(target)

    def _due(self) -> Target | None:
        """The next target in turn that is thought to be down."""
        targets = self._targets()
        for offset in range(len(targets)):
            place = (self._next + offset) % len(targets)
            if targets[place].breaker.state in _WATCHED:
                self._next = place + 1
                return targets[place]
        return None
