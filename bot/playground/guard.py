"""Keeps other web pages away from the bot: DNS rebinding and posts from elsewhere are refused."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POSTED = frozenset({"application/json", "multipart/form-data"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guard() -> Middleware:
    """A middleware that lets the page through and refuses what another site may have sent, with 403.

    The Bot API is kept by its token; there only a foreign `Origin` is refused, which no Bot API client sends.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        bot_api = request.path.startswith(("/bot", "/file/bot"))
        reason = _foreign_origin(request) or (None if bot_api else _foreign_host(request) or _odd_post(request))
        if reason is not None:
            return web.json_response({"error": reason}, status=403, headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            _protect(error)
            raise
        if not response.prepared:
            _protect(response)
        return response

    return check


def _protect(response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)  # a file has a stricter policy of its own


def _foreign_host(request: web.Request) -> str | None:
    return None if _host(f"http://{request.headers.get('Host', '')}") in LOOPBACK else "this host is not served"


def _foreign_origin(request: web.Request) -> str | None:
    origin = request.headers.get("Origin")
    if origin is None or origin == f"http://{request.headers.get('Host', '')}":
        return None
    return "requests from other sites are not served"


def _odd_post(request: web.Request) -> str | None:
    if request.method in ("GET", "HEAD") or request.content_type in POSTED:
        return None
    return "this type of content is not accepted"


def _host(address: str) -> str | None:
    try:
        return URL(address).host
    except ValueError:
        return None
