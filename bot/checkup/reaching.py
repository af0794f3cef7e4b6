"""One question over HTTP for a check: what came back, or why nothing did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from llm.clock import Clock
from llm.errors import Phase
from llm.http import HttpClient, HTTPError, InvalidURL
from llm.servers.transport_failures import read_transport_error

CONNECT_SECONDS = 5.0
READ_SECONDS = 8.0
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `fields` is the JSON object, None where it is none.

    `ahead_seconds` is by how much the clock of this machine is ahead of the sender's; None: it does not tell the time.
    """

    status: int
    fields: Mapping[str, object] | None = field(repr=False)
    ahead_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing came back. `code` is `timeout`, or a word as in `llm.errors.Failure` such as `dns`."""

    code: str


async def ask(
    http: HttpClient, url: str, clock: Clock, headers: Mapping[str, str] | None = None, *, post: bool = False
) -> Reply | NoReply:
    """Ask for one page. Never raises for what the network or the other side does, and shows nobody the address."""
    began = clock.now()
    timeout = (CONNECT_SECONDS, READ_SECONDS, READ_SECONDS, CONNECT_SECONDS)
    try:
        method = "POST" if post else "GET"
        async with http.stream(method, url, headers=dict(headers or {}), timeout=timeout) as response:
            raw = bytearray()
            async for piece in response.aiter_bytes():
                raw += piece
                if len(raw) > MOST_BYTES:
                    raw.clear()
                    break
    except (HTTPError, InvalidURL) as error:
        return NoReply(read_transport_error(error, Phase.FIRST_TOKEN).code or "timeout")
    middle = began + (clock.now() - began) / 2
    return Reply(response.status_code, _object(raw), _ahead(response.headers.get("date", ""), middle))


def _object(raw: bytearray) -> Mapping[str, object] | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _ahead(date: str, now: datetime) -> float | None:
    try:
        told = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return (now - (told if told.tzinfo is not None else told.replace(tzinfo=UTC))).total_seconds()
