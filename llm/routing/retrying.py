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

    def __init__(self) -> None:
        self._saved = MOST_SAVED

    def request(self) -> None:
        """Count a request that goes to the target for the first time."""
        self._saved = min(MOST_SAVED, self._saved + RETRIES_PER_REQUEST)

    def take(self) -> bool:
        """Take one retry out; False: there is none left."""
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True


def backoff_seconds(tries: int, randomness: random.Random) -> float:
    """The pause before the next try after so many: between nothing and a limit that doubles, so that clients part."""
    limit = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(tries - 1, 16))
    return randomness.uniform(0.0, limit)
