"""How long one decision takes, while what is known changes with each answer."""

from __future__ import annotations

import random
import statistics
import time

from bench.selection.world import SITUATIONS, Model, Trace, candidates
from llm.selection.outcomes import Outcome, Reaction
from llm.selection.selector import ModelSelector
from llm.selection.values import Wanted

TARGETS = 8
MOST_DECISION_US = 30.0
DECISIONS = 4000
WARM_UP = 500


def decision_us(seed: int) -> float:
    """The median time of a decision in microseconds, each in another situation and after another outcome."""
    chance = random.Random(seed)
    among = candidates(Trace("eight targets", ((Model(0.7),) * TARGETS,)), seed)
    selector = ModelSelector(randomness=random.Random(seed), monotonic=time.monotonic)
    taken = []
    for number in range(WARM_UP + DECISIONS):
        wanted = Wanted(chance.choice(SITUATIONS)[0], prompt_tokens=800, answered_before=among[0].key)
        began = time.perf_counter()
        decision = selector.decide(among, wanted)
        took = time.perf_counter() - began
        if number >= WARM_UP:
            taken.append(took)
        reaction = Reaction.GOOD if chance.random() < 0.3 else None
        asked = decision.order[0].candidate.key
        selector.learn(Outcome(asked, wanted.situation, chance.random() < 0.98, 1.5, 25.0, reaction))
    return statistics.median(taken) * 1e6
