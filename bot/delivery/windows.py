"""Sliding windows: so many requests in any so many seconds."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Sequence

# Who has not asked for so long wants nothing; how often that is looked at.
_ASKING_SECONDS = 12.0
_LOOK_SECONDS = 1.0
# Nobody asks more often, so that there is nothing to share while each may have one in this time.
_ENOUGH_SECONDS = 1.0
# Who has waited for less than this part of the longest wait lets the others go first.
_OF_THE_LONGEST = 0.7


class Window:
    """At most `limit` takings in any `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def ready_at(self, now: float, spare: int = 0) -> float:
        """When one more can be taken so that `spare` are still left: `now`, or later.

        What was taken for a later moment counts already.
        """
        self._forget(now)
        over = len(self._taken) - (self._limit - spare)
        return now if over < 0 else max(now, self._taken[over] + self._seconds)

    def take(self, moment: float) -> None:
        """Count one, now or at a later moment."""
        insort(self._taken, moment)

    def empty(self, now: float) -> bool:
        """Whether nothing counts any more."""
        self._forget(now)
        return not self._taken

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] + self._seconds <= now:
            self._taken.popleft()


class Budget:
    """Several windows that all have to allow it; `spares` are what frames leave free in each for the final texts."""

    def __init__(self, windows: Sequence[Window], spares: Sequence[int]) -> None:
        self._windows = tuple(zip(windows, spares, strict=True))

    def ready_at(self, now: float, *, spare: bool = False) -> float:
        """When all allow one more."""
        return max(window.ready_at(now, kept if spare else 0) for window, kept in self._windows)

    def take(self, moment: float) -> None:
        """Count one in each, now or at a later moment."""
        for window, _ in self._windows:
            window.take(moment)

    def empty(self, now: float) -> bool:
        """Whether nothing counts any more."""
        return all(window.empty(now) for window, _ in self._windows)


class Shares:
    """Even shares of a rate for those who ask for it: whoever has just had one lets the others go first."""

    def __init__(self, limit: int, seconds: float) -> None:
        """All together may have `limit` in so many `seconds`."""
        self._each = seconds / limit
        self._asked: dict[int | str, float] = {}
        self._since: dict[int | str, float] = {}
        self._had: set[int | str] = set()
        self._looked = -math.inf
        self._pause = 0.0

    def allow(self, who: int | str, now: float) -> bool:
        """Whether it is somebody's turn, with all who have asked lately. Who has had none yet need not wait."""
        self._asked[who] = now
        since = self._since.setdefault(who, now)
        if now - self._looked >= _LOOK_SECONDS:
            self._look(now)
        return self._pause < _ENOUGH_SECONDS or who not in self._had or now - since >= self._pause

    def taken(self, who: int | str, now: float) -> None:
        """Somebody has had one."""
        self._since[who] = now
        self._had.add(who)

    def _look(self, now: float) -> None:
        """See how many ask and how long they have waited, and forget the others."""
        self._asked = {who: moment for who, moment in self._asked.items() if moment > now - _ASKING_SECONDS}
        self._since = {who: moment for who, moment in self._since.items() if who in self._asked}
        self._had &= self._asked.keys()
        share = self._each * len(self._asked)
        longest = now - min(self._since.values(), default=now)
        self._pause, self._looked = max(share, longest * _OF_THE_LONGEST) if share >= _ENOUGH_SECONDS else 0.0, now
