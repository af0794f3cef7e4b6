"""What is known of a model, each value with where it is from, how sure it is, and when it was found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from llm.types import JsonMode, ModelCapabilities

FactValue = bool | int | float | str


class Ability(StrEnum):
    """What is found out, with the kind of its value."""

    CONTEXT = "max_context"
    """Tokens that are really served."""
    SILENT_CUT = "silent_truncation"
    """Whether too long a prompt is cut with a good status."""
    SYSTEM = "system_role"
    """A `SystemMessages`."""
    JSON = "json"
    """The surest `JsonMode` that works, or `none`."""
    INSTRUCTIONS = "instruction_following"
    """0 to 1, with the interval in which it lies in 95 of 100 cases."""
    ENGLISH = "english"
    RUSSIAN = "russian"
    THINKING = "thinking"
    """A `Thinking`."""
    VISION = "vision"
    TOOLS = "tools"
    STREAMING = "streaming"
    """Whether answers come piece by piece."""
    STOP = "stop_strings"
    PREFILL = "prefill"
    """Whether it goes on with an answer that was begun."""
    PREFILL_SPEED = "prefill_speed"
    """Tokens of a prompt read in a second."""
    DECODE_SPEED = "decode_speed"
    """Tokens of an answer written in a second."""
    LOAD_SECONDS = "load_seconds"


MEASURES = frozenset({Ability.INSTRUCTIONS, Ability.PREFILL_SPEED, Ability.DECODE_SPEED, Ability.LOAD_SECONDS})
"""Of these each run gives a slightly different value, which is no change of the model."""


class SystemMessages(StrEnum):
    """What becomes of a system message."""

    HONOURED = "honoured"
    IGNORED = "ignored"
    REFUSED = "refused"


class Thinking(StrEnum):
    """Whether a model reasons before it answers."""

    NONE = "none"
    OPTIONAL = "optional"
    """It can be told not to."""
    ALWAYS = "always"


NO_JSON = "none"


class Source(StrEnum):
    """Where a value is from, the most trusted first."""

    SETTINGS = "settings"
    SERVER = "server"
    """The server's own interface."""
    PROBE = "probe"
    """The model was asked."""
    TABLE = "table"
    """What is known of the family of models or the kind of server."""
    DEFAULT = "default"
    """An assumption."""


RANKS = tuple(Source)
GUESSES = frozenset({Source.TABLE, Source.DEFAULT})


@dataclass(frozen=True, slots=True)
class Fact:
    """One value; `confidence` is 0 to 1, `low` and `high` an interval that holds in 95 of 100 cases."""

    value: FactValue
    source: Source
    confidence: float
    at: datetime
    low: float | None = None
    high: float | None = None


Facts = Mapping[Ability, Fact]


@dataclass(frozen=True, slots=True)
class ModelKey:
    """Which model on which server (`127.0.0.1:11434`)."""

    server: str
    model: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was concluded of a model, when, and for which state of its server and its file."""

    fingerprint: str
    facts: Facts
    at: datetime

    @property
    def capabilities(self) -> ModelCapabilities:
        """The values in the form that requests are prepared with."""
        return capabilities_of(self.facts)


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is another one than before; None: there was none, or there is none any more."""

    ability: Ability
    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class Detection:
    """The result of one detection. `before` is what was known until then, `calls` how often the model was asked.

    `skipped` says why the model was not asked: `cloud`, `budget`, `switched_off`; empty: it was.
    """

    key: ModelKey
    fingerprint: str
    facts: Facts
    before: Known | None = None
    calls: int = 0
    skipped: str = ""

    @property
    def capabilities(self) -> ModelCapabilities:
        """The values in the form that requests are prepared with."""
        return capabilities_of(self.facts)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is another value than before; measured speeds and shares always differ a little and are left out."""
        before = self.before.facts if self.before is not None else {}
        found = []
        for ability in Ability:
            old, new = before.get(ability), self.facts.get(ability)
            same = (old and old.value) == (new and new.value)
            if ability not in MEASURES and not same:
                found.append(Change(ability, old, new))
        return tuple(found)


def best(candidates: Iterable[Fact]) -> Fact | None:
    """Which of several values for one ability holds: what was set, else the surest, else the better source.

    Where several sources say the same, it is the best of them that has said it, and as surely as any of them.
    """
    several = tuple(candidates)
    first = max(
        several,
        key=lambda fact: (fact.source is Source.SETTINGS, fact.confidence, -RANKS.index(fact.source)),
        default=None,
    )
    if first is None:
        return None
    agreed = [fact for fact in several if fact.value == first.value and fact.source not in GUESSES]
    source = min((fact.source for fact in agreed), key=RANKS.index, default=first.source)
    return replace(first, source=source)


def joined(new: Facts, before: Known | None, fingerprint: str) -> dict[Ability, Fact]:
    """New facts, and in the place of mere guesses what was known: a probe that failed takes nothing away.

    What was known of another file, or another version of the server, is worth half.
    """
    facts = dict(new)
    if before is None:
        return facts
    share = 1.0 if before.fingerprint == fingerprint else 0.5
    for ability, old in before.facts.items():
        if old.source in GUESSES or old.source is Source.SETTINGS:
            continue
        now = facts.get(ability)
        if now is None or (now.source in GUESSES and now.confidence <= old.confidence * share):
            facts[ability] = Fact(old.value, old.source, old.confidence * share, old.at, old.low, old.high)
    return facts


LEAST_BELIEVED = 0.6
"""What is less sure is shown and not acted upon."""


def capabilities_of(facts: Facts) -> ModelCapabilities:
    """What is sure enough to act upon."""
    sure = {ability: fact.value for ability, fact in facts.items() if fact.confidence >= LEAST_BELIEVED}
    context, json = sure.get(Ability.CONTEXT), sure.get(Ability.JSON)
    system, thinking = sure.get(Ability.SYSTEM), sure.get(Ability.THINKING)
    share = facts.get(Ability.INSTRUCTIONS)
    return ModelCapabilities(
        max_context=int(context) if isinstance(context, int) else None,
        supports_json=None if json is None else json != NO_JSON,
        system_role=None if system is None else system == SystemMessages.HONOURED,
        vision=_yes(sure.get(Ability.VISION)),
        instruction_following=None if share is None else float(share.value),
        json_mode=JsonMode(json) if isinstance(json, str) and json != NO_JSON else None,
        thinking_switch=False if thinking == Thinking.ALWAYS else None,
        prefill=_yes(sure.get(Ability.PREFILL)),
        silent_truncation=_yes(sure.get(Ability.SILENT_CUT)),
    )


def merged(configured: ModelCapabilities, detected: ModelCapabilities) -> ModelCapabilities:
    """What is configured, and what was found out where nothing is."""
    names = ModelCapabilities.__dataclass_fields__
    values = {name: getattr(configured, name) for name in names}
    return ModelCapabilities(
        **{name: getattr(detected, name) if value is None else value for name, value in values.items()}
    )


def _yes(value: FactValue | None) -> bool | None:
    return value if isinstance(value, bool) else None
