"""What happens to the servers and what is asked of them, played with one way to spread requests."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.balancing.simulation import Plan, Request, Simulation, capacity, conversations, poisson
from bench.balancing.systems import SYSTEMS

SPEEDS = (1.0, 1.0, 0.5, 0.25)
SLOWER = 10.0
LOAD_SECONDS = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case: how busy the servers are, whether the first one slows down half-way or refuses everything.

    `talks`: what is asked are conversations, of which servers have the beginnings in their caches. With several
    `models` (and their shares) each server has one in memory at a time and takes a while to load another.
    """

    name: str
    load: float
    slows: bool = False
    fails: bool = False
    talks: bool = False
    models: Mapping[str, float] = field(default_factory=lambda: {"model": 1.0})

    @property
    def plain(self) -> bool:
        """Whether nothing but the speeds of the servers makes a difference, so that the oracle is hard to beat."""
        return not self.talks and len(self.models) == 1

    def plans(self, end: float) -> list[Plan]:
        """The servers, for a time of so many seconds."""
        slows = (end / 2, SLOWER) if self.slows else None
        load = LOAD_SECONDS if len(self.models) > 1 else None
        first = Plan(SPEEDS[0], slows=slows, fails=self.fails, load_seconds=load)
        return [first, *(Plan(speed, load_seconds=load) for speed in SPEEDS[1:])]

    def requests(self, chance: random.Random, count: int) -> list[Request]:
        """What is asked, so fast that the servers that work are as busy as they are to be when one has slowed down."""
        coming = conversations(chance, count) if self.talks else poisson(chance, count, self.models)
        pace = count / coming[-1].arrives / (self.load * capacity(self.plans(0.0), coming))
        return [replace(one, arrives=one.arrives * pace) for one in coming]


CASES = [
    Case("steady, 70 %", 0.7),
    Case("steady, 90 %", 0.9),
    Case("one slows, 70 %", 0.7, slows=True),
    Case("one slows, 90 %", 0.9, slows=True),
    Case("one refuses, 70 %", 0.7, fails=True),
    Case("one refuses, 90 %", 0.9, fails=True),
    Case("conversations, 70 %", 0.7, talks=True),
    Case("three models, 70 %", 0.7, models={"a": 0.6, "b": 0.3, "c": 0.1}),
]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it: the seconds of each request, the requests sent to each server, how often models were loaded."""

    latencies: tuple[float, ...]
    sent: tuple[int, ...]
    loads: int


def play(case: Case, name: str, seed: int, requests: int) -> Run:
    """One way in one case; with the same seed all ways get the same requests."""
    coming = case.requests(random.Random(f"{seed} requests"), requests)
    simulation = Simulation(case.plans(coming[-1].arrives))
    simulation.run(coming, lambda simulation: SYSTEMS[name](simulation, random.Random(f"{seed} {name}")))
    loads = sum(server.loads for server in simulation.servers)
    return Run(tuple(simulation.latencies.values()), tuple(simulation.sent), loads)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of some runs: seconds that a half, 95 and 99 of a hundred do not exceed, shares of the servers."""

    p50: float
    p95: float
    p99: float
    shares: tuple[float, ...]
    loads: int


def figures(runs: Sequence[Run]) -> Figures:
    """The figures of all runs together."""
    cuts = statistics.quantiles([one for run in runs for one in run.latencies], n=100)
    sent = [sum(counts) for counts in zip(*(run.sent for run in runs), strict=True)]
    shares = tuple(one / sum(sent) for one in sent)
    return Figures(cuts[49], cuts[94], cuts[98], shares, sum(run.loads for run in runs))
