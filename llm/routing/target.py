"""A target: one model on one server with everything that routing keeps of it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from llm.capabilities.facts import Facts
from llm.config import ModelConfig, Timeouts
from llm.errors import AttemptFailed
from llm.routing.breaker import Breaker
from llm.routing.retrying import RetryBudget
from llm.servers.kinds import ServerKind, ServerState
from llm.types import ChatRequest, ModelCapabilities, StreamEvent

SAMPLES = 200
"""Of so many answers the times to the first token are kept."""
LEAST_SAMPLES = 20


class ModelClient(Protocol):
    """What is asked: `LLMClient`, or a stand-in in tests."""

    @property
    def config(self) -> ModelConfig:
        """The model's configuration."""

    @property
    def server(self) -> str:
        """The server's name for logs."""

    def stream(self, request: ChatRequest, timeouts: Timeouts | None = None) -> AsyncGenerator[StreamEvent, None]:
        """Give the answer piece by piece; see `LLMClient.stream`."""


class TargetSource(Protocol):
    """Knows which model on which server a target is by now: `ServingModel`."""

    def client(self) -> ModelClient:
        """The client of the model. Raises NoModelAvailable."""

    def doubt(self) -> None:
        """Take note that it has failed, so that it is looked at again soon."""

    @property
    def name(self) -> str:
        """The name of the model, as far as it is known."""

    @property
    def kind(self) -> ServerKind:
        """The kind of its server."""

    @property
    def needs_loading(self) -> bool:
        """Whether the model is known not to be in its server's memory."""

    @property
    def context(self) -> int | None:
        """The length that it holds, in tokens; None: not known."""

    @property
    def revision(self) -> object:
        """Another object whenever anything that is known of the model has changed."""

    @property
    def facts(self) -> Facts:
        """What was found out about it; the same object until it is found out anew."""

    @property
    def capabilities(self) -> ModelCapabilities:
        """What it can do: as configured, else as it was found out."""

    @property
    def slots(self) -> int | None:
        """How many requests its server says it does at the same time; None: it does not say."""

    @property
    def sees(self) -> bool | None:
        """Whether it sees images; None: not known. It is not asked about any when it does not."""

    @property
    def local(self) -> bool:
        """Whether it is on a machine of our own."""

    @property
    def continues(self) -> bool:
        """Whether it can go on with an answer that somebody else has begun."""

    async def healthy(self) -> ServerState:
        """Ask its server whether it works, at no cost."""


class Target:
    """One model on one server: its source, its breaker, its budget of retries, how fast it begins.

    `setting` is what the names of its settings begin with, for messages (`FALLBACK_MODELS__0__`); `last_failed` what
    went wrong last, None after an answer. Nobody's message is sent to one that is `paused`. One with a `task` is asked
    for that task, or for messages of that kind, only.
    """

    def __init__(
        self,
        source: TargetSource,
        *,
        setting: str,
        monotonic: Callable[[], float],
        randomness: random.Random,
        task: str = "",
    ) -> None:
        self.source = source
        self.setting = setting
        self.task = task
        self.breaker = Breaker(monotonic, randomness)
        self.budget = RetryBudget()
        self.last_failed: AttemptFailed | None = None
        self.paused = False
        self._ttfts: deque[float] = deque(maxlen=SAMPLES)

    def note_ttft(self, seconds: float) -> None:
        """Keep how long an answer took to begin."""
        self._ttfts.append(seconds)

    @property
    def slow_after(self) -> float | None:
        """The time to the first token that only one answer in twenty exceeds; None while too few are known."""
        if len(self._ttfts) < LEAST_SAMPLES:
            return None
        return sorted(self._ttfts)[int(len(self._ttfts) * 0.95)]
