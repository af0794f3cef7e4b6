"""Ends the requests that are still waiting when the server stops: polls, streams of events, hanging calls."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

# After this aiohttp cuts the connections itself. Not 0, which it takes for "no limit".
PATIENCE_SECONDS = 0.1


class Closing:
    """Knows the requests that are being answered; `now` is to be called when the application shuts down."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def middleware(self) -> Middleware:
        """The middleware that keeps track; to be the outermost."""

        @web.middleware
        async def track(request: web.Request, handler: Handler) -> web.StreamResponse:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - a handler always runs in one
            self._tasks.add(task)
            try:
                return await handler(request)
            finally:
                self._tasks.discard(task)

        return track

    async def now(self, _application: web.Application) -> None:
        """Cut off what is left; its clients see a closed connection, as they do when a server goes away."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
