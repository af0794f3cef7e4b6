"""Notices, sooner than an average would, that values are not any more what they were: Page's cumulative sums."""

from __future__ import annotations

import math
from dataclasses import dataclass

ALLOWED = 0.5
"""So many standard deviations a value may be off without counting."""
ALARM = 8.0
MOST = 2.0
"""One value counts for no more: a single odd one is no change."""
SETTLED = 10.0
"""So many values must be known before one can be thought odd."""


@dataclass(slots=True)
class Drift:
    """Adds up by how much values were above and below what was expected."""

    above: float = 0.0
    below: float = 0.0

    def add(self, surprise: float, variance: float, *, settled: float) -> bool:
        """Take how far a value was from what was expected; gives whether things have changed.

        `settled` is how many values the expectation rests upon.
        """
        if settled < SETTLED:
            return False
        off = min(MOST, max(-MOST, surprise / math.sqrt(variance)))
        self.above = max(0.0, self.above + off - ALLOWED)
        self.below = max(0.0, self.below - off - ALLOWED)
        return max(self.above, self.below) > ALARM

    def clear(self) -> None:
        """Begin anew."""
        self.above = self.below = 0.0
