"""One attempt under way: what it has given so far, how long it takes, whether it crawls."""

from __future__ import annotations

from datetime import datetime

from llm.balancing.seat import Seat
from llm.clock import Clock
from llm.errors import AnswerInterrupted, Failure, FailureKind, Phase
from llm.routing.call import Ask, Call
from llm.routing.continuation import Continuation
from llm.routing.limits import LEAST_SHARE_SECONDS, CallLimits
from llm.types import ChatResult, Finished, StreamEvent, TextDelta, ThinkingDelta, ToolCallDelta

CHARACTERS_PER_TOKEN = 4
"""For how far an answer has come while it is being written."""
CRAWL_SECONDS = 10.0
CRAWL_CHARACTERS_PER_SECOND = 2.0
"""An answer that comes slower than this for so long is given up while somebody else can be asked: nobody reads so
slowly, and a server in such a state is failing."""


class Running:
    """One attempt under way."""

    def __init__(self, clock: Clock, call: Call, ask: Ask, seat: Seat | None = None) -> None:
        self.call = call
        self.seat = seat
        self.ask = ask
        self.request = call.request_for(ask.target)
        self.continuation = Continuation(self.request.continue_from)
        self.granted = ask.granted
        self.release = call.hold(ask)
        self.result: ChatResult | None = None
        self.ttft: float | None = None
        self.over = False
        self.started_at: datetime = clock.now()
        self.began = call.elapsed
        self._clock = clock
        self._started = clock.monotonic()
        self._characters = 0

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return self._clock.monotonic() - self._started

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        return Phase.FIRST_TOKEN if self.ttft is None else Phase.STREAMING

    def take(self, event: StreamEvent) -> None:
        """Look at an event on its way; raises AnswerInterrupted when the answer crawls and somebody else is free."""
        target = self.ask.target
        if isinstance(event, Finished):
            self.result, self.over = event.result, True
            self.call.result = event.result
            target.breaker.succeeded(self.granted)
            target.last_failed = None
            return
        if not isinstance(event, TextDelta | ThinkingDelta | ToolCallDelta):
            return
        if self.ttft is None:
            self.ttft = self.seconds
            self.granted = target.breaker.began(self.granted)
            target.note_ttft(self.ttft)
            if self.seat is not None:
                self.seat.first_token()
        if not isinstance(event, ToolCallDelta):
            self._characters += len(event.text)
            if self.seat is not None:
                self.seat.progress(len(event.text) / CHARACTERS_PER_TOKEN)
        writing = self.seconds - self.ttft
        if CRAWL_SECONDS <= writing < 3 * CRAWL_SECONDS and self._crawls(writing) and self.call.can_move_on(target):
            failure = Failure(FailureKind.STALL, Phase.STREAMING, self.seconds, code="crawling")
            client = self.ask.client
            raise AnswerInterrupted(failure, model=client.config.name, server=client.server, partial=self.call.shown)

    def leave(self, failure: Failure | None) -> None:
        """Give the place on the server back, and what is held for it."""
        self.release()
        seat, self.seat = self.seat, None
        if seat is None or seat.over:
            return
        if failure is not None:
            seat.failed(failure)
        elif self.result is not None:
            seat.finished(self.result.usage, self.result.timings)

    def was_cut_short(self, failure: Failure, limits: CallLimits) -> bool:
        """Whether the attempt had so little of the call's time left that its running out says nothing."""
        if failure.kind not in {FailureKind.FIRST_TOKEN_TIMEOUT, FailureKind.CONNECT_TIMEOUT}:
            return False
        return self.ask.timeouts.first_token < min(LEAST_SHARE_SECONDS, limits.begin) / 2

    @property
    def characters(self) -> int:
        """How much has come."""
        return self._characters

    def _crawls(self, writing: float) -> bool:
        return self._characters < CRAWL_CHARACTERS_PER_SECOND * writing
