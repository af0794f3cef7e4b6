"""Asks a server short questions: few, small, soon over, and none twice."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from llm.http import HttpClient, HTTPError, InvalidURL
from llm.wire.address import Address

MAX_BYTES = 2_000_000
"""No list of models is longer; what is longer is not read to its end and counts as no JSON."""


class Unreachable(Exception):
    """The server can't be reached, or what answers there is no HTTP."""


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Limits in seconds: to be connected, between two pieces of a reply, and for all questions to one server."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """What came back. `body` is the parsed JSON, or None, and then `text` has what there is instead; `server` is the
    header of that name.
    """

    status: int
    server: str
    body: object = field(repr=False)
    says_loading: bool
    text: str = field(default="", repr=False)

    @property
    def fields(self) -> Mapping[str, object]:
        """The JSON object of a reply with status 200; empty when there is none."""
        return self.body if self.status == 200 and isinstance(self.body, dict) else {}


class Probe:
    """The questions to one server; a page that was asked for once is remembered."""

    def __init__(self, address: Address, http: HttpClient, limits: ProbeLimits, key: str | None = None) -> None:
        self.address = address
        self._http = http
        self._limits = limits
        self._headers = {"Accept": "application/json", **_authorization(address, key)}
        self._seen: dict[str, ProbeReply] = {}

    async def api(self, path: str) -> ProbeReply:
        """Get a page of the OpenAI-compatible interface, such as `/models`. Raises Unreachable."""
        return await self._get(self.address.base + path)

    async def native(self, path: str) -> ProbeReply:
        """Get a page of the server's own interface. Raises Unreachable."""
        return await self._get(self.address.root + path)

    async def ask_native(self, path: str, question: Mapping[str, object]) -> ProbeReply:
        """Post a question to the server's own interface. Raises Unreachable."""
        return await self._send("POST", self.address.root + path, orjson.dumps(question))

    async def _get(self, url: str) -> ProbeReply:
        if url not in self._seen:
            self._seen[url] = await self._send("GET", url, None)
        return self._seen[url]

    async def _send(self, method: str, url: str, content: bytes | None) -> ProbeReply:
        limits = self._limits
        headers = self._headers if content is None else {**self._headers, "Content-Type": "application/json"}
        timeout = (limits.connect, limits.read, limits.read, limits.connect)
        try:
            async with self._http.stream(method, url, headers=headers, content=content, timeout=timeout) as response:
                raw = bytearray()
                async for piece in response.aiter_bytes():
                    raw += piece
                    if len(raw) > MAX_BYTES:
                        raw.clear()
                        break
        except (HTTPError, InvalidURL) as error:
            raise Unreachable(type(error).__name__) from error
        body = _parsed(raw)
        return ProbeReply(
            status=response.status_code,
            server=response.headers.get("server", "").lower(),
            body=body,
            text=raw.decode("utf-8", "replace") if body is None else "",
            says_loading=response.status_code == 503 and b"loading" in raw.lower(),
        )


def _authorization(address: Address, key: str | None) -> dict[str, str]:
    if key and key.isascii() and key.isprintable():  # anything else can't stand in a header
        return {"Authorization": f"Bearer {key}"}
    if address.user is not None:
        pair = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _parsed(raw: bytearray) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
