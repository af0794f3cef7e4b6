"""What is right to say of a model: a value with a confidence that it deserves, or nothing where nobody can know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llm.capabilities.facts import Fact, FactValue

SHOWN = 0.85
"""So sure may be what the server tells, or what a probe shows beyond doubt."""
ACTED_UPON = 0.6
NOT_KNOWN = 0.5
"""What is no surer than this says that it is not known."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`fits` says whether a fact is right; `words` say the same to people."""

    words: str
    fits: Callable[[Fact | None], bool]


def _claimed(fact: Fact | None) -> Fact | None:
    return fact if fact is not None and fact.confidence > NOT_KNOWN else None


def known(value: FactValue, *, least: float = SHOWN) -> Expected:
    """This value, and as sure as what was told or shown beyond doubt."""

    def fits(fact: Fact | None) -> bool:
        return fact is not None and _same(fact.value, value) and fact.confidence >= least

    return Expected(f"{value}, at least {least:.0%} sure", fits)


def likely(value: FactValue) -> Expected:
    """This value, sure enough to be acted upon; luck may play a part in what showed it."""
    return known(value, least=ACTED_UPON)


def usual(value: FactValue) -> Expected:
    """What is usual for the kind of server: this value, and no surer than a custom is."""

    def fits(fact: Fact | None) -> bool:
        return fact is not None and _same(fact.value, value) and ACTED_UPON <= fact.confidence < SHOWN

    return Expected(f"{value}, as is usual", fits)


def unknown() -> Expected:
    """Nobody can know it."""
    return Expected("not known", lambda fact: _claimed(fact) is None)


def perhaps(value: FactValue) -> Expected:
    """This value where there was room to find it out, and no other."""

    def fits(fact: Fact | None) -> bool:
        claimed = _claimed(fact)
        return claimed is None or _same(claimed.value, value)

    return Expected(f"{value} or not known", fits)


def between(low: float, high: float, *, least: float = ACTED_UPON) -> Expected:
    """A number between these two."""

    def fits(fact: Fact | None) -> bool:
        return fact is not None and low <= float(fact.value) <= high and fact.confidence >= least

    return Expected(f"{low:g} to {high:g}", fits)


def bracketed(low: float, true: float, *, least: float = ACTED_UPON) -> Expected:
    """No more than the true number and no less than this one, with an interval that has the true one in it."""

    def fits(fact: Fact | None) -> bool:
        if fact is None or fact.confidence < least or not low <= float(fact.value) <= true:
            return False
        return (fact.low or 0.0) <= true <= (true if fact.high is None else fact.high)

    return Expected(f"{low:g} to {true:g}, in an interval with {true:g} in it", fits)


def share(true: float) -> Expected:
    """The share of tasks that it does: the interval that is told has to hold the true one."""

    def fits(fact: Fact | None) -> bool:
        return fact is not None and (fact.low or 0.0) <= true <= (1.0 if fact.high is None else fact.high)

    return Expected(f"an interval with {true:g} in it", fits)


def at_most(high: float) -> Expected:
    """A share that is no larger, however wide its interval; or none where nothing was answered."""
    return Expected(f"at most {high:g}", lambda fact: fact is None or float(fact.value) <= high)


def _same(one: FactValue, other: FactValue) -> bool:
    return type(one) is type(other) and one == other
