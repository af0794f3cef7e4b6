"""Asks one model on one server, in the server's own form: whole answers and streamed ones."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import structlog

from llm.clock import Clock
from llm.config import ModelConfig, Timeouts
from llm.errors import AnswerInterrupted, AttemptFailed, Failure, FailureKind, Phase
from llm.http import HttpClient, InvalidURL, Request, make_post
from llm.learned import Adjustments, Learned, Sent, cured
from llm.preparation import Preparation, Prepared, ServedModel
from llm.prompts.adapter import ModelPromptAdapter
from llm.servers.exchange import Asked, Exchange
from llm.servers.identify import busy, health
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState
from llm.servers.overflow import read_overflow
from llm.servers.profiles.base import WireRequest
from llm.servers.redaction import Redaction
from llm.types import (
    ChatRequest,
    ChatResult,
    ContextUse,
    Finished,
    JsonMode,
    ModelCapabilities,
    PromptCut,
    Role,
    StreamEvent,
    UsageReport,
)
from llm.wire.address import Address, read_address
from llm.wire.request import encode, image_bytes

logger = structlog.get_logger()

_SMALL_BYTES = 256 * 1024
"""Up to here a body is made and sent at once; a larger one would hold up the event loop."""
_NEARLY_FULL = 0.6
MOST_CURES = 4
"""So many things may be wrong with a request before it is given up: each is cured once."""


class LLMClient:
    """One model on one server, over a shared HTTP client that somebody else closes.

    `config` is the model's configuration, `served` what is known of the model on its server, `learned` what its
    answers have taught, which outlives the client; `server` is the server's name for logs (`127.0.0.1:11434`);
    `requests` counts what was sent to be answered; `most_cures` is how often a refused request may be sent again in
    another form. An address or a key that can't be used shows as an AttemptFailed of each request, not here.
    """

    def __init__(
        self,
        config: ModelConfig,
        http: HttpClient,
        *,
        clock: Clock,
        timeouts: Timeouts,
        served: ServedModel = ServedModel(),  # noqa: B008 - frozen
        learned: Learned | None = None,
        adapter: ModelPromptAdapter | None = None,
        most_cures: int = MOST_CURES,
    ) -> None:
        self.config = config
        self.served = served
        self.learned = learned if learned is not None else Learned()
        self.requests = 0
        self._most_cures = most_cures
        self._http = http
        self._clock = clock
        self._timeouts = timeouts
        self._preparation = Preparation(config, served, self.learned, adapter or ModelPromptAdapter())
        self._address = _read_address(config.api_base)
        self.server = self._address.server if self._address else config.api_base.rpartition("@")[2]
        self._api_key = config.api_key.get_secret_value().strip() if config.api_key else ""

    @property
    def json_modes(self) -> tuple[JsonMode, ...]:
        """The ways to hold an answer to JSON that this model's server honours, the surest first."""
        return self._preparation.json_modes

    def untaught(
        self,
        adjustments: Adjustments = Adjustments(),  # noqa: B008 - frozen
        *,
        most_cures: int = MOST_CURES,
    ) -> LLMClient:
        """The same model with nothing learnt, found out or assumed of it but `adjustments`: what it refuses shows.

        System messages go to it as they are, whatever its family is known for.
        """
        learned = Learned()
        learned.adjustments = adjustments
        found = replace(self.served.found or FoundModel(self.config.name), system_role=True)
        return LLMClient(
            self.config,
            self._http,
            clock=self._clock,
            timeouts=self._timeouts,
            served=replace(self.served, found=found, capabilities=ModelCapabilities()),
            learned=learned,
            most_cures=most_cures,
        )

    async def health(self) -> ServerState:
        """Ask the server whether it works: one page that costs nothing."""
        if self._address is None:
            return ServerState.UNREACHABLE
        return await health(self._server, self._http, self._api_key or None)

    async def busy(self) -> bool | None:
        """Ask the server whether it works on anybody's request now, at no cost; None: it does not tell."""
        return None if self._address is None else await busy(self._server, self._http, self._api_key or None)

    @property
    def _server(self) -> FoundServer:
        return FoundServer(self.served.kind, self.config.api_base)

    async def chat(self, request: ChatRequest, timeouts: Timeouts | None = None) -> ChatResult:
        """Give the whole answer.

        It is streamed all the same: so the four limits of time hold, and a server that is silent is told from one
        that writes. Raises what `stream()` raises.
        """
        async with aclosing(self.stream(request, timeouts)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event.result
        raise AssertionError("a stream ends with Finished or an error")

    async def stream(self, request: ChatRequest, timeouts: Timeouts | None = None) -> AsyncGenerator[StreamEvent, None]:
        """Give the answer piece by piece; the last event is Finished with the whole of it.

        `timeouts` hold for this request instead of the client's own.

        What the server refuses about the form of the request is cured, and remembered, before anything is given: a
        system message folded, a field left out, a conversation that was too long made shorter once.
        Cancelling the task, or closing the generator, closes the connection at once; use `contextlib.aclosing`
        where the loop may be left early. Raises AttemptFailed while there was no visible text, AnswerInterrupted
        after some; NothingToAnswer when no message of a person is left.
        """
        prepared, exchange, events = await self._begin(request, timeouts or self._timeouts)
        try:
            while events is not None:
                for event in events:
                    yield event
                events = await exchange.read()
        finally:
            await exchange.close()
        self._learn_opening(exchange)
        result = self._with_cut(request, exchange.result(), prepared)
        result = replace(result, question_cut=prepared.question_cut, context_use=_context_use(request, prepared))
        if result.usage is not None:
            yield UsageReport(result.usage)
        yield Finished(result)

    async def _begin(
        self, request: ChatRequest, timeouts: Timeouts
    ) -> tuple[Prepared, Exchange, list[StreamEvent] | None]:
        """Send the request until it is taken, and give the first events of the answer with it."""
        started = self._clock.monotonic()
        prepared = self._preparation.prepare(request)
        for cure in range(self._most_cures + 1):
            wire = await self._wire(prepared)
            try:
                return prepared, *await self._send(request, prepared, wire, started, timeouts)
            except AttemptFailed as failed:
                better = None if cure == self._most_cures else self._cured(request, prepared, wire, failed)
                if better is None:
                    raise
                prepared = better
        raise AssertionError("the last try has returned or raised")

    def _cured(
        self, request: ChatRequest, prepared: Prepared, wire: WireRequest, failed: AttemptFailed
    ) -> Prepared | None:
        """The request as it is worth sending again, or None."""
        if isinstance(failed, AnswerInterrupted):
            return None
        failure = failed.failure
        if failure.kind is FailureKind.CONTEXT_OVERFLOW or self._looks_like_overflow(prepared, failure):
            self._learn_overflow(prepared, failure)
            smaller = self._preparation.smaller(request, prepared)
            self._log_cure("shortened" if smaller else "too_long", failure)
            return smaller
        adjustments = cured(self.learned.adjustments, failure, _sent(prepared, wire, self.served))
        if adjustments is None:
            return None
        self.learned.adjustments = adjustments
        self._log_cure("adjusted", failure)
        if not prepared.shrunk:
            return self._preparation.prepare(request)
        # What was made smaller stays so.
        smaller = self._preparation.prepare(replace(request, messages=prepared.fitted.messages))
        return replace(smaller, shrunk=True, question_cut=smaller.question_cut or prepared.question_cut)

    def _looks_like_overflow(self, prepared: Prepared, failure: Failure) -> bool:
        """LM Studio and text-generation-webui may give an empty answer to what is too long (servers.md 3.2, 4)."""
        nearly_full = prepared.prompt_tokens > _NEARLY_FULL * prepared.budget.prompt
        return self.served.drops_silently and failure.code == "empty_answer" and nearly_full

    def _learn_overflow(self, prepared: Prepared, failure: Failure) -> None:
        told = read_overflow(failure.body)
        if told.context is not None:
            self.learned.limit_context(told.context)
        if told.prompt_tokens is not None:
            self.learned.count(prepared.asking.messages, told.prompt_tokens)

    def _learn_opening(self, exchange: Exchange) -> None:
        if (missing := exchange.opening_was_missing) is not None:
            self.learned.opening_missing = missing

    def _with_cut(self, request: ChatRequest, result: ChatResult, prepared: Prepared) -> ChatResult:
        """Learn from the counted tokens, and note when the server has left out a part of the prompt in silence."""
        if result.usage is None or not result.usage.prompt_tokens:
            return result
        counted, expected = result.usage.prompt_tokens, prepared.prompt_tokens
        believed = self.learned.tokens.observe(prepared.asking.messages, counted)
        # A server that refuses what is too long has not cut anything, however few it counts.
        unsure = self.served.kind is ServerKind.GENERIC and self.served.capabilities.silent_truncation is None
        if not believed and (self.served.drops_silently or unsure):
            self.learned.limit_context(self._preparation.context_of_prompt(request, counted))
            logger.warning("prompt_cut", server=self.server, model=self.config.name, sent=expected, counted=counted)
            return replace(result, prompt_cut=PromptCut(expected, counted))
        return result

    async def _send(
        self, request: ChatRequest, prepared: Prepared, wire: WireRequest, started: float, timeouts: Timeouts
    ) -> tuple[Exchange, list[StreamEvent] | None]:
        exchange = Exchange(
            Asked(self.config.name, self.server, Redaction.of(request, api_key=self._api_key)),
            self._http,
            clock=self._clock,
            timeouts=timeouts,
            started=started,
            opening_missing=prepared.opening_missing,
            lines=wire.lines,
            read=wire.read,
        )
        try:
            request_sent = await self._build(prepared, wire, timeouts.connect)
            self.requests += 1
            await exchange.open(request_sent)
            while (events := await exchange.read()) == []:
                pass
        except BaseException:  # cancelled or failed: nothing stays open
            await exchange.close()
            raise
        return exchange, events

    async def _wire(self, prepared: Prepared) -> WireRequest:
        if self._address is None:
            raise self._unusable(FailureKind.TRANSPORT, "bad_address")
        make = self.served.profile.request
        if image_bytes(prepared.asking.messages) <= _SMALL_BYTES:
            return make(prepared.asking, self._address)
        return await asyncio.to_thread(make, prepared.asking, self._address)

    async def _build(self, prepared: Prepared, wire: WireRequest, connect: float) -> Request:
        assert self._address is not None  # noqa: S101 - _wire() has seen to it
        body = await _encoded(prepared, wire)
        try:
            return make_post(
                wire.url,
                headers=self._headers(self._address),
                content=body if len(body) <= _SMALL_BYTES else _pieces(body),
                size=len(body),
                connect_seconds=connect,
            )
        except InvalidURL as error:
            raise self._unusable(FailureKind.TRANSPORT, "bad_address") from error

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

    def _log_cure(self, cure: str, failure: Failure) -> None:
        logger.info(
            "request_adapted",
            cure=cure,
            server=self.server,
            model=self.config.name,
            code=failure.code,
            param=failure.param,
        )

    def _unusable(self, kind: FailureKind, code: str) -> AttemptFailed:
        failure = Failure(kind, Phase.CONNECT, 0.0, code=code)
        return AttemptFailed(failure, model=self.config.name, server=self.server)


def _context_use(request: ChatRequest, prepared: Prepared) -> ContextUse:
    messages = len(request.messages)
    left_out = messages - len(prepared.fitted.messages)
    return ContextUse(prepared.prompt_tokens, prepared.budget.prompt, messages, left_out)


def _read_address(written: str) -> Address | None:
    try:
        return read_address(written)
    except ValueError:
        return None


def _sent(prepared: Prepared, wire: WireRequest, served: ServedModel) -> Sent:
    return Sent(
        fields=wire.fields,
        system=any(message.role is Role.SYSTEM for message in prepared.asking.messages),
        can_complete=served.profile.has_completions and prepared.asking.prompt is None,
        json_mode=prepared.asking.json_mode,
    )


async def _encoded(prepared: Prepared, wire: WireRequest) -> bytes:
    if image_bytes(prepared.asking.messages) <= _SMALL_BYTES:
        return encode(wire.body)
    return await asyncio.to_thread(encode, wire.body)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    view = memoryview(body)
    for start in range(0, len(body), _SMALL_BYTES):
        yield bytes(view[start : start + _SMALL_BYTES])
