"""What happens in the playground, numbered, kept for a while, and handed to every page that listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bot.playground.values import Json

KEPT_EVENTS = 500
LONGEST_QUEUE = 500


class Subscription:
    """The events that one page still has to get; `overflowed` when it was too slow and has missed some."""

    def __init__(self, backlog: list[tuple[int, Json]]) -> None:
        self._waiting: deque[tuple[int, Json]] = deque(backlog)
        self._changed = asyncio.Event()
        self.overflowed = False
        if backlog:
            self._changed.set()

    def put(self, sequence: int, event: Json) -> None:
        """Add one; a page that is too far behind is given up instead of filling the memory."""
        if len(self._waiting) >= LONGEST_QUEUE:
            self.overflowed = True
        else:
            self._waiting.append((sequence, event))
        self._changed.set()

    async def take(self) -> list[tuple[int, Json]]:
        """All that has come, once something has. Empty when the page has missed events."""
        await self._changed.wait()
        self._changed.clear()
        if self.overflowed:
            return []
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class EventFeed:
    """Numbers events from 1 on and keeps the last few hundred."""

    def __init__(self) -> None:
        self.sequence = 0
        self._kept: deque[tuple[int, Json]] = deque(maxlen=KEPT_EVENTS)
        self._subscriptions: set[Subscription] = set()

    def publish(self, event: Json) -> None:
        """Tell everybody."""
        self.sequence += 1
        self._kept.append((self.sequence, event))
        for subscription in self._subscriptions:
            subscription.put(self.sequence, event)

    def knows(self, after: int) -> bool:
        """Whether nothing after that number has been forgotten."""
        oldest = self._kept[0][0] if self._kept else self.sequence + 1
        return oldest - 1 <= after <= self.sequence

    @contextmanager
    def subscribe(self, after: int) -> Iterator[Subscription]:
        """Listen to everything with a greater number."""
        subscription = Subscription([(number, event) for number, event in self._kept if number > after])
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
