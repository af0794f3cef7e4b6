"""What is in a chart: plain values with the words already chosen, so that they can go to another process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One stretch of time: its label, whole and failed requests, and the seconds of p50, p90, p95, p99."""

    label: str
    answered: int
    failed: int
    seconds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a chart, in the language of who looks at it."""

    latency: str
    requests: str
    answered: str
    failed: str
    share: str
    nothing: str
    others: str
    decimal_comma: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Latency and requests over time, and which model was asked how often, the most asked one first."""

    title: str
    words: Words
    points: tuple[Point, ...]
    shares: tuple[tuple[str, int], ...]
