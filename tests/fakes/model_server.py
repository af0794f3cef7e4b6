"""A scriptable OpenAI-compatible model server over real sockets, in full control of every byte."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.fakes.replies import Json, Part, Reply, ReplyMaker, Request, Step, Stream, parts_of

NOT_FOUND = Json({"detail": "Not Found"}, status=404)
TRANSCRIPTIONS = "/audio/transcriptions"


class ClientGone(Exception):
    """The client closed its connection."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """A client went away before its answer was whole; `at` is on the event loop's clock."""

    request: Request
    at: float


class ModelServer:
    """A model server that does what a test tells it.

    `script()` queues replies for POST requests; when the queue is empty the default reply is played, which `reply()`
    sets. `get` and `post` hold replies for fixed paths. `requests` are all requests so far, `disconnects` the clients
    that left in the middle of an answer. With `tls` it speaks https.

        async with ModelServer() as server:
            server.script(error("busy", status=503), Stream("Hi"))
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.get: dict[str, ReplyMaker] = {}
        self.post: dict[str, ReplyMaker] = {}
        self.not_found: ReplyMaker = NOT_FOUND
        self.headers: dict[str, str] = {}
        self.requests: list[Request] = []
        self.disconnects: list[Disconnect] = []
        self.connections_made = 0
        self.port = 0
        self._default: ReplyMaker = Stream()
        self._queue: deque[ReplyMaker] = deque()
        self._connections: set[_Connection] = set()
        self._listener: asyncio.Server | None = None
        self._news = asyncio.Condition()
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()

    @property
    def url(self) -> str:
        """The root, such as `http://127.0.0.1:40123`."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        """The root of the OpenAI-compatible interface."""
        return f"{self.url}/v1"

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        return len(self._connections)

    @property
    def chats(self) -> list[Request]:
        """The requests for an answer so far."""
        return [request for request in self.requests if request.method == "POST"]

    def reply(self, text: str = "Hello there!", **options: Any) -> None:
        """Answer every request that has no scripted reply with this text; options are those of `Stream`."""
        self._default = Stream(text, **options)

    def hear(self, text: str, *, status: int = 200) -> None:
        """Write every recording down as this text from now on, or refuse to."""
        self.post[f"/v1{TRANSCRIPTIONS}"] = Json({"text": text}, status=status)

    @property
    def recordings(self) -> list[Request]:
        """The requests to write a recording down so far."""
        return [request for request in self.chats if request.plain_path.endswith(TRANSCRIPTIONS)]

    def otherwise(self, reply: ReplyMaker) -> None:
        """Answer every request that has no scripted reply so."""
        self._default = reply

    def script(self, *replies: ReplyMaker) -> None:
        """Queue replies, the first for the next request."""
        self._queue.extend(replies)

    async def listen(self) -> None:
        """Accept connections; after `refuse()` on the same port as before."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse connections from now on and drop those that are open, like a server that was stopped."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in tuple(self._connections):
            await connection.drop()

    async def wait_disconnect(self, count: int = 1, within: float = 5.0) -> Disconnect:
        """Wait until so many clients in all have left in the middle of an answer."""
        await self._wait(lambda: len(self.disconnects) >= count, within)
        return self.disconnects[count - 1]

    async def wait_requests(self, count: int = 1, within: float = 5.0) -> Request:
        """Wait until so many requests in all have come."""
        await self._wait(lambda: len(self.requests) >= count, within)
        return self.requests[count - 1]

    async def wait_empty(self, within: float = 5.0) -> None:
        """Wait until no connection is open."""
        async with asyncio.timeout(within):
            await self._empty.wait()

    def _add(self, connection: _Connection) -> None:
        self._connections.add(connection)
        self.connections_made += 1
        self._empty.clear()

    def _discard(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    async def _wait(self, reached: Any, within: float) -> None:
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(reached)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _answer(self, connection: _Connection, request: Request) -> None:
        self.requests.append(request)
        await self._tell()
        try:
            for part in parts_of(self._choose(request), request, self.headers):
                await connection.play(part)
        except ClientGone:
            self.disconnects.append(Disconnect(request, asyncio.get_running_loop().time()))
            await self._tell()
            raise

    def _choose(self, request: Request) -> Reply:
        fixed = self.post if request.method == "POST" else self.get
        maker = fixed.get(request.path, fixed.get(request.plain_path))
        if maker is None and request.method != "POST":
            maker = self.not_found
        elif maker is None:
            maker = self._queue.popleft() if self._queue else self._default
        return maker(request) if callable(maker) else maker


class _Connection(asyncio.Protocol):
    """One connection: reads requests one after another and plays the reply to each."""

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._gone = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server._add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._arrived.set()

    def eof_received(self) -> None:
        self._leave()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server._discard(self)
        self._leave()

    def _leave(self) -> None:
        self._gone.set()
        self._arrived.set()

    async def drop(self) -> None:
        """End the connection and wait until its work has ended."""
        task = self._task
        assert task is not None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        self._abort()

    async def play(self, part: Part) -> None:
        """Do one part of an answer."""
        assert self._transport is not None
        if self._gone.is_set():
            raise ClientGone
        match part:
            case bytes():
                self._transport.write(part)
            case Step.HANG:
                await self._gone.wait()
                raise ClientGone
            case Step.RESET | Step.CLOSE:
                self._end(reset=part is Step.RESET)
            case _:
                await self._pause(float(part))

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()
            raise ClientGone

    def _end(self, *, reset: bool) -> None:
        assert self._transport is not None
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
        else:
            self._transport.close()
        raise _EndedByScript

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def _serve(self) -> None:
        try:
            while True:
                await self._server._answer(self, await self._read_request())
        except (ClientGone, _EndedByScript):
            pass
        finally:
            if self._transport is not None and not self._transport.is_closing():
                self._transport.close()

    async def _read_request(self) -> Request:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            await self._more()
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        assert "transfer-encoding" not in headers, "this server reads bodies with a length only"
        whole = end + 4 + int(headers.get("content-length", 0))
        while len(self._buffer) < whole:
            await self._more()
        body = bytes(self._buffer[end + 4 : whole])
        del self._buffer[:whole]
        return Request(method, path, headers, body, at=asyncio.get_running_loop().time())

    async def _more(self) -> None:
        self._arrived.clear()
        if self._gone.is_set():
            raise ClientGone
        await self._arrived.wait()


class _EndedByScript(Exception):
    """The reply has ended the connection."""
