"""A short replay of the traces of bench/selection: the promises hold, and each kind of trace is what it says."""

from __future__ import annotations

import pytest

from bench.selection.results import MOST_LOST, broken_promises, gather, play
from bench.selection.traces import TRACES

SEEDS = tuple(range(1, 10))
LENGTH = 2000
PLACES = {trace.name: place for place, trace in enumerate(TRACES)}


@pytest.mark.parametrize(
    "name", ["two, the second better", "different strengths", "slows down", "begins to fail", "answers get worse"]
)
def test_hardly_anything_is_lost_to_the_best_single_model_and_changes_are_noticed(name: str):
    print(f"seeds {SEEDS}")  # noqa: T201 - shown when the test fails
    trace = TRACES[PLACES[name]]
    result = gather(trace, [play(PLACES[name], seed, LENGTH) for seed in SEEDS])
    # In so few requests what it costs to get to know the models weighs three times as much as in the whole replay.
    assert result.lost["ours"] <= 2 * MOST_LOST
    assert result.lost["ours"] < result.lost["random"]
    assert not [one for one in broken_promises([result]) if "adapts" in one]


def test_the_replay_of_a_seed_is_always_the_same():
    first, again = (play(PLACES["slows down"], 3, 300) for _ in range(2))
    assert first == again
