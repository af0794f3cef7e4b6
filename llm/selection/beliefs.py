"""What is believed of one part of the models' answers: how well each does it, in each situation."""

from __future__ import annotations

from dataclasses import dataclass, field

from llm.capabilities.facts import ModelKey
from llm.selection.averages import Average, fade
from llm.selection.drift import Drift

KEEP = 0.998
"""Of what a model has shown in a situation so much is left after one more answer of its own there: the last five
hundred count. What changes of a sudden is noticed otherwise (`drift.py`)."""
KEEP_WIDER = 0.999
"""The same for what it has shown over all situations."""
KEEP_OTHERS = 0.997
"""Of what the other models have shown in a situation so much is left: who is not asked any more becomes uncertain
again, and is tried again one day."""
KEEP_OTHERS_WIDER = 0.999
CHANGED = 1.0
"""So many answers' worth is left of what is known of a model that has changed of a sudden."""
OTHERS_CHANGED = 2.0
"""The same for the others: what has changed one may have changed them."""
NOISE_WEIGHT = 60.0
"""The usual noise counts as much as so many values of a model's own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much one answer tells, and how far apart things usually are: variances of values of 0 to 1.

    `noise` is that of one answer; `trait` of what a model does otherwise in one language, kind or length than on
    average; `situation` of what it does otherwise in one situation than follows from its traits; `difficulty` of what
    a trait costs all models alike.
    """

    noise: float
    trait: float
    situation: float
    difficulty: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a part of an answer, 0 to 1, and the variance of that."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is given: the name of its situation, and the traits of it that can matter."""

    situation: str
    traits: tuple[str, ...]


@dataclass(slots=True)
class Belief:
    """What is believed of one model; `noise` is how far it was from what was expected, squared."""

    usual: Average = field(default_factory=Average)
    noise: Average = field(default_factory=Average)
    traits: dict[str, Average] = field(default_factory=dict)
    situations: dict[str, Average] = field(default_factory=dict)
    drift: Drift = field(default_factory=Drift)

    def noise_of(self, usual: float) -> float:
        """The variance of one answer, where `usual` is that of most models."""
        weight = self.noise.weight
        return (NOISE_WEIGHT * usual + weight * self.noise.mean) / (NOISE_WEIGHT + weight)

    def limit(self, weight: float) -> None:
        """Leave no more of anything than so many answers' worth."""
        for average in (self.usual, *self.traits.values(), *self.situations.values()):
            average.weight = min(average.weight, weight)

    def age(self, share: float) -> None:
        """Leave a share of everything."""
        self.usual.weight *= share
        self.noise.weight *= share
        fade(self.traits, share)
        fade(self.situations, share)


class Beliefs:
    """Learns from values, each of which one model has shown at one place, and says what to expect of the next.

    A value is taken apart into what the model usually does, what it does differently with one trait of the situation,
    what that trait costs all models (its difficulty), and the rest, which is the situation's own. So a model that has
    met only hard questions is not taken for a bad one, and what it has shown in one situation is expected of it in
    others. Each of these leans on what is expected without it, the less so the more it has seen.
    """

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.models: dict[ModelKey, Belief] = {}
        self.difficulty: dict[str, Average] = {}

    def of(self, key: ModelKey) -> Belief:
        """What is believed of a model; nothing of one that was never heard of."""
        found = self.models.get(key)
        if found is None:
            found = self.models[key] = Belief()
        return found

    def expect(self, belief: Belief, place: Place, prior: Expectation) -> Expectation:
        """What the model's next answer at a place will show; `prior` is what to expect of it before it gave any."""
        noise = belief.noise_of(self.scale.noise)
        mean, variance = self._from_others(belief, place, prior, noise)
        variance += self.scale.situation
        own = belief.situations.get(place.situation)
        if own is not None:
            mean, variance = own.leaning(mean, variance, noise)
        return Expectation(min(1.0, max(0.0, mean)), variance)

    def learn(self, key: ModelKey, place: Place, value: float, prior: Expectation) -> bool:
        """Take one value; gives whether it shows that the model has changed of a sudden."""
        belief = self.of(key)
        expected = self.expect(belief, place, prior)
        surprise = value - expected.mean
        variance = belief.noise_of(self.scale.noise) + expected.variance
        changed = belief.drift.add(surprise, variance, settled=belief.usual.weight)
        if changed:
            self._begin_anew(belief)
        belief.noise.add(max(0.0, surprise * surprise - expected.variance), KEEP_WIDER)
        self._take_apart(belief, place, value, prior)
        belief.situations.setdefault(place.situation, Average()).add(value, KEEP)
        for other in self.models.values():
            if other is not belief:
                _fade_at(other, place)
        return changed

    def forget(self, key: ModelKey) -> None:
        """Forget a model: it is not the one any more that it was."""
        self.models.pop(key, None)

    def age(self, share: float) -> None:
        """Leave a share of all that is known."""
        for belief in self.models.values():
            belief.age(share)
        fade(self.difficulty, share)

    def _from_others(self, belief: Belief, place: Place, prior: Expectation, noise: float) -> tuple[float, float]:
        """What follows for a situation from all that is known beside it, and the variance of that."""
        scale = self.scale
        mean, variance = belief.usual.leaning(prior.mean, prior.variance, noise)
        for trait in place.traits:
            own, common = belief.traits.get(trait), self.difficulty.get(trait)
            more, doubt = (0.0, scale.trait) if own is None else own.leaning(0.0, scale.trait, noise)
            mean += more
            variance += doubt
            if common is not None:
                mean += common.leaning(0.0, scale.difficulty, noise)[0]
        return mean, variance

    def _take_apart(self, belief: Belief, place: Place, value: float, prior: Expectation) -> None:
        """Let everything that has a share in a value learn what the others do not explain of it."""
        noise = belief.noise_of(self.scale.noise)
        rest = value - self._from_others(belief, place, prior, noise)[0]
        belief.usual.add(belief.usual.leaning(prior.mean, prior.variance, noise)[0] + rest, KEEP_WIDER)
        for averages, usually in ((belief.traits, self.scale.trait), (self.difficulty, self.scale.difficulty)):
            for trait in place.traits:
                average = averages.setdefault(trait, Average())
                average.add(average.leaning(0.0, usually, noise)[0] + rest, KEEP_WIDER)

    def _begin_anew(self, changed: Belief) -> None:
        for belief in self.models.values():
            belief.limit(CHANGED if belief is changed else OTHERS_CHANGED)
            belief.drift.clear()


def _fade_at(belief: Belief, place: Place) -> None:
    """Let what a model has shown at a place become a little uncertain, since another one has answered there."""
    if (own := belief.situations.get(place.situation)) is not None:
        own.weight *= KEEP_OTHERS
    belief.usual.weight *= KEEP_OTHERS_WIDER
    for trait in place.traits:
        if (average := belief.traits.get(trait)) is not None:
            average.weight *= KEEP_OTHERS_WIDER
