"""Histograms of durations in bins that grow by a constant factor: small, mergeable, percentiles within two per cent."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

GROWTH = 1.02
"""Each bin ends at so much more than it begins: a value is known to half of that, a hundredth."""
SMALLEST_SECONDS = 1e-4
LAST_BIN = 0x7FF
"""Its end is beyond any duration: a million years."""

_LOG_GROWTH = math.log(GROWTH)
_BIN_DIGITS, _COUNT_DIGITS = 4, 8


class Histogram:
    """How many values fell into which bin.

    Its written form is the bins that are not empty, each as twelve hexadecimal digits; two of them one after the
    other are the form of both together, so that a database merges them by joining texts.
    """

    def __init__(self, written: str = "") -> None:
        self._counts: Counter[int] = Counter()
        width = _BIN_DIGITS + _COUNT_DIGITS
        for start in range(0, len(written), width):
            place = written[start : start + _BIN_DIGITS]
            self._counts[int(place, 16)] += int(written[start + _BIN_DIGITS : start + width], 16)

    def add(self, seconds: float) -> None:
        """Count a value; one below the smallest counts as that."""
        self._counts[_bin_of(seconds)] += 1

    def merge(self, other: Histogram) -> None:
        """Count all values of another one as well."""
        self._counts.update(other._counts)

    def written(self) -> str:
        """The form in which it is kept."""
        return "".join(f"{place:04x}{count:08x}" for place, count in sorted(self._counts.items()))


def histogram_of(values: Iterable[float]) -> Histogram:
    """The histogram of some values."""
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


def percentiles(written: str, shares: Sequence[float]) -> list[float] | None:
    """The values below which so large shares (0 to 1) of all lie, from the written form; None when there are none.

    Between two neighbours in proportion, as numpy does it with the values themselves.
    """
    if not written:
        return None
    import numpy as np  # slow to load, and nobody may ever ask

    pairs = np.frombuffer(bytes.fromhex(written), dtype=[("place", ">u2"), ("count", ">u4")])
    counts = np.bincount(pairs["place"], weights=pairs["count"])
    below = np.cumsum(counts)
    middles = SMALLEST_SECONDS * GROWTH ** (np.arange(len(counts)) + 0.5)
    ranks = np.asarray(shares) * (below[-1] - 1)
    low = middles[np.searchsorted(below, np.floor(ranks), side="right")]
    high = middles[np.searchsorted(below, np.ceil(ranks), side="right")]
    return [float(value) for value in low + (high - low) * (ranks - np.floor(ranks))]


def _bin_of(seconds: float) -> int:
    if seconds <= SMALLEST_SECONDS:
        return 0
    return min(LAST_BIN, int(math.log(seconds / SMALLEST_SECONDS) / _LOG_GROWTH))
