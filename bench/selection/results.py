"""What becomes of a replay: regret, what is lost in the end, how soon a change is noticed, what is promised of it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bench.selection.traces import TRACES
from bench.selection.ways import WAYS, Ours, replay
from bench.selection.world import Request, Trace, candidates, replayed

REQUESTS = 6000
STEPS = (100, 250, 500, 1000, 2500, 6000)
MOST_LOST = 0.02
MOST_SAMPLES = 50
WINDOW = 20
ENOUGH = 0.9
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Played:
    """One trace with one seed: for each way its regret after each step and what it has lost in the end."""

    trace: str
    lost: Mapping[str, float]
    lost_by_oracle: float
    regret: Mapping[str, Mapping[int, float]]
    tried: float
    adapts: Sequence[int]
    adapts_well: Sequence[int]


@dataclass(frozen=True)
class Result:
    """The same over all seeds: means, and for ours the seed that lost most."""

    trace: Trace
    lost: Mapping[str, float]
    worst: float
    lost_by_oracle: float
    regret: Mapping[str, Mapping[int, float]]
    tried: float
    adapts: Sequence[int]
    adapts_well: Sequence[int]

    @property
    def adapts_median(self) -> float:
        """After so many requests a half of the changes was dealt with."""
        return statistics.median(self.adapts)

    @property
    def adapts_p90(self) -> float:
        """After so many requests nine of ten were."""
        return sorted(self.adapts)[int(len(self.adapts) * 0.9)]

    @property
    def adapts_well_median(self) -> float:
        """After so many requests a half of the changes was dealt with so well that hardly anything is lost."""
        return statistics.median(self.adapts_well)


def play(place: int, seed: int, length: int = REQUESTS) -> Played:
    """Replay the trace at a place of the list with each way."""
    trace = TRACES[place]
    requests = replayed(trace, seed, length)
    totals = [sum(of_model) for of_model in zip(*(one.worths for one in requests), strict=True)]
    best = totals.index(max(totals))
    single = list(accumulate(one.worths[best] for one in requests))
    lost, regret = {}, {}
    tried = 0.0
    adapts: list[int] = []
    adapts_well: list[int] = []
    for name, make in WAYS.items():
        way = make(candidates(trace, seed), seed)
        got = replay(way, requests)
        earned = list(accumulate(got.worths))
        lost[name] = 1 - earned[-1] / single[-1]
        regret[name] = {step: single[step - 1] - earned[step - 1] for step in STEPS if step <= length}
        if isinstance(way, Ours):
            tried = way.tried / length
            adapts = _adapts(trace, requests, got.worths, ENOUGH)
            adapts_well = _adapts(trace, requests, got.worths, NEARLY_ALL)
    oracle = sum(max(one.worths) for one in requests)
    return Played(trace.name, lost, 1 - oracle / single[-1], regret, tried, adapts, adapts_well)


def gather(trace: Trace, played: Sequence[Played]) -> Result:
    """The means over the seeds."""
    return Result(
        trace,
        lost={name: statistics.fmean(one.lost[name] for one in played) for name in WAYS},
        worst=max(one.lost["ours"] for one in played),
        lost_by_oracle=statistics.fmean(one.lost_by_oracle for one in played),
        regret={
            name: {step: statistics.fmean(one.regret[name][step] for one in played) for step in played[0].regret[name]}
            for name in WAYS
        },
        tried=statistics.fmean(one.tried for one in played),
        adapts=[samples for one in played for samples in one.adapts],
        adapts_well=[samples for one in played for samples in one.adapts_well],
    )


def broken_promises(results: Sequence[Result]) -> list[str]:
    """What does not hold of what is promised."""
    broken = []
    for one in results:
        if not one.trace.judged:
            continue
        ours, others = one.lost["ours"], [one.lost[name] for name in ("random", "static")]
        if ours > MOST_LOST:
            broken.append(f"{one.trace.name}: {ours:.2%} lost to the best single model")
        if ours > max(MOST_LOST / 2, min(others)):
            broken.append(f"{one.trace.name}: random or static does better")
        if one.adapts and one.adapts_median > MOST_SAMPLES:
            broken.append(f"{one.trace.name}: adapts only after {one.adapts_median:.0f}")
    return broken


def _adapts(trace: Trace, requests: Sequence[Request], worths: Sequence[float], enough: float) -> list[int]:
    """For each time that the model in use got worse: after how many requests a window got enough of what it could."""
    if not trace.worsens:
        return []
    phase = len(requests) // len(trace.phases)
    found = []
    for began in range(phase, len(requests) - phase + 1, 2 * phase):
        shares = [
            worth / max(request.worths)
            for worth, request in zip(worths[began : began + phase], requests[began : began + phase], strict=True)
        ]
        windows = (statistics.fmean(shares[place : place + WINDOW]) for place in range(len(shares) - WINDOW))
        found.append(next((place for place, mean in enumerate(windows) if mean >= enough), phase))
    return found
