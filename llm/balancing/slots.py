"""How many requests a server does at the same time: told by it, or learned from when answers begin."""

from __future__ import annotations

FIRST_LIMIT = 2
"""For a server that does not tell."""
MOST = 64
FIRST_NEEDED = 2
"""So many answers that begin in time with all slots taken raise the limit of a server that was never late."""
NEEDED_AFTER = 16
MOST_NEEDED = 64
SURE_AFTER = 8
"""A limit that has held for so many answers is not lowered for a single late one."""


class Slots:
    """The limit of requests at the same time on one server.

    It is raised by one when answers begin in time although all slots are taken, lowered by one when the last one in
    has to wait at the server, and lowered below what the server refuses. What has failed is tried again rarely, and
    the rarer the more often.
    """

    def __init__(self, told: int | None = None) -> None:
        self.limit = FIRST_LIMIT if told is None else max(1, told)
        self.round = 0
        """Grows when the limit is lowered; what began before says nothing about the new one."""
        self._told = told
        self._held = 0
        self._late = 0
        self._needed = FIRST_NEEDED

    def tell(self, told: int | None) -> None:
        """Take note of what the server says itself; None: nothing."""
        if told != self._told and told is not None:
            self.limit = max(1, told)
        self._told = told

    def in_time(self, level: int) -> None:
        """Take note of an answer that began in time while so many requests were under way, itself among them."""
        if level < self.limit:
            return
        self._held += 1
        self._late = 0
        most = MOST if self._told is None else max(1, self._told)
        if self._held >= self._needed and self.limit < most:
            self.limit += 1
            self._held = 0

    def late(self, level: int, round_: int) -> None:
        """Take note of an answer that had to wait for others at the server; `round_` as it was when it was asked."""
        if level < self.limit or self.limit == 1 or round_ != self.round:
            return
        self._late += 1
        if self._late > 1 or self._held < SURE_AFTER:
            self._lower(self.limit - 1)

    def refused(self, level: int, round_: int) -> None:
        """Take note that the server would not do so many at the same time."""
        if level > 1 and round_ == self.round:
            self._lower(min(self.limit, level) - 1)

    def values(self) -> tuple[int, int]:
        """What is worth keeping."""
        return min(self.limit, MOST), self._needed

    def set_values(self, values: tuple[int, int]) -> None:
        """Take values of `values()` over; what the server tells goes before them."""
        if self._told is None:
            self.limit, self._needed = values

    def _lower(self, limit: int) -> None:
        self.limit = max(1, limit)
        self.round += 1
        self._held = self._late = 0
        self._needed = min(MOST_NEEDED, max(NEEDED_AFTER, 4 * self._needed))
