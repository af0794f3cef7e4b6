"""Starts a second request where the first one takes unusually long to begin, and keeps whichever begins first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from llm.errors import AttemptFailed
from llm.routing.running import Running
from llm.types import StreamEvent

Events = AsyncGenerator[StreamEvent, None]


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt whose first event is there; `events` has the rest and has to be closed."""

    attempt: Running
    first: StreamEvent
    events: Events


@dataclass(slots=True)
class _Runner:
    attempt: Running
    events: Events
    task: asyncio.Task[StreamEvent]


def _start(attempt: Running) -> _Runner:
    events = attempt.ask.client.stream(attempt.request, attempt.ask.timeouts)

    async def first() -> StreamEvent:
        return await anext(events)

    return _Runner(attempt, events, asyncio.create_task(first()))


async def race(
    attempt: Running,
    *,
    after: float,
    sleep: Callable[[float], Awaitable[None]],
    second: Callable[[], Running | None],
    failed: Callable[[Running, AttemptFailed], None],
    dropped: Callable[[Running], None],
) -> Begun:
    """Wait for the first event of an attempt, after some seconds also for that of a `second` one.

    The loser is cancelled, its connection closed before the winner is given, and reported to `dropped`; one that
    fails while the other is still under way to `failed`. Raises the AttemptFailed of the last one that was left;
    `attempt_of` tells which that was.
    """
    runners = [_start(attempt)]
    try:
        timer = asyncio.ensure_future(sleep(after))
        try:
            await asyncio.wait({runners[0].task, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)
        if not runners[0].task.done() and (hedge := second()) is not None:
            runners.append(_start(hedge))
        while True:
            await asyncio.wait({one.task for one in runners}, return_when=asyncio.FIRST_COMPLETED)
            winner = next((one for one in runners if one.task.done() and one.task.exception() is None), None)
            if winner is not None:
                runners.remove(winner)
                for loser in runners:
                    await _drop(loser)
                    dropped(loser.attempt)
                runners.clear()
                return Begun(winner.attempt, winner.task.result(), winner.events)
            beaten = next(one for one in runners if one.task.done())
            error = beaten.task.exception()
            runners.remove(beaten)
            await beaten.events.aclose()
            if not isinstance(error, AttemptFailed):
                assert error is not None  # noqa: S101 - it has no result
                raise error
            if not runners:
                raise Lost(beaten.attempt, error)
            failed(beaten.attempt, error)
    finally:
        for left in runners:  # cancelled, or an error that is none of a server's
            await _drop(left)
            if left.attempt is not attempt:
                dropped(left.attempt)


class Lost(Exception):
    """The last attempt of a race has failed; carries it with its failure."""

    def __init__(self, attempt: Running, failed: AttemptFailed) -> None:
        self.attempt = attempt
        self.failed = failed
        super().__init__(str(failed))


async def _drop(runner: _Runner) -> None:
    runner.task.cancel()
    await asyncio.gather(runner.task, return_exceptions=True)
    await runner.events.aclose()
