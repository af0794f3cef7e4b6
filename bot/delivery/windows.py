"""Sliding windows: so many requests in any so many seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class Window:
    """At most `limit` takings in any `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def ready_at(self, now: float, spare: int = 0) -> float:
        """When one more can be taken so that `spare` are still left: `now`, or later."""
        self._forget(now)
        over = len(self._taken) - (self._limit - spare)
        return now if over < 0 else max(now, self._taken[over] + self._seconds)

    def take(self, now: float) -> None:
        """Count one."""
        self._taken.append(now)

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

    def take(self, now: float) -> None:
        """Count one in each."""
        for window, _ in self._windows:
            window.take(now)

    def empty(self, now: float) -> bool:
        """Whether nothing counts any more."""
        return all(window.empty(now) for window, _ in self._windows)
