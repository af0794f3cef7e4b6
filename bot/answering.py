"""One turn in, the events of its answer out; knows nothing of Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import structlog

from bot.conversation import messages_for
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerRetracted,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
    Notice,
    Notify,
)
from llm.client import LLMClient
from llm.clock import Clock
from llm.errors import AttemptFailed, Failure, FailureKind, NoModelAvailable, Phase
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.primary import ModelInUse, PrimaryModel
from llm.types import (
    ChatRequest,
    ChatResult,
    Finished,
    PromptCut,
    StreamEvent,
    Task,
    TextDelta,
    TextRetracted,
    ThinkingDelta,
)
from storage import Conversations, Turn

logger = structlog.get_logger()


class StopSignal:
    """A person's wish that an answer should end, felt at once by whoever waits for the next piece of it."""

    def __init__(self) -> None:
        self.requested = False
        self._scope: asyncio.Timeout | None = None

    def stop(self) -> None:
        """Ask for the end. The wait for a model ends now; its connection is closed."""
        self.requested = True
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def next_of(self, stream: AsyncIterator[StreamEvent]) -> StreamEvent | None:
        """The next event of a stream, or None when the answer is to end."""
        if self.requested:
            return None
        try:
            async with asyncio.timeout(None) as self._scope:
                return await anext(stream)
        except TimeoutError:
            if self.requested:
                return None
            raise
        finally:
            self._scope = None


class Answering:
    """Asks the model that is in use, tells what comes, and keeps the figures of each request."""

    def __init__(
        self,
        models: PrimaryModel,
        conversations: Conversations,
        monitor: ModelPerformanceMonitor,
        clock: Clock,
        notify: Notify,
    ) -> None:
        self._models = models
        self._conversations = conversations
        self._monitor = monitor
        self._clock = clock
        self._notify = notify

    async def answer(self, turn: Turn, stop: StopSignal) -> AsyncGenerator[AnswerEvent, None]:
        """Tell the events of one answer; the last is `AnswerCompleted`, `AnswerStopped` or `AnswerFailed`.

        Closing the generator, or cancelling the task that reads it, closes the connection to the model server.
        """
        try:
            model = self._models.current()
            client = self._models.client()
        except NoModelAvailable as error:
            logger.warning("no_model_available", reason=error.reason)
            failure = Failure(FailureKind.MODEL_MISSING, Phase.CONNECT, 0.0, code=error.reason)
            yield AnswerFailed(failure, model="", server="", text="")
            return
        messages = await messages_for(self._conversations, turn)
        yield AnswerStarted(client.config.name)
        attempt = _Attempt(client, self._monitor, self._clock)
        async with aclosing(attempt.events(ChatRequest(messages, Task.CHAT), stop)) as events:
            async for event in events:
                if isinstance(event, AnswerFailed):
                    self._models.doubt()
                elif isinstance(event, AnswerCompleted) and event.result.prompt_cut is not None:
                    self._notify(_prompt_cut(model, client.server, event.result.prompt_cut))
                yield event


def _prompt_cut(model: ModelInUse, server: str, cut: PromptCut) -> Notice:
    """The setting to change is another one on each kind of server."""
    return Notice(
        "notice-prompt-cut",
        mark=f"{server} {model.config.name}",
        args={
            "model": model.config.name,
            "server": server,
            "kind": model.kind.value,
            "sent": cut.sent_tokens,
            "counted": cut.counted_tokens,
        },
    )


class _Attempt:
    """One request to one model and the row that is kept of it."""

    def __init__(self, client: LLMClient, monitor: ModelPerformanceMonitor, clock: Clock) -> None:
        self._client = client
        self._monitor = monitor
        self._clock = clock
        self._started_at = clock.now()
        self._started = clock.monotonic()
        self._ttft: float | None = None
        self._result: ChatResult | None = None
        self._failure: FailureKind | None = FailureKind.CANCELLED

    async def events(self, request: ChatRequest, stop: StopSignal) -> AsyncGenerator[AnswerEvent, None]:
        text: list[str] = []
        try:
            async with aclosing(self._client.stream(request)) as stream:
                while True:
                    event = await stop.next_of(stream)
                    if event is None:
                        break
                    if isinstance(event, TextDelta | ThinkingDelta) and self._ttft is None:
                        self._ttft = self._clock.monotonic() - self._started
                    if isinstance(event, TextDelta):
                        text.append(event.text)
                        yield AnswerText(event.text)
                    elif isinstance(event, TextRetracted):
                        text.clear()
                        yield AnswerRetracted()
                    elif isinstance(event, ThinkingDelta):
                        yield AnswerThinking()
                    elif isinstance(event, Finished):
                        self._result, self._failure = event.result, None
                        break
        except AttemptFailed as error:
            self._failure = error.failure.kind
            _log_failure(error)
            yield AnswerFailed(error.failure, error.model, error.server, "".join(text))
            return
        finally:
            self._keep()
        yield AnswerStopped("".join(text)) if self._result is None else AnswerCompleted(self._result)

    def _keep(self) -> None:
        usage = self._result.usage if self._result is not None else None
        self._monitor.log_request(
            AttemptRecord(
                started_at=self._started_at,
                model=self._client.config.name,
                server=self._client.server,
                task=Task.CHAT,
                latency_seconds=self._clock.monotonic() - self._started,
                ttft_seconds=self._ttft,
                prompt_tokens=usage.prompt_tokens if usage else None,
                completion_tokens=usage.completion_tokens if usage else None,
                failure=self._failure,
            )
        )


def _log_failure(error: AttemptFailed) -> None:
    failure = error.failure
    logger.warning(
        "model_failed",
        model=error.model,
        server=error.server,
        kind=failure.kind.value,
        phase=failure.phase.value,
        status=failure.status,
        code=failure.code,
        detail=failure.detail,
        seconds=round(failure.elapsed_seconds, 3),
    )
