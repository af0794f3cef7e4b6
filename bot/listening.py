"""Listens for calls over HTTP at an address of this machine."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web


async def listen_at(runner: web.AppRunner, host: str, port: int, fault: Callable[[str | None], Exception]) -> None:
    """Set the runner up and let it take calls. Where the address is not to be had, raise what `fault` makes of why."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise fault(error.strerror) from error
