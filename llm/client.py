"""Asks one model on one OpenAI-compatible server: whole answers and streamed ones."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import structlog

from llm.clock import Clock
from llm.config import ModelConfig, Timeouts
from llm.errors import AttemptFailed, Failure, FailureKind, Phase
from llm.http import HttpClient, InvalidURL, Request
from llm.servers.exchange import Asked, Exchange
from llm.servers.redaction import Redaction
from llm.types import ChatRequest, ChatResult, Finished, StreamEvent, UsageReport
from llm.wire.address import Address, read_address
from llm.wire.request import encode_request, image_bytes

logger = structlog.get_logger()

_SMALL_BYTES = 256 * 1024
"""Up to here a body is made and sent at once; a larger one would hold up the event loop."""


class LLMClient:
    """One model on one server, over a shared HTTP client that somebody else closes.

    `config` is the model's configuration, `server` the server's name for logs (`127.0.0.1:11434`). An address or a
    key that can't be used shows as an AttemptFailed of each request, not here.
    """

    def __init__(self, config: ModelConfig, http: HttpClient, *, clock: Clock, timeouts: Timeouts) -> None:
        self.config = config
        self._http = http
        self._clock = clock
        self._timeouts = timeouts
        self._address = _read_address(config.api_base)
        self.server = self._address.server if self._address else config.api_base.rpartition("@")[2]
        self._api_key = config.api_key.get_secret_value().strip() if config.api_key else ""
        self._stream_options = True

    async def chat(self, request: ChatRequest) -> ChatResult:
        """Give the whole answer.

        It is streamed all the same: so the four limits of time hold, and a server that is silent is told from one
        that writes. Raises what `stream()` raises.
        """
        async with aclosing(self.stream(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event.result
        raise AssertionError("a stream ends with Finished or an error")

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamEvent, None]:
        """Give the answer piece by piece; the last event is Finished with the whole of it.

        Cancelling the task, or closing the generator, closes the connection at once; use `contextlib.aclosing`
        where the loop may be left early. Raises AttemptFailed while there was no visible text, AnswerInterrupted
        after some.
        """
        exchange = await self._open(request)
        try:
            while (events := await exchange.read()) is not None:
                for event in events:
                    yield event
        finally:
            await exchange.close()
        result = exchange.result()
        if result.usage is not None:
            yield UsageReport(result.usage)
        yield Finished(result)

    async def _open(self, request: ChatRequest) -> Exchange:
        started = self._clock.monotonic()
        try:
            return await self._send(request, started)
        except AttemptFailed as failed:
            if not (self._stream_options and _names_stream_options(failed.failure)):
                raise
        self._stream_options = False
        logger.info("stream_options_refused", server=self.server, model=self.config.name)
        return await self._send(request, started)

    async def _send(self, request: ChatRequest, started: float) -> Exchange:
        asked = Asked(self.config.name, self.server, Redaction.of(request, api_key=self._api_key))
        exchange = Exchange(asked, self._http, clock=self._clock, timeouts=self._timeouts, started=started)
        try:
            await exchange.open(await self._build(request))
        except BaseException:  # cancelled or failed: nothing stays open
            await exchange.close()
            raise
        return exchange

    async def _build(self, request: ChatRequest) -> Request:
        if self._address is None:
            raise self._unusable(FailureKind.TRANSPORT, "bad_address")
        body = await self._encode(request)
        connect = self._timeouts.connect
        try:
            return self._http.build_request(
                "POST",
                self._address.chat,
                content=body if len(body) <= _SMALL_BYTES else _pieces(body),
                headers={**self._headers(self._address), "Content-Length": str(len(body))},
                # Connecting has two limits on this transport: with the name's look-up, and without it.
                timeout=(connect, None, None, connect),
            )
        except InvalidURL as error:
            raise self._unusable(FailureKind.TRANSPORT, "bad_address") from error

    async def _encode(self, request: ChatRequest) -> bytes:
        if image_bytes(request) <= _SMALL_BYTES:
            return encode_request(request, self.config, stream_options=self._stream_options)
        return await asyncio.to_thread(encode_request, request, self.config, stream_options=self._stream_options)

    def _headers(self, address: Address) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            # A proxy that compresses a stream holds it back.
            "Accept-Encoding": "identity",
        }
        if self._api_key:
            if not (self._api_key.isascii() and self._api_key.isprintable()):
                raise self._unusable(FailureKind.AUTH, "bad_key")
            headers["Authorization"] = f"Bearer {self._api_key}"
        elif address.user is not None:
            pair = base64.b64encode(f"{address.user}:{address.password}".encode()).decode("ascii")
            headers["Authorization"] = f"Basic {pair}"
        return headers

    def _unusable(self, kind: FailureKind, code: str) -> AttemptFailed:
        failure = Failure(kind, Phase.CONNECT, 0.0, code=code)
        return AttemptFailed(failure, model=self.config.name, server=self.server)


def _read_address(written: str) -> Address | None:
    try:
        return read_address(written)
    except ValueError:
        return None


def _names_stream_options(failure: Failure) -> bool:
    """Whether a server refused the request for the field that asks for token counts."""
    return failure.status in {400, 422} and "stream_options" in str(failure.body)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    view = memoryview(body)
    for start in range(0, len(body), _SMALL_BYTES):
        yield bytes(view[start : start + _SMALL_BYTES])
