"""Simulated models and traces: what each model would have made of each request, and what that is worth."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import NormalDist, fmean

from llm.capabilities.facts import Ability, Fact, ModelKey, Source
from llm.capabilities.instructions import wilson
from llm.selection.candidates import TYPICAL_TOKENS, candidate_of
from llm.selection.outcomes import Outcome, Reaction, pace, utility
from llm.selection.values import Candidate, Length, Situation
from llm.tasks.classification import MessageKind
from llm.types import ModelCapabilities, Task

OVERHEAD_SECONDS = 0.2
SECONDS_APART = 300.0
"""A household with nearly three hundred messages a day."""
PROBED = 10
"""The tasks that the detector gives a model: its score is the share that were done."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)
_QUANTILES = tuple(NormalDist().inv_cdf((step + 0.5) / 25) for step in range(25))


@dataclass(frozen=True)
class Model:
    """How a model truly answers: the share of good answers, of answers at all, its speeds in tokens a second.

    `strengths` are added to the quality for a kind of message or a language; `jitter` is the deviation of the logarithm
    of its times; `seems` is the quality that the detector sees, where that is another one.
    """

    quality: float
    success: float = 0.98
    reads: float = 300.0
    writes: float = 25.0
    jitter: float = 0.4
    strengths: Mapping[str, float] = field(default_factory=dict)
    seems: float | None = None

    def quality_in(self, situation: Situation) -> float:
        """The share of good answers in a situation."""
        kind = situation.kind.value if situation.kind is not None else ""
        better = self.strengths.get(kind, 0.0) + self.strengths.get(situation.language, 0.0)
        return min(0.99, max(0.01, self.quality + better))

    def first_token(self, situation: Situation, deviation: float) -> float:
        """When an answer begins, in seconds, so many deviations from the median."""
        return (OVERHEAD_SECONDS + TYPICAL_TOKENS[situation.length] / self.reads) * math.exp(self.jitter * deviation)

    def worth(self, situation: Situation) -> float:
        """What its answers are worth on average."""
        borne = fmean(pace(self.first_token(situation, one), self.writes) or 0.0 for one in _QUANTILES)
        return utility(situation.task, self.success, self.quality_in(situation), borne)


@dataclass(frozen=True)
class Trace:
    """Requests one after another, in phases of the same length, between which the models change.

    `told` is the share of answers of which people say what they think; `detected`: the detector has had a look at the
    models before. With `worsens` the model that is in use gets worse at the end of each odd phase. `judged`: our
    promises are to hold in it.
    """

    name: str
    phases: Sequence[Sequence[Model]]
    told: float = 0.3
    situations: Sequence[tuple[Situation, float]] = ()
    detected: bool = True
    judged: bool = True
    worsens: bool = False


@dataclass(frozen=True)
class Request:
    """One request of a replayed trace: what each model would make of it, and what each is worth for it on average."""

    situation: Situation
    outcomes: Sequence[Outcome]
    worths: Sequence[float]
    begins_conversation: bool


def replayed(trace: Trace, seed: int, length: int) -> list[Request]:
    """The requests of a trace; the same for each way of choosing."""
    chance = random.Random(f"{trace.name} {seed}")
    situations = [situation for situation, _ in trace.situations] or [EVERYDAY]
    weights = [weight for _, weight in trace.situations] or [1.0]
    worths = {
        (phase, situation): [model.worth(situation) for model in models]
        for phase, models in enumerate(trace.phases)
        for situation in situations
    }
    requests = []
    for number in range(length):
        phase = number * len(trace.phases) // length
        situation = chance.choices(situations, weights)[0]
        outcomes = [
            _answer(place, model, situation, trace.told, chance) for place, model in enumerate(trace.phases[phase])
        ]
        requests.append(Request(situation, outcomes, worths[phase, situation], chance.random() < 0.2))
    return requests


def candidates(trace: Trace, seed: int) -> list[Candidate]:
    """The models as the selector gets them, with what the detector has found out before the first request."""
    chance = random.Random(f"{trace.name} {seed} detected")
    found = []
    for place, model in enumerate(trace.phases[0]):
        facts = _facts(model, chance) if trace.detected else {}
        found.append(
            candidate_of(
                key_of(place),
                setting=f"MODELS__{place}__",
                place=place,
                local=True,
                context=None,
                capabilities=ModelCapabilities(),
                facts=facts,
            )
        )
    return found


def key_of(place: int) -> ModelKey:
    """The key of the model at a place of the configuration."""
    return ModelKey("127.0.0.1:8080", f"model-{place}")


def _answer(place: int, model: Model, situation: Situation, told: float, chance: random.Random) -> Outcome:
    succeeded = chance.random() < model.success
    ttft = model.first_token(situation, chance.gauss(0, 1))
    speed = model.writes * math.exp(0.15 * chance.gauss(0, 1))
    good, says, again = chance.random() < model.quality_in(situation), chance.random() < told, chance.random() < 0.3
    unhappy = Reaction.AGAIN if again else Reaction.BAD
    if not succeeded:
        return Outcome(key_of(place), situation, succeeded=False)
    reaction = (Reaction.GOOD if good else unhappy) if says else None
    return Outcome(key_of(place), situation, True, ttft, speed, reaction)


def _facts(model: Model, chance: random.Random) -> dict[Ability, Fact]:
    seems = model.quality if model.seems is None else model.seems
    done = sum(chance.random() < seems for _ in range(PROBED))
    low, high = wilson(done, PROBED)
    values = (
        (Ability.INSTRUCTIONS, Fact(done / PROBED, Source.PROBE, 0.6, NOW, low, high)),
        (Ability.PREFILL_SPEED, Fact(model.reads * math.exp(0.1 * chance.gauss(0, 1)), Source.PROBE, 0.9, NOW)),
        (Ability.DECODE_SPEED, Fact(model.writes * math.exp(0.1 * chance.gauss(0, 1)), Source.PROBE, 0.9, NOW)),
    )
    return dict(values)


def _in(kind: MessageKind, language: str, length: Length) -> Situation:
    return Situation(Task.CHAT, kind, language, length)


EVERYDAY = _in(MessageKind.CHAT, "ru", Length.SHORT)
SITUATIONS = (
    (EVERYDAY, 0.4),
    (_in(MessageKind.CHAT, "en", Length.SHORT), 0.15),
    (_in(MessageKind.CODE, "en", Length.MEDIUM), 0.15),
    (_in(MessageKind.CHAT, "ru", Length.MEDIUM), 0.2),
    (_in(MessageKind.SUMMARY, "ru", Length.LONG), 0.1),
)
