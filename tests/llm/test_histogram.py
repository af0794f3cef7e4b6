"""Percentiles from histograms: within two per cent of the exact ones, however the parts were merged."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.histogram import SMALLEST_SECONDS, Histogram, histogram_of, percentiles

SHARES = (0.5, 0.9, 0.95, 0.99)
seconds = st.floats(SMALLEST_SECONDS, 1e6)


def samples(shape: str, size: int, chance: random.Random) -> list[float]:
    match shape:
        case "lognormal":
            return [chance.lognormvariate(0.5, 1.2) for _ in range(size)]
        case "bimodal":
            return [chance.gauss(0.3, 0.03) if chance.random() < 0.7 else chance.gauss(20, 2) for _ in range(size)]
        case _:
            return [3.7] * size


@pytest.mark.parametrize("shape", ["lognormal", "bimodal", "constant"])
@pytest.mark.parametrize("size", [1, 2, 10, 999, 20_000])
def test_merged_from_parts_they_are_those_of_numpy(shape: str, size: int) -> None:
    chance = random.Random(f"{shape} {size}")
    values = [abs(value) + 1e-3 for value in samples(shape, size, chance)]
    parts = [histogram_of(values[start::24]).written() for start in range(24)]
    found = percentiles("".join(parts), SHARES)
    assert found == pytest.approx([float(np.quantile(values, share)) for share in SHARES], rel=0.02)
    merged = Histogram()
    for part in parts:
        merged.merge(Histogram(part))
    assert merged.written() == histogram_of(values).written()
    assert percentiles(merged.written(), SHARES) == pytest.approx(found)


@given(st.lists(seconds, min_size=1, max_size=200), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_any_percentile_of_any_values_is_near(values: list[float], shares: list[float]) -> None:
    found = percentiles(histogram_of(values).written(), shares)
    assert found == pytest.approx([float(np.quantile(values, share)) for share in shares], rel=0.02)


@given(st.lists(st.floats(-1e3, 1e300), max_size=50))
def test_no_value_is_lost_and_none_is_refused(values: list[float]) -> None:
    written = histogram_of(values).written()
    assert Histogram(written).written() == written
    assert sum(int(written[start + 4 : start + 12], 16) for start in range(0, len(written), 12)) == len(values)


def test_of_nothing_there_are_none() -> None:
    assert percentiles("", SHARES) is None
