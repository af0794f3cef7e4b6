"""What became of an answer, and what it was worth: success, how well the wait could be borne, what people said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from llm.capabilities.facts import ModelKey
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.selection.values import Situation
from llm.types import Task

HALF_BORNE_SECONDS = 6.0
"""A first token that takes so long is worth half of one that comes at once. Up to 1 s people do not lose their thread,
after 10 s most have turned to something else (Nielsen, Usability Engineering, 5.5): 0.94 and 0.32."""
_STEEPNESS = 1.5
READING_SPEED = 8.0
"""Tokens a second that a person reads; three times as many are no better than twice as many."""

PACE_SHARES = {Task.CHAT: 0.35, Task.CLASSIFICATION: 0.5, Task.AUGMENTATION: 0.1, Task.PROBE: 0.0}
"""How much the wait counts beside the answer: before a classification all others wait, for a summary nobody does."""

BLAMELESS = frozenset(
    {
        FailureKind.CANCELLED,
        FailureKind.BAD_REQUEST,
        FailureKind.CONTENT_FILTER,
        FailureKind.CONTEXT_OVERFLOW,
        FailureKind.RATE_LIMIT,
        FailureKind.QUOTA,
        FailureKind.AUTH,
        FailureKind.MODEL_MISSING,
    }
)
"""Failures that say nothing about how well a model answers: the request's, a person's, a setting's."""


class Reaction(StrEnum):
    """What a person has said about an answer."""

    GOOD = "good"
    BAD = "bad"
    AGAIN = "again"
    """They asked for another answer."""

    @property
    def worth(self) -> float:
        """0 to 1."""
        return _WORTHS[self]


_WORTHS = {Reaction.GOOD: 1.0, Reaction.BAD: 0.0, Reaction.AGAIN: 0.2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer of a model.

    Times as in `AttemptRecord`; None where they are not known. `reaction` is what a person said, if it is known by now:
    what is said later goes to `ModelSelector.react`.
    """

    key: ModelKey
    situation: Situation
    succeeded: bool
    ttft_seconds: float | None = None
    tokens_per_second: float | None = None
    reaction: Reaction | None = None

    @property
    def pace(self) -> float | None:
        """How well the wait could be borne; None for an answer that did not come, or whose times are not known."""
        return pace(self.ttft_seconds, self.tokens_per_second) if self.succeeded else None


def outcome_of(record: AttemptRecord, situation: Situation) -> Outcome | None:
    """What an attempt says about its model in the situation in which it was asked; None: nothing."""
    if record.failure in BLAMELESS or record.task is Task.PROBE:
        return None
    seconds = record.decode_seconds
    return Outcome(
        ModelKey(record.server, record.model),
        situation,
        succeeded=record.success,
        ttft_seconds=record.ttft_seconds,
        tokens_per_second=record.completion_tokens / seconds if seconds and record.completion_tokens else None,
    )


def pace(ttft_seconds: float | None, tokens_per_second: float | None) -> float | None:
    """How well a wait can be borne, 0 to 1, by the first token and by the speed of the rest, as far as they are known.

    Never falls when an answer gets faster.
    """
    if ttft_seconds is None and tokens_per_second is None:
        return None
    begun = 1.0 if ttft_seconds is None else 1 / (1 + (max(0.0, ttft_seconds) / HALF_BORNE_SECONDS) ** _STEEPNESS)
    written = 1.0 if tokens_per_second is None else 1 - math.exp(-max(0.0, tokens_per_second) / READING_SPEED)
    return begun * written


def utility(task: Task, success: float, quality: float, pace: float) -> float:
    """What an answer is worth, 0 to 1, or is expected to be, from its three parts of 0 to 1."""
    share = PACE_SHARES[task]
    return success * ((1 - share) * quality + share * pace)
