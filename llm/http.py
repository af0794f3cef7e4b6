"""The one place that knows the HTTP library: httpx's continuation httpx2, on aiohttp's connections."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
from httpx2 import AsyncBaseTransport as AsyncTransport
from httpx2 import (
    AsyncByteStream,
    ConnectError,
    Headers,
    HTTPError,
    InvalidURL,
    ReadError,
    Request,
    Response,
    TimeoutException,
    UnsupportedProtocol,
)

HttpClient = httpx2.AsyncClient

KEEP_ALIVE_SECONDS = 4.0
"""How long an idle connection is kept. uvicorn, Node and llama-server close theirs after five seconds; a request that
is sent at that moment is lost."""

__all__ = [
    "KEEP_ALIVE_SECONDS",
    "AsyncByteStream",
    "AsyncTransport",
    "ConnectError",
    "HTTPError",
    "Headers",
    "HttpClient",
    "InvalidURL",
    "ReadError",
    "Request",
    "Response",
    "TimeoutException",
    "UnsupportedProtocol",
    "make_client",
    "make_post",
]

_USER_AGENT = "domovoy"
_MOST_ADDRESSES = 256


def make_client(*, mounts: dict[str, AsyncTransport] | None = None, tls: ssl.SSLContext | None = None) -> HttpClient:
    """Make the shared client; whoever makes it closes it.

    Limits of time are set by each request. Proxies of the environment are not used and redirects are not followed:
    a key must never reach a host that was not configured. Cookies are not kept, and the number of connections is not
    limited here: who may ask how often is decided above. All its errors are `HTTPError`s. `mounts` sends some
    addresses to another transport; `tls` says whose certificates are believed, those of the system when it is None.

    Connections are used again with TLS only. llama-server promises to keep a connection and closes it after each
    streamed answer (seen with the build of engines.md 1b): a request that is sent meanwhile is lost, and it can't be
    known whether it was worked on. Without TLS a new connection costs less than a millisecond.
    """
    context = httpx2.create_ssl_context() if tls is None else tls
    return httpx2.AsyncClient(
        transport=_make_transport(context, reuse=True),
        mounts={"http://": _make_transport(context, reuse=False), **(mounts or {})},
        timeout=httpx2.Timeout(None),
        headers={"User-Agent": _USER_AGENT},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def make_post(
    url: str, *, headers: Mapping[str, str], content: bytes | AsyncIterator[bytes], size: int, connect_seconds: float
) -> Request:
    """Make a request that the client only has to send; raises InvalidURL.

    The client's own way of making one reads the address and merges defaults each time, which takes as long as all that
    is decided about a chat.
    """
    return Request(
        "POST",
        _parsed(url),
        headers={"User-Agent": _USER_AGENT, "Connection": "keep-alive", **headers, "Content-Length": str(size)},
        content=content,
        # Connecting has two limits on this transport: with the name's look-up, and without it.
        extensions={"timeout": {"connect": connect_seconds, "read": None, "write": None, "pool": connect_seconds}},
    )


@lru_cache(_MOST_ADDRESSES)
def _parsed(url: str) -> httpx2.URL:
    return httpx2.URL(url)


def _make_transport(tls: ssl.SSLContext, *, reuse: bool) -> AsyncTransport:
    import aiohttp  # slow to load: only when a client is made
    from httpx_aiohttp.httpx2 import AiohttpTransport

    def open_session() -> aiohttp.ClientSession:
        keep_alive = KEEP_ALIVE_SECONDS if reuse else None
        connector = aiohttp.TCPConnector(limit=0, force_close=not reuse, keepalive_timeout=keep_alive, ssl=tls)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    transport = AiohttpTransport(verify=tls, client=open_session)
    translated = _Translated(connecting=(aiohttp.ClientConnectorError,), foreign=(aiohttp.ClientError,))
    return _TranslatingTransport(transport, translated)


class _Translated:
    """Gives the errors of the transport on aiohttp's connections their right names; a context to be entered many times.

    httpx-aiohttp 0.2.0 raises ConnectTimeout for a refused connection, an unknown name and a connection that was
    reset before the headers; and it lets through what it has no name for (a reply that is no HTTP, a host name that
    can't be encoded). `connecting` are the errors of a connection that did not come about.
    """

    def __init__(self, *, connecting: tuple[type[Exception], ...], foreign: tuple[type[Exception], ...]) -> None:
        self._connecting = connecting
        self._foreign: tuple[type[Exception], ...] = (*foreign, OSError)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, HTTPError):
            cause = error.__cause__
            if isinstance(cause, self._connecting):
                raise ConnectError(str(error)) from cause
            if isinstance(error, TimeoutException) and not isinstance(cause, TimeoutError):
                raise ReadError(str(error)) from cause
        elif isinstance(error, UnicodeError):
            raise UnsupportedProtocol("the host has no valid name") from error
        elif isinstance(error, self._foreign):
            raise ReadError(type(error).__name__) from error


class _TranslatingTransport(AsyncTransport):
    """A transport with its errors translated, and those of the bodies of its replies."""

    def __init__(self, transport: AsyncTransport, translated: _Translated) -> None:
        self._transport = transport
        self._translated = translated

    async def handle_async_request(self, request: Request) -> Response:
        with self._translated:
            response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, AsyncByteStream)  # noqa: S101 - for the type only
        response.stream = _TranslatingStream(response.stream, self._translated)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _TranslatingStream(AsyncByteStream):
    """The body of a reply, with the errors translated."""

    def __init__(self, stream: AsyncByteStream, translated: _Translated) -> None:
        self._stream = stream
        self._translated = translated

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._translated:
            async for piece in self._stream:
                yield piece

    async def aclose(self) -> None:
        with self._translated:
            await self._stream.aclose()
