"""How often and after which pause something is tried again: a budget for each target, and full-jitter backoff."""

from __future__ import annotations

import random

RETRIES_PER_REQUEST = 0.15
"""What each request adds to the budget: under total failure no more than so many retries go out for a request."""
MOST_SAVED = 3.0
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 8.0


class RetryBudget:
    """A bucket of retries for one target: requests fill it, retries empty it."""

    def __init__(
        self, *, per_request: float = RETRIES_PER_REQUEST, most: float = MOST_SAVED, saved: float = MOST_SAVED
    ) -> None:
        self._per_request = per_request
        self._most = most
        self._saved = saved

    @property
    def available(self) -> bool:
        """Whether there is one left."""
        return self._saved >= 1.0

    def request(self) -> None:
        """Count a request that goes out for the first time."""
        self._saved = min(self._most, self._saved + self._per_request)

    def take(self) -> bool:
        """Take one retry out; False: there is none left."""
        if not self.available:
            return False
        self._saved -= 1.0
        return True


def backoff_seconds(tries: int, randomness: random.Random) -> float:
    """The pause before the next try after so many: between nothing and a limit that doubles, so that clients part."""
    limit = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(tries - 1, 16))
    return randomness.uniform(0.0, limit)
