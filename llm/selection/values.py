"""What a choice is made from and what it gives: who is there, what is wanted, who is asked in which order, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from llm.capabilities.facts import ModelKey
from llm.pictures import asks_about_pictures
from llm.spans import Span
from llm.tasks.classification import MessageKind
from llm.types import ChatRequest, ModelCapabilities, Task

UNKNOWN_LANGUAGE = "und"


class Length(StrEnum):
    """How long a prompt is: what decides how long a model reads before it begins."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"

    @classmethod
    def of(cls, tokens: int) -> Length:
        """The length of a prompt of so many tokens."""
        if tokens < MEDIUM_TOKENS:
            return cls.SHORT
        return cls.MEDIUM if tokens < LONG_TOKENS else cls.LONG


MEDIUM_TOKENS = 1000
LONG_TOKENS = 6000


@dataclass(frozen=True, slots=True)
class Situation:
    """What kind of request it is: in each, models are learned of separately. `language` is two letters, or `und`."""

    task: Task = Task.CHAT
    kind: MessageKind | None = None
    language: str = UNKNOWN_LANGUAGE
    length: Length = Length.SHORT


@dataclass(frozen=True, slots=True)
class Prior:
    """What is expected of a model before it has answered anybody, each 0 to 1, with how far off that may be.

    `quality` is how good its answers are; `pace`, for each length, how well people can bear to wait for it. Spreads are
    standard deviations.
    """

    quality: float
    quality_spread: float
    pace: Mapping[Length, float]
    pace_spread: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model on one server, as far as it stays the same from one message to the next; make it once.

    `setting` is what the names of its settings begin with, `place` where it stands in the configuration from 0,
    `local` whether it is on a machine of our own. `context` is what it holds, in tokens; `languages` which languages it
    is known to speak or not to speak. None, or a language that is not there: not known, which bars nobody. What is
    thought of its answers is taken `weight` times.
    """

    key: ModelKey
    setting: str
    place: int
    local: bool
    prior: Prior
    context: int | None = None
    capabilities: ModelCapabilities = ModelCapabilities()  # noqa: RUF009 - frozen
    tools: bool | None = None
    languages: Mapping[str, bool] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one message needs.

    `prompt_tokens` is what must be read and the answer that must fit: of a conversation that may be cut not its older
    part, else every long one would be the cloud's. With `whole` nothing may be cut. `own_choice` is the model that the
    person has chosen, by its name, `preferred` the one that an admin has put first; `answered_before` the one that gave
    the last answer of the conversation, which does not have to read it anew.
    """

    situation: Situation
    prompt_tokens: int = 0
    whole: bool = False
    vision: bool = False
    json: bool = False
    tools: bool = False
    local_only: bool = False
    own_choice: str | None = None
    preferred: str | None = None
    answered_before: ModelKey | None = None

    @classmethod
    def of(
        cls,
        request: ChatRequest,
        situation: Situation,
        *,
        prompt_tokens: int,
        preferred: str | None = None,
        answered_before: ModelKey | None = None,
    ) -> Wanted:
        """What a request needs by itself, and what people and admins wish."""
        return cls(
            situation,
            prompt_tokens,
            whole=request.whole,
            vision=asks_about_pictures(request.messages),
            json=request.json is not None,
            tools=bool(request.tools),
            local_only=request.at_home,
            own_choice=request.own_choice,
            preferred=preferred,
            answered_before=answered_before,
        )


class Bar(StrEnum):
    """What keeps a model from serving a message."""

    PAUSED = "paused"
    """An admin has taken it out."""
    LOCAL_ONLY = "local_only"
    """The message must not leave the house."""
    OVER_BUDGET = "over_budget"
    VISION = "vision"
    """There is a picture, and it sees none."""
    JSON = "json"
    TOOLS = "tools"
    CONTEXT = "context"
    """The message is too long for it."""
    LANGUAGE = "language"
    """It does not answer in the language of the message."""
    RESTING = "resting"
    """It has failed, and its breaker lets nobody through for a while."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a model can't serve a message, with the value that says how much.

    `holds` is the context of one that is too short, in tokens; `span` the cap that would be exceeded; `seconds` how
    long one still rests.
    """

    bar: Bar
    holds: int | None = None
    span: Span | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Excluded:
    """A model that can't serve a message, or not well.

    With `last_resort` it may still be asked when all others have failed: a poor answer is better than none.
    """

    candidate: Candidate
    hindrance: Hindrance
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A model that can serve a message, and what was thought of it where it was weighed against others.

    `expected` is how well it is thought to do, 0 to 1, with `spread` as the standard deviation of that; `answers` is
    how many answers in such situations speak for it, as far as they are not forgotten. None where nothing was weighed:
    in a cloud, and where the configuration is followed.
    """

    candidate: Candidate
    expected: float | None = None
    spread: float | None = None
    answers: float = 0.0


class Because(StrEnum):
    """Why a model is asked first."""

    OWN_CHOICE = "own_choice"
    """The person has chosen it."""
    PREFERRED = "preferred"
    """An admin has put it first."""
    ORDERED = "ordered"
    """It is the first in the configuration, which is followed strictly."""
    ONLY = "only"
    """No other one on a machine of ours can serve the message."""
    BEST = "best"
    """It is the best for such messages, with certainty."""
    AHEAD = "ahead"
    """It has done best so far; another one may still turn out to be better."""
    TRIED = "tried"
    """Another one has done better so far; this one may be better still, which its answers are to show."""
    STAYS = "stays"
    """It has the conversation in its memory, and the others are hardly better."""
    CLOUD = "cloud"
    """No model on a machine of ours can serve the message."""
    LAST_RESORT = "last_resort"
    """None can serve it well."""
    NOBODY = "nobody"
    """None can serve it at all: there is no first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is to be asked, in this order, and why the first one is the first.

    `certainty` is the probability that the best on average, `leader`, is the best; None where nothing was weighed.
    `excluded` are those that can't serve the message, in the order of the configuration.
    """

    wanted: Wanted
    because: Because
    order: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...] = ()
    leader: Candidate | None = None
    certainty: float | None = None

    @property
    def first(self) -> Candidate | None:
        """Who is asked first; None: nobody can be."""
        return next(iter(self.everyone), None)

    @property
    def everyone(self) -> tuple[Candidate, ...]:
        """All that may be asked, one after another: those who can serve the message, then the last resorts."""
        able = tuple(ranked.candidate for ranked in self.order)
        return able + tuple(one.candidate for one in last_resorts(self.excluded, self.wanted.own_choice))

    @property
    def refused_choice(self) -> Excluded | None:
        """The person's own choice, where it can't serve this message and another one has to."""
        return next((one for one in self.excluded if one.candidate.key.model == self.wanted.own_choice), None)


def last_resorts(excluded: tuple[Excluded, ...], own_choice: str | None) -> list[Excluded]:
    """Those that are asked when all others have failed: the person's choice, what is ours, what holds more."""
    return sorted(
        (one for one in excluded if one.last_resort),
        key=lambda one: (
            one.candidate.key.model != own_choice,
            not one.candidate.local,
            one.hindrance.bar is Bar.CONTEXT,
            -(one.hindrance.holds or 0),
        ),
    )
