"""A limit of time on one wait after another of the same task, with one timer for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Alarm:
    """Ends a wait that takes too long, as `asyncio.timeout` does; made for a stream, which is waited for at each read.

    A timer that was set for an earlier wait stays where it is and looks, when its time has come, whether anybody
    still waits: a read costs no timer of its own. `close()` has to be called in the end.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._rang = False

    async def within(self, seconds: float, wait: Awaitable[T]) -> T:
        """Wait for so many seconds at most; raises TimeoutError then."""
        task = self._waiting = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        cancelling = task.cancelling()
        self._rang = False
        self._set(self._loop.time() + seconds)
        try:
            return await wait
        except BaseException as error:
            # Somebody else may have cancelled the task as well, which counts for more.
            if self._rang and task.uncancel() <= cancelling and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from error
            raise
        finally:
            self._due = self._waiting = None

    def close(self) -> None:
        """Put the timer away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, due: float) -> None:
        self._due = due
        if self._timer is not None and self._timer.when() > due:
            self.close()
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._due is None or self._waiting is None:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._ring)
            return
        self._rang = True
        self._waiting.cancel()
