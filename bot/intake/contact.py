"""How the contact with Telegram is: when it has answered last, how often it has not since, how long to wait now."""

from __future__ import annotations

import random
from dataclasses import dataclass

import structlog

from llm.clock import Clock

logger = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class HookState:
    """What Telegram says of the webhook: how many updates wait with it, and what went wrong lately."""

    pending: int
    error: str = ""


class Contact:
    """Kept by whatever asks Telegram for updates, or is called by it."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self._clock = clock
        self._random = randomness
        self.failures = 0
        self.last: float | None = None

    def made(self) -> None:
        """Telegram has answered, or called."""
        if self.failures:
            logger.info("telegram_reachable_again", failures=self.failures)
        self.failures = 0
        self.last = self._clock.monotonic()

    def backoff(self) -> float:
        """Seconds to wait after yet another failure: doubling, spread at random over the upper half."""
        longest = min(LONGEST_PAUSE_SECONDS, 0.5 * 2.0 ** min(self.failures, 10))
        return longest * (0.5 + self._random.random() / 2)

    async def pause(self, event: str, seconds: float, **details: object) -> None:
        """Count a failure, tell the log, and wait."""
        self.failures += 1
        logger.warning(event, wait_seconds=round(seconds, 1), failures=self.failures, **details)
        await self._clock.sleep(seconds)
