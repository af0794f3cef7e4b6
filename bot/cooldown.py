"""Words that are said at most once in a while to the same chat."""

from __future__ import annotations

from llm.clock import Clock

SECONDS = 60.0
MOST_KEPT = 10_000


class Cooldown:
    """Remembers for a minute to whom something was said; knows nothing after a restart, which does no harm."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: dict[int, float] = {}

    def passes(self, chat_id: int) -> bool:
        """Whether it may be said to a chat now; true once, and again after a minute."""
        now = self._clock.monotonic()
        if now - self._said.get(chat_id, -SECONDS) < SECONDS:
            return False
        self._said.pop(chat_id, None)
        self._said[chat_id] = now
        while len(self._said) > MOST_KEPT:
            del self._said[next(iter(self._said))]
        return True
