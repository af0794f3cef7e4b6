"""A household of models, and ways to let them answer many times."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from llm.capabilities.facts import ModelKey
from llm.selection.candidates import prior_of
from llm.selection.outcomes import Outcome, Reaction
from llm.selection.selector import ModelSelector
from llm.selection.values import Candidate, Decision, Hindrance, Length, Situation, Wanted
from llm.tasks.classification import MessageKind
from llm.types import ModelCapabilities, Task

TALK = Situation(Task.CHAT, MessageKind.CHAT, "ru", Length.SHORT)
CODE = Situation(Task.CHAT, MessageKind.CODE, "en", Length.MEDIUM)
MESSAGE = Wanted(TALK, prompt_tokens=500)


def candidate(name: str, place: int = 0, *, local: bool = True, **more: object) -> Candidate:
    """A model of which nothing is known but what is given."""
    capabilities = {key: more.pop(key) for key in ("vision", "supports_json") if key in more}
    return Candidate(
        ModelKey("127.0.0.1:1" if local else "api.x.test", name),
        f"MODELS__{place}__",
        place,
        local,
        prior=prior_of({}, place),
        capabilities=ModelCapabilities(**capabilities),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def names(decision: Decision) -> list[str]:
    """Who can serve the message, in the order of the decision."""
    return [ranked.candidate.key.model for ranked in decision.order]


def everyone(decision: Decision) -> list[str]:
    """The same with the last resorts."""
    return [one.key.model for one in decision.everyone]


@dataclass
class Household:
    """A selector with a clock of its own; `good` is how often an answer of each model is liked."""

    candidates: Sequence[Candidate]
    seed: int = 1
    ordered: bool = False
    seconds: float = 1000.0
    hindered: dict[ModelKey, Hindrance] = field(default_factory=dict)
    selector: ModelSelector = field(init=False)

    def __post_init__(self) -> None:
        print(f"seed {self.seed}")  # noqa: T201 - shown when the test fails
        self.chance = random.Random(self.seed)
        self.selector = ModelSelector(
            randomness=random.Random(self.seed), monotonic=lambda: self.seconds, ordered=self.ordered
        )

    def decide(self, wanted: Wanted = MESSAGE) -> Decision:
        """Who is asked for a message."""
        return self.selector.decide(self.candidates, wanted, self.hindered)

    def answer(
        self, good: dict[str, float], times: int, wanted: Wanted = MESSAGE, ttft: Callable[[str], float] = lambda _: 1.0
    ) -> list[Decision]:
        """Let whoever is asked answer that often; people say each time whether they like it."""
        decisions = []
        for _ in range(times):
            self.seconds += 60.0
            decision = self.decide(wanted)
            asked = decision.order[0].candidate.key
            liked = self.chance.random() < good[asked.model]
            self.said(asked, Reaction.GOOD if liked else Reaction.BAD, wanted.situation, ttft(asked.model))
            decisions.append(decision)
        return decisions

    def said(self, key: ModelKey, reaction: Reaction | None, situation: Situation = TALK, ttft: float = 1.0) -> None:
        """One whole answer of a model."""
        self.selector.learn(Outcome(key, situation, True, ttft, 25.0, reaction))

    def failed(self, key: ModelKey, situation: Situation = TALK) -> None:
        """An answer of a model that did not come."""
        self.selector.learn(Outcome(key, situation, succeeded=False))


def share(decisions: Sequence[Decision], name: str) -> float:
    """How often a model was asked first."""
    return sum(one.order[0].candidate.key.model == name for one in decisions) / len(decisions)
