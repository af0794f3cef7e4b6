"""All that was learned of the models, and what an answer of each is therefore worth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from llm.capabilities.facts import ModelKey
from llm.selection.beliefs import Beliefs, Expectation, Place, Scale
from llm.selection.outcomes import PACE_SHARES, Outcome, Reaction, utility
from llm.selection.values import Prior, Situation

SUCCESS_SCALE = Scale(noise=0.06, trait=0.0025, situation=0.0025, difficulty=0.0025)
QUALITY_SCALE = Scale(noise=0.2, trait=0.005, situation=0.005, difficulty=0.005)
PACE_SCALE = Scale(noise=0.03, trait=0.01, situation=0.01, difficulty=0.01)
SUCCESS = Expectation(0.95, 0.01)
"""What is expected of a model's reliability before it has shown any."""
TOLD_KEEP = 0.99
TOLD_ENOUGH = 0.05
"""Where people say of a smaller share of answers than this what they think of them, trying out whose are better is
worth the less: nobody would tell."""


@dataclass(frozen=True, slots=True)
class Places:
    """A situation as each part of an answer sees it. `success` depends on kind and length, `quality` on kind and
    language, `pace` on the length.
    """

    situation: Situation
    success: Place
    quality: Place
    pace: Place

    @classmethod
    def of(cls, situation: Situation) -> Places:
        """The places of a situation; make them once."""
        kind = situation.kind.value if situation.kind is not None else ""
        what, length = f"{situation.task.value}/{kind}", situation.length.value
        name = f"{what}/{situation.language}/{length}"
        return cls(
            situation,
            success=Place(name, (what, length)),
            quality=Place(name, (what, situation.language)),
            pace=Place(name, (length,)),
        )


@dataclass(frozen=True, slots=True)
class Worth:
    """What an answer is worth, 0 to 1, the standard deviation of that, and how many answers it rests on."""

    mean: float
    spread: float
    answers: float


@dataclass(slots=True)
class Knowledge:
    """What is believed of each part; `told` is the share of answers of which people say what they think."""

    success: Beliefs = field(default_factory=lambda: Beliefs(SUCCESS_SCALE))
    quality: Beliefs = field(default_factory=lambda: Beliefs(QUALITY_SCALE))
    pace: Beliefs = field(default_factory=lambda: Beliefs(PACE_SCALE))
    told: float = 2 * TOLD_ENOUGH

    def worth(self, key: ModelKey, places: Places, prior: Prior) -> Worth:
        """What the next answer of a model in a situation is worth."""
        reliable = self.success.of(key)
        success = self.success.expect(reliable, places.success, SUCCESS)
        quality = self.quality.expect(self.quality.of(key), places.quality, _quality(prior))
        pace = self.pace.expect(self.pace.of(key), places.pace, _pace(prior, places))
        task = places.situation.task
        share = PACE_SHARES[task]
        of_answer = (1 - share) * quality.mean + share * pace.mean
        unknown = (1 - share) ** 2 * quality.variance * min(1.0, self.told / TOLD_ENOUGH) + share**2 * pace.variance
        own = reliable.situations.get(places.success.situation)
        return Worth(
            mean=utility(task, success.mean, quality.mean, pace.mean),
            spread=math.sqrt(of_answer**2 * success.variance + success.mean**2 * unknown),
            answers=own.weight if own is not None else 0.0,
        )

    def learn(self, outcome: Outcome, places: Places, prior: Prior) -> bool:
        """Take what became of an answer; gives whether it shows that the model has changed of a sudden."""
        key = outcome.key
        changed = self.success.learn(key, places.success, float(outcome.succeeded), SUCCESS)
        if (pace := outcome.pace) is not None:
            changed |= self.pace.learn(key, places.pace, pace, _pace(prior, places))
        if outcome.succeeded:
            self.told *= TOLD_KEEP
        if outcome.reaction is not None:
            changed |= self.react(key, places, prior, outcome.reaction)
        return changed

    def react(self, key: ModelKey, places: Places, prior: Prior, reaction: Reaction) -> bool:
        """Take what a person says of an answer; gives whether it shows that the model has changed of a sudden."""
        self.told += 1 - TOLD_KEEP
        return self.quality.learn(key, places.quality, reaction.worth, _quality(prior))

    def forget(self, key: ModelKey) -> None:
        """Forget a model."""
        for beliefs in (self.success, self.quality, self.pace):
            beliefs.forget(key)

    def age(self, share: float) -> None:
        """Leave a share of all that is known."""
        for beliefs in (self.success, self.quality, self.pace):
            beliefs.age(share)


def _quality(prior: Prior) -> Expectation:
    return Expectation(prior.quality, prior.quality_spread**2)


def _pace(prior: Prior, places: Places) -> Expectation:
    return Expectation(prior.pace[places.situation.length], prior.pace_spread**2)
