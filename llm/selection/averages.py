"""Averages that forget, and how far one may be trusted that rests on few values."""

from __future__ import annotations

from dataclasses import dataclass

FADED = 0.05
"""What is worth less than so much of one value is forgotten altogether."""


@dataclass(slots=True)
class Average:
    """An average that forgets: `weight` is the number of values in it, as far as they are not forgotten."""

    weight: float = 0.0
    mean: float = 0.0

    def add(self, value: float, keep: float) -> None:
        """Take one more value; of the weight of the older ones `keep` is left."""
        self.weight = self.weight * keep + 1.0
        self.mean += (value - self.mean) / self.weight

    def leaning(self, prior: float, variance: float, noise: float) -> tuple[float, float]:
        """The truth behind the values, and its variance, where `prior` was expected before them within `variance`.

        `noise` is the variance of a single value. With few values the prior counts, with many it does not.
        """
        precision = 1 / variance + self.weight / noise
        return (prior / variance + self.weight * self.mean / noise) / precision, 1 / precision


def fade(averages: dict[str, Average], share: float) -> None:
    """Leave a share of the weight of each, and forget those that have next to none."""
    for name in list(averages):
        average = averages[name]
        average.weight *= share
        if average.weight < FADED:
            del averages[name]
