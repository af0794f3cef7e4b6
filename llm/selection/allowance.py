"""What trying models out may cost: so that learning never costs more than a small share of what is gained."""

from __future__ import annotations

from collections.abc import Iterable

from llm.capabilities.facts import ModelKey

PER_MODEL = 5.0
"""Getting to know one more model may cost as much as so many perfect answers."""
EARNED = 0.004
"""Each answer adds so much of what it is expected to be worth."""


class Allowance:
    """An amount in perfect answers, from which each trial pays by how much less is expected of it.

    It begins with what it costs to get to know those that are there, grows with each answer and never beyond that
    beginning. Once it is spent, trials have to wait until they are earned: what they cost stays below `EARNED` of
    everything, whatever is believed of the models.
    """

    def __init__(self, left: float = 0.0, met: Iterable[ModelKey] = ()) -> None:
        """`met` are the models that it was already given for, `left` what is left of it."""
        self.left = left
        self.met = set(met)

    @property
    def most(self) -> float:
        """How much it can be; nothing as long as there is nobody to choose from."""
        return PER_MODEL * max(0, len(self.met) - 1)

    def meet(self, key: ModelKey) -> None:
        """Take note of a model; one that is new, beside others, may be got to know."""
        if key not in self.met:
            before = self.most
            self.met.add(key)
            self.left += self.most - before

    def forget(self, key: ModelKey) -> None:
        """Take note that a model is another one now, which may be got to know like a new one."""
        self.met.discard(key)

    def earn(self, expected: float) -> None:
        """Take note of an answer of which so much is expected, 0 to 1."""
        self.left = min(self.most, self.left + EARNED * expected)

    def pay(self, cost: float) -> bool:
        """Pay for a trial, if that can be afforded."""
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def renew(self) -> None:
        """Begin anew with half, since a model has changed and all have to be compared again."""
        self.left = max(self.left, self.most / 2)
