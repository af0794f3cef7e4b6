"""Why a message went to a model, in the form that is kept with the message and told when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llm.selection.values import Bar, Because, Decision, Hindrance, Length, Situation
from llm.spans import Span
from llm.tasks.classification import MessageKind
from llm.types import Task


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stood when it was decided; `expected` and `answers` as in `Ranked`."""

    model: str
    expected: float | None = None
    answers: float = 0.0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A model that could not serve the message, and why."""

    model: str
    hindrance: Hindrance


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is told of a decision: names of models, and no address of a server.

    `order` is who was to be asked, `leader` who was thought the best, with `certainty` as the probability of that.
    `own_choice` is the model that the person had chosen, whether it could serve the message or not.
    """

    because: Because
    situation: Situation
    order: tuple[Standing, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    leader: str | None = None
    certainty: float | None = None
    own_choice: str | None = None

    @classmethod
    def of(cls, decision: Decision) -> Explanation:
        """The explanation of a decision."""
        return cls(
            decision.because,
            decision.wanted.situation,
            tuple(Standing(one.candidate.key.model, one.expected, one.answers) for one in decision.order),
            tuple(Obstacle(one.candidate.key.model, one.hindrance) for one in decision.excluded),
            decision.leader.key.model if decision.leader is not None else None,
            decision.certainty,
            decision.wanted.own_choice,
        )

    def written(self) -> dict[str, object]:
        """As plain values, for `read`."""
        situation = self.situation
        return {
            "because": self.because.value,
            "task": situation.task.value,
            "kind": situation.kind.value if situation.kind is not None else None,
            "language": situation.language,
            "length": situation.length.value,
            "order": [[one.model, one.expected, one.answers] for one in self.order],
            "obstacles": [[one.model, *_written(one.hindrance)] for one in self.obstacles],
            "leader": self.leader,
            "certainty": self.certainty,
            "own_choice": self.own_choice,
        }

    @classmethod
    def read(cls, value: object) -> Explanation | None:
        """What `written` gave; None for anything else."""
        try:
            return _read(value) if isinstance(value, Mapping) else None
        except (KeyError, TypeError, ValueError):
            return None


def _written(hindrance: Hindrance) -> tuple[object, ...]:
    span = hindrance.span.value if hindrance.span is not None else None
    return hindrance.bar.value, hindrance.holds, span, hindrance.seconds


def _read(told: Mapping[object, object]) -> Explanation:
    kind = _text_or_none(told["kind"])
    situation = Situation(
        Task(_text(told["task"])),
        MessageKind(kind) if kind is not None else None,
        _text(told["language"]),
        Length(_text(told["length"])),
    )
    return Explanation(
        Because(_text(told["because"])),
        situation,
        tuple(_standing(row) for row in _rows(told["order"])),
        tuple(_obstacle(row) for row in _rows(told["obstacles"])),
        _text_or_none(told["leader"]),
        _number(told["certainty"]),
        _text_or_none(told["own_choice"]),
    )


def _standing(row: list[object]) -> Standing:
    model, expected, answers = row
    return Standing(_text(model), _number(expected), _number(answers) or 0.0)


def _obstacle(row: list[object]) -> Obstacle:
    model, bar, holds, span, seconds = row
    tokens, cap = _number(holds), _text_or_none(span)
    hindrance = Hindrance(
        Bar(_text(bar)),
        holds=int(tokens) if tokens is not None else None,
        span=Span(cap) if cap is not None else None,
        seconds=_number(seconds),
    )
    return Obstacle(_text(model), hindrance)


def _rows(value: object) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise TypeError("no rows")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("no number")
    return float(value)
