"""One request to a server and its reply: within the limits of time, with every failure translated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from llm.clock import Clock
from llm.config import Timeouts
from llm.errors import AnswerInterrupted, AttemptFailed, Failure, FailureKind, Phase
from llm.http import HttpClient, HTTPError, Request, Response
from llm.servers.alarm import Alarm
from llm.servers.failures import Evidence, classify
from llm.servers.redaction import Redaction
from llm.types import ChatResult, StreamEvent
from llm.wire.answer import Answer, Fault
from llm.wire.body import BodyReader, UnreadableBody
from llm.wire.chunks import Chunk, parse_json, read_chunk
from llm.wire.sse import EventTooLong

LINGER_SECONDS = 1.0
"""How long the token counts and `[DONE]` are waited for after the model has ended its answer."""
DRAIN_SECONDS = 0.05
"""How long the end of the body is waited for after `[DONE]`: a connection that is read to its end is used again."""
ERROR_BODY_SECONDS = 5.0
MAX_ERROR_BYTES = 64 * 1024

_FAULT_KINDS = {
    Fault.STREAM_CUT: FailureKind.TRANSPORT,
    Fault.EMPTY_ANSWER: FailureKind.INVALID_OUTPUT,
    Fault.THINKING_SPENT_LIMIT: FailureKind.INVALID_OUTPUT,
    Fault.ANSWER_TOO_LONG: FailureKind.INVALID_OUTPUT,
    Fault.CONTENT_FILTER: FailureKind.CONTENT_FILTER,
    Fault.ABORTED: FailureKind.SERVER_ERROR,
    Fault.OVERLOADED: FailureKind.OVERLOAD,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, and what must not be logged of it; `model` and `server` name them in errors."""

    model: str
    server: str
    redaction: Redaction


@dataclass(frozen=True, slots=True)
class _Limit:
    seconds: float
    kind: FailureKind
    code: str | None = None


class Exchange:
    """One request and its reply; `open()`, then `read()` until it gives None, then `close()`, also after an error.

    All limits are counted from `started` (of `clock.monotonic()`). The connection's own limit is part of the request.
    `opening_missing` is as in `Answer`, `lines` and `read` as in `BodyReader`.
    """

    def __init__(
        self,
        asked: Asked,
        http: HttpClient,
        *,
        clock: Clock,
        timeouts: Timeouts,
        started: float,
        opening_missing: bool = False,
        lines: bool = False,
        read: Callable[[object], Chunk] = read_chunk,
    ) -> None:
        self._asked = asked
        self._http = http
        self._clock = clock
        self._timeouts = timeouts
        self._started = started
        self._answer = Answer(opening_missing=opening_missing)
        self._reader = BodyReader(lines=lines, read=read)
        self._alarm = Alarm()
        self._response: Response | None = None
        self._body: AsyncIterator[bytes] | None = None
        self._first_token_at: float | None = None
        self._finished_at: float | None = None
        self._failure: AttemptFailed | None = None
        self._complete = False

    async def open(self, request: Request) -> None:
        """Send the request and wait for the headers; raises AttemptFailed, also for an error status."""
        limit = self._limit()
        try:
            self._response = await self._alarm.within(limit.seconds, self._http.send(request, stream=True))
        except TimeoutError as error:
            raise self._timed_out(limit) from error
        except HTTPError as error:
            raise self._broken(error) from error
        if not self._response.is_success:
            raise self._refused(await self._error_body(self._response))
        # Compression was not asked for: nearly always the bytes are what they are.
        compressed = "content-encoding" in self._response.headers
        self._body = self._response.aiter_bytes() if compressed else self._response.aiter_raw()

    async def read(self) -> list[StreamEvent] | None:
        """Wait for the next bytes and give what is new in them, or None when the answer is whole.

        Raises AttemptFailed, and AnswerInterrupted when visible text had come.
        """
        if self._failure is not None:
            raise self._failure
        if self._complete:
            return None
        data = await self._receive()
        # What came before a failure is given first, the failure next time: whoever reads has seen all of `partial`.
        events: list[StreamEvent] = []
        try:
            for chunk in self._reader.finish() if data is None else self._reader.feed(data):
                events += self._take(chunk)
        except (UnreadableBody, EventTooLong) as error:
            if not self._ended:
                self._fail(self._unreadable(error))
        if data is None and self._failure is None:
            events += self._answer.close()
            self._conclude()
        return events

    async def close(self) -> None:
        """Release the connection; one whose reply was not read to its end is closed at once."""
        self._alarm.close()
        response, self._response = self._response, None
        if response is not None:
            with suppress(HTTPError):
                await response.aclose()

    def result(self) -> ChatResult:
        """The whole answer, once `read()` has given None."""
        return ChatResult(
            text=self._answer.text,
            finish_reason=self._answer.reason,
            model=self._answer.model or self._asked.model,
            elapsed_seconds=self._elapsed(),
            ttft_seconds=self._first_token_at,
            usage=self._answer.usage,
            thinking=self._answer.thinking,
            tool_calls=self._answer.tool_calls,
            timings=self._answer.timings,
        )

    @property
    def opening_was_missing(self) -> bool | None:
        """Whether the answer's reasoning came without the tag that opens it; None when it does not show."""
        return self._answer.opening_was_missing

    @property
    def _phase(self) -> Phase:
        return Phase.STREAMING if self._answer.begun else Phase.FIRST_TOKEN

    @property
    def _ended(self) -> bool:
        """Whether the model has ended its answer: what goes wrong from then on does not matter."""
        return self._finished_at is not None or self._reader.done

    def _elapsed(self) -> float:
        return self._clock.monotonic() - self._started

    def _limit(self) -> _Limit:
        """The limit that holds for the next wait."""
        elapsed = self._elapsed()
        if self._reader.done:
            return _Limit(DRAIN_SECONDS, FailureKind.STALL)
        if self._finished_at is not None:
            return _Limit(self._finished_at + LINGER_SECONDS - elapsed, FailureKind.STALL)
        left = self._timeouts.total - elapsed
        # Comments and empty chunks prove that the server lives, and do not hold up the limit to the first token.
        if self._answer.begun or self._reader.whole:
            kind, seconds = FailureKind.STALL, self._timeouts.stall
        else:
            kind, seconds = FailureKind.FIRST_TOKEN_TIMEOUT, self._timeouts.first_token - elapsed
        return _Limit(left, kind, "total_limit") if left < seconds else _Limit(seconds, kind)

    async def _receive(self) -> bytes | None:
        """The next bytes, or None at the end of the body or of what is worth waiting for."""
        assert self._body is not None  # noqa: S101 - open() comes first
        limit = self._limit()
        failure: AttemptFailed
        try:
            return await self._alarm.within(limit.seconds, anext(self._body, None))
        except TimeoutError:
            failure = self._timed_out(limit)
        except HTTPError as error:
            failure = self._broken(error)
            failure.__cause__ = error
        if self._ended:
            return None
        raise failure

    def _take(self, chunk: Chunk) -> Iterable[StreamEvent]:
        if self._failure is not None:
            return []
        if chunk.error is not None:
            if not self._ended:
                self._fail(classify(self._evidence(body=chunk.error), self._asked.redaction))
            return []
        events = self._answer.add(chunk)
        if self._answer.begun and self._first_token_at is None:
            self._first_token_at = self._elapsed()
        if self._answer.finish is not None and self._finished_at is None:
            self._finished_at = self._elapsed()
        if self._answer.too_long:
            self._fail(self._fault(Fault.ANSWER_TOO_LONG))
        return events

    def _conclude(self) -> None:
        fault = self._answer.fault(done=self._reader.done)
        if fault is None:
            self._complete = True
        else:
            self._fail(self._fault(fault))

    async def _error_body(self, response: Response) -> object:
        data = bytearray()
        left = max(0.0, min(ERROR_BODY_SECONDS, self._timeouts.total - self._elapsed()))
        with suppress(TimeoutError, HTTPError):  # what has come by then must do
            async with asyncio.timeout(left):
                async for piece in response.aiter_bytes():
                    data += piece[: MAX_ERROR_BYTES - len(data)]
                    if len(data) == MAX_ERROR_BYTES:
                        break
        try:
            return parse_json(bytes(data))
        except ValueError:
            return data.decode(errors="replace")

    def _evidence(self, *, body: object = None, error: BaseException | None = None) -> Evidence:
        response = self._response
        return Evidence(
            phase=self._phase,
            elapsed_seconds=self._elapsed(),
            now=self._clock.now(),
            status=None if response is None else response.status_code,
            headers={} if response is None else response.headers,
            body=body,
            error=error,
        )

    def _fault(self, fault: Fault) -> Failure:
        return self._own(_FAULT_KINDS[fault], code=fault.value)

    def _own(self, kind: FailureKind, *, code: str | None, detail: str = "") -> Failure:
        """A failure that no server and no connection told us of."""
        status = None if self._response is None else self._response.status_code
        return Failure(kind, self._phase, self._elapsed(), status=status, code=code, detail=detail)

    def _unreadable(self, error: UnreadableBody | EventTooLong) -> Failure:
        if isinstance(error, EventTooLong):
            return self._own(FailureKind.INVALID_OUTPUT, code="event_too_long")
        failure = classify(self._evidence(body=error.text), self._asked.redaction)
        return replace(failure, kind=FailureKind.INVALID_OUTPUT, code="unreadable")

    def _timed_out(self, limit: _Limit) -> AttemptFailed:
        return self._raised(self._own(limit.kind, code=limit.code))

    def _broken(self, error: HTTPError) -> AttemptFailed:
        return self._raised(classify(self._evidence(error=error), self._asked.redaction))

    def _refused(self, body: object) -> AttemptFailed:
        return self._raised(classify(self._evidence(body=body), self._asked.redaction))

    def _fail(self, failure: Failure) -> None:
        self._failure = self._raised(failure)

    def _raised(self, failure: Failure) -> AttemptFailed:
        model, server, partial = self._asked.model, self._asked.server, self._answer.text
        if partial:
            return AnswerInterrupted(failure, model=model, server=server, partial=partial)
        return AttemptFailed(failure, model=model, server=server)
