"""Servers that answer in given times, for a balancer to learn from; time passes only when a test says so."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from llm.balancing.balancer import Balancer
from llm.balancing.seat import Seat
from llm.balancing.work import ModelOnServer, Work
from llm.errors import Failure, FailureKind, Phase
from llm.types import Usage

MODEL = "qwen3:8b"
REFUSED = Failure(FailureKind.RATE_LIMIT, Phase.FIRST_TOKEN, 0.001, status=429)
GONE = Failure(FailureKind.TRANSPORT, Phase.CONNECT, 0.001, code="refused")


def at(server: str, model: str = MODEL) -> ModelOnServer:
    return ModelOnServer(server, model)


@dataclass
class Lessons:
    """A balancer and the time; servers read `prefill` and write `decode` tokens a second unless told otherwise."""

    now: float = 1000.0
    prefill: float = 500.0
    decode: float = 20.0
    balancer: Balancer = field(init=False)

    def __post_init__(self) -> None:
        self.balancer = Balancer(lambda: self.now, random.Random(7))

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def begin(self, server: str, work: Work | None = None, model: str = MODEL) -> Seat:
        """Send a request to a server, whoever else would be better."""
        work = work or Work(100)
        return self.balancer.begin(self.balancer.choose([at(server, model)], work), work)

    def answer(
        self, seat: Seat, *, tokens: int = 60, slower: float = 1.0, cached: int = 0, loading: float = 0.0
    ) -> None:
        """Let a request be answered, alone."""
        prompt = seat.work.prompt_tokens
        self.passes(loading + (0.1 + (prompt - cached) / self.prefill) * slower)
        seat.first_token()
        for _ in range(tokens // 20):
            self.passes(20 / self.decode * slower)
            seat.progress(20)
        seat.finished(Usage(prompt, tokens, cached))

    def teach(self, server: str, *, slower: float = 1.0, times: int = 8, model: str = MODEL) -> None:
        """Have a server answer some requests of different lengths."""
        for number in range(times):
            self.answer(self.begin(server, Work(100 + 300 * (number % 3)), model), slower=slower)

    def chosen(self, *servers: str, work: Work | None = None) -> str:
        """Who would be chosen."""
        return self.balancer.choose([at(server) for server in servers], work or Work(100)).target.server

    def seconds(self, server: str, work: Work | None = None) -> float:
        """When a server would be done with a request."""
        return self.balancer.choose([at(server)], work or Work(100)).estimate.total
