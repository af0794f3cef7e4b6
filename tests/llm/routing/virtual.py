"""Virtual time for everything that waits on the event loop, and model clients that do as a schedule says."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from llm.capabilities.facts import Facts
from llm.config import ModelConfig, Timeouts
from llm.errors import AnswerInterrupted, AttemptFailed, Failure, FailureKind, NoModelAvailable, Phase
from llm.servers.kinds import ServerKind, ServerState
from llm.types import (
    ChatRequest,
    ChatResult,
    Finished,
    FinishReason,
    Message,
    ModelCapabilities,
    Role,
    StreamEvent,
    TextDelta,
    Usage,
)

T = TypeVar("T")
START = datetime(2026, 11, 24, tzinfo=UTC)
HELLO = ChatRequest((Message(Role.USER, "hello"),))


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while somebody works, and jumps when everybody waits."""

    def __init__(self) -> None:
        self._virtual = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._virtual

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._virtual += seconds


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everybody waits for something that never comes")
        if not ready and timeout and timeout > 0:
            self._loop.jump(timeout)
        return ready


def in_virtual_time(work: Callable[[LoopClock], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a loop of its own, in virtual time."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(LoopClock(loop)))


class LoopClock:
    """The clock of a virtual loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def monotonic(self) -> float:
        return self._loop.time()

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Act:
    """What a client does with one request: wait, say some words, and fail or finish.

    `first` is the time to the first word, `between` that between two. With `failure` it fails after its words.
    `hangs`: after its words nothing comes until a limit of time ends it.
    """

    words: Sequence[str] = ("Hello ", "there!")
    first: float = 0.1
    between: float = 0.01
    failure: FailureKind | None = None
    code: str | None = None
    status: int | None = None
    retry_after: float | None = None
    hangs: bool = False


OK = Act()
REFUSED = Act(words=(), first=0.001, failure=FailureKind.TRANSPORT, code="refused")


@dataclass
class ScriptedClient:
    """A model client that plays acts: the next of `script`, then `usual`, which may depend on the time."""

    name: str
    clock: LoopClock
    usual: Act | Callable[[float], Act] = OK
    script: list[Act] = field(default_factory=list)
    requests: int = 0
    asked: list[ChatRequest] = field(default_factory=list)
    open: int = 0
    most_open: int = 0
    cancelled: int = 0
    context: int | None = None
    needs_loading: bool = False
    local: bool = True
    state: ServerState = ServerState.UP
    health_asked: list[float] = field(default_factory=list)
    missing: bool = False
    continues: bool = False
    sees: bool | None = None
    slots: int | None = None
    facts: Facts = field(default_factory=dict)
    capabilities: ModelCapabilities = ModelCapabilities()  # noqa: RUF009 - frozen
    repeats: bool = False
    continued: list[str] = field(default_factory=list)
    kind: ServerKind = ServerKind.GENERIC

    @property
    def config(self) -> ModelConfig:
        return ModelConfig(name=self.name, api_base=f"http://{self.name}.local:1/v1")

    @property
    def server(self) -> str:
        return f"{self.name}.local:1"

    # The source of a target.

    @property
    def revision(self) -> object:
        return self

    def client(self) -> ScriptedClient:
        if self.missing:
            raise NoModelAvailable("no_server_found")
        return self

    def doubt(self) -> None:
        pass

    async def healthy(self) -> ServerState:
        self.health_asked.append(self.clock.monotonic())
        return self.state

    # The client.

    async def stream(self, request: ChatRequest, timeouts: Timeouts | None = None) -> AsyncGenerator[StreamEvent, None]:
        limits = timeouts or Timeouts()
        self.requests += 1
        self.asked.append(request)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        began = self.clock.monotonic()
        act = self.script.pop(0) if self.script else self.usual(began) if callable(self.usual) else self.usual
        said = ""
        if request.continue_from:
            self.continued.append(request.continue_from)
        words = [request.continue_from, *act.words] if request.continue_from and self.repeats else act.words
        try:
            for number, word in enumerate(words):
                await self._wait(act.between if number else act.first, said, limits, began)
                said += word
                yield TextDelta(word)
            if not act.words:
                await self._wait(act.first, said, limits, began)
            if act.hangs:
                await self._wait(1e6, said, limits, began)
            if act.failure is not None:
                raise self._failed(act.failure, said, began, act.code, act.status, act.retry_after)
            elapsed = self.clock.monotonic() - began
            yield Finished(
                ChatResult(said, FinishReason.STOP, self.name, elapsed, act.first, Usage(10, len(act.words)))
            )
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        finally:
            self.open -= 1

    async def _wait(self, seconds: float, said: str, limits: Timeouts, began: float) -> None:
        left = limits.total - (self.clock.monotonic() - began)
        limit = min(left, limits.stall if said else limits.first_token)
        if seconds <= limit:
            await self.clock.sleep(seconds)
            return
        await self.clock.sleep(max(0.0, limit))
        raise self._failed(
            FailureKind.STALL if said else FailureKind.FIRST_TOKEN_TIMEOUT, said, began, None, None, None
        )

    def _failed(
        self,
        kind: FailureKind,
        said: str,
        began: float,
        code: str | None,
        status: int | None,
        retry_after: float | None,
    ) -> AttemptFailed:
        phase = Phase.STREAMING if said else Phase.FIRST_TOKEN
        elapsed = self.clock.monotonic() - began
        failure = Failure(kind, phase, elapsed, status=status, code=code, retry_after_seconds=retry_after)
        if said:
            return AnswerInterrupted(failure, model=self.name, server=self.server, partial=said)
        return AttemptFailed(failure, model=self.name, server=self.server)
