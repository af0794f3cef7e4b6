"""The one place that knows the HTTP library: httpx's continuation httpx2, on aiohttp's connections."""

from __future__ import annotations

import httpx2
from httpx2 import AsyncBaseTransport as AsyncTransport
from httpx2 import AsyncByteStream, Headers, HTTPError, InvalidURL, Request, Response, TimeoutException

HttpClient = httpx2.AsyncClient

__all__ = [
    "AsyncByteStream",
    "AsyncTransport",
    "HTTPError",
    "Headers",
    "HttpClient",
    "InvalidURL",
    "Request",
    "Response",
    "TimeoutException",
    "make_client",
]


def make_client(*, mounts: dict[str, AsyncTransport] | None = None) -> HttpClient:
    """Make the shared client; whoever makes it closes it.

    Limits of time are set by each request. Proxies of the environment are not used and redirects are not followed:
    a key must never reach a host that was not configured. `mounts` sends some addresses to another transport.
    """
    from httpx_aiohttp.httpx2 import AiohttpTransport  # loads aiohttp: only when a client is made

    return httpx2.AsyncClient(
        transport=AiohttpTransport(),
        mounts=mounts,
        timeout=httpx2.Timeout(None),
        follow_redirects=False,
        trust_env=False,
    )
