"""Ways of choosing a model for each request: ours, and those that it is measured beside."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

from bench.selection.world import SECONDS_APART, Request
from llm.capabilities.facts import ModelKey
from llm.selection.outcomes import Outcome
from llm.selection.selector import ModelSelector
from llm.selection.values import Because, Candidate, Wanted


class Way(Protocol):
    """Chooses a model for each request and is told what became of it."""

    def choose(self, request: Request) -> int:
        """The place of the model that answers."""

    def learn(self, place: int, outcome: Outcome) -> None:
        """Take note of the outcome."""


class Ours:
    """`ModelSelector`, with one message each five minutes."""

    def __init__(self, candidates: Sequence[Candidate], seed: int) -> None:
        self._candidates = candidates
        self._seconds = 0.0
        self._last: ModelKey | None = None
        self.selector = ModelSelector(randomness=random.Random(seed), monotonic=lambda: self._seconds)
        self.tried = 0

    def choose(self, request: Request) -> int:
        """Ask the selector."""
        self._seconds += SECONDS_APART
        before = None if request.begins_conversation else self._last
        decision = self.selector.decide(self._candidates, Wanted(request.situation, answered_before=before))
        self.tried += decision.because is Because.TRIED
        first = decision.order[0].candidate
        self._last = first.key
        return first.place

    def learn(self, place: int, outcome: Outcome) -> None:
        """Tell it."""
        self.selector.learn(outcome)


class AtRandom:
    """Any."""

    def __init__(self, candidates: Sequence[Candidate], seed: int) -> None:
        self._random = random.Random(seed)
        self._count = len(candidates)

    def choose(self, request: Request) -> int:
        """Draw one."""
        return self._random.randrange(self._count)

    def learn(self, place: int, outcome: Outcome) -> None:
        """Nothing to learn."""


class Configured:
    """Always the first of the configuration: what a household has that never measures."""

    def __init__(self, candidates: Sequence[Candidate], seed: int) -> None:
        pass

    def choose(self, request: Request) -> int:
        """The first."""
        return 0

    def learn(self, place: int, outcome: Outcome) -> None:
        """Nothing to learn."""


class Fastest:
    """The lowest mean of the last ten times to the first token, unseen ones first: LiteLLM's latency-based routing."""

    def __init__(self, candidates: Sequence[Candidate], seed: int) -> None:
        self._times: list[deque[float]] = [deque(maxlen=10) for _ in candidates]

    def choose(self, request: Request) -> int:
        """The fastest."""
        means = [fmean(times) if times else 0.0 for times in self._times]
        return means.index(min(means))

    def learn(self, place: int, outcome: Outcome) -> None:
        """Keep the time; a failure has none."""
        if outcome.ttft_seconds is not None:
            self._times[place].append(outcome.ttft_seconds)


class TriedOnce:
    """Each in turn for so many requests, then for ever the one that has earned most: a test at the beginning."""

    EACH = 50

    def __init__(self, candidates: Sequence[Candidate], seed: int) -> None:
        self._earned = [0.0] * len(candidates)
        self._asked = 0

    def choose(self, request: Request) -> int:
        """In turn, then the best."""
        self._asked += 1
        if self._asked <= self.EACH * len(self._earned):
            return self._asked % len(self._earned)
        return self._earned.index(max(self._earned))

    def learn(self, place: int, outcome: Outcome) -> None:
        """Add up what was said, and how fast it was."""
        if self._asked <= self.EACH * len(self._earned) and outcome.succeeded:
            said = outcome.reaction.worth if outcome.reaction is not None else 0.5
            self._earned[place] += 0.65 * said + 0.35 * (outcome.pace or 0.0)


WAYS: dict[str, Callable[[Sequence[Candidate], int], Way]] = {
    "ours": Ours,
    "random": AtRandom,
    "static": Configured,
    "tested once": TriedOnce,
    "fastest": Fastest,
}


@dataclass(frozen=True)
class Replay:
    """What one way of choosing got out of a trace: the places that it chose, and what each choice was worth."""

    places: Sequence[int]
    worths: Sequence[float]


def replay(way: Way, requests: Sequence[Request]) -> Replay:
    """Let a way choose for each request in turn."""
    places = []
    for request in requests:
        place = way.choose(request)
        way.learn(place, request.outcomes[place])
        places.append(place)
    return Replay(places, [request.worths[place] for request, place in zip(requests, places, strict=True)])
