"""A TCP proxy between two programs that breaks their connections on order."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class TcpProxy:
    """Passes bytes on between whoever connects to `port` and a server; what follows is what can go wrong.

    `stall` lets bytes wait on their way, in both directions or back only, without closing anything, as a dead route
    does; `go_on` lets them pass. `cut` resets every connection that there is; `refuse` resets new ones too.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.port = 0
        self.connections_made = 0
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._there = asyncio.Event()
        self._back = asyncio.Event()
        self._refusing = False
        self._listener: asyncio.Server | None = None
        self.cut_reply_to: Callable[[bytes], bool] | None = None
        """Which requests get to the server while the reply to them is lost with the connection."""
        self.go_on()

    @property
    def url(self) -> str:
        """What to connect to."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stall(self, *, replies_only: bool = False) -> None:
        """Let nothing pass."""
        self._back.clear()
        if not replies_only:
            self._there.clear()

    def go_on(self) -> None:
        """Let everything pass, with what has waited."""
        self._refusing = False
        self._there.set()
        self._back.set()

    def cut(self) -> None:
        """Reset the connections that there are."""
        for pair in tuple(self._pairs):
            pair.reset()

    def refuse(self) -> None:
        """Reset the connections that there are and those that come, until `go_on`."""
        self._refusing = True
        self.cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_made += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._refusing:
                _reset(writer)
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
            pair = _Pair(writer, back)
            self._pairs.add(pair)
            try:
                await asyncio.gather(self._pass_on(reader, pair), self._pass_back(there, pair))
            finally:
                self._pairs.discard(pair)
                pair.reset()
        except (OSError, asyncio.CancelledError):
            _reset(writer)
        finally:
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        while data := await reader.read(1 << 16):
            await self._there.wait()
            if self.cut_reply_to is not None and self.cut_reply_to(data):
                pair.deaf = True
            pair.server.write(data)
            await pair.server.drain()
        pair.reset()

    async def _pass_back(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        while data := await reader.read(1 << 16):
            await self._back.wait()
            if pair.deaf:
                break
            pair.client.write(data)
            await pair.client.drain()
        pair.reset()


class _Pair:
    """A connection to the proxy and the one that belongs to it; `deaf`: it ends with the next reply."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.deaf = False

    def reset(self) -> None:
        _reset(self.client)
        _reset(self.server)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close it at once, with what is on its way lost (a TCP RST)."""
    with suppress(OSError):
        socket_of = writer.get_extra_info("socket")
        if socket_of is not None and socket_of.fileno() >= 0:
            socket_of.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if writer.transport is not None:
        writer.transport.abort()
