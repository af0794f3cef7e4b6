"""Which of the targets is asked first for a message: the selector's choice, explained, and learned from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm.capabilities.facts import ModelKey
from llm.clock import Clock
from llm.errors import NoModelAvailable
from llm.monitoring import AttemptRecord
from llm.routing.breaker import BreakerState
from llm.routing.spending import Spending
from llm.routing.target import Target
from llm.selection.candidates import candidate_of
from llm.selection.explanation import Explanation
from llm.selection.outcomes import Reaction, outcome_of
from llm.selection.selector import ModelSelector
from llm.selection.values import UNKNOWN_LANGUAGE, Bar, Candidate, Decision, Hindrance, Length, Situation, Wanted
from llm.tasks.classification import MessageKind, language_of
from llm.types import ChatRequest, Role

MOST_REMEMBERED = 1000
"""So many decisions, and so many conversations, are remembered."""
MOST_KEPT = 200
"""So many explanations outlive a restart."""
MOST_MADE = 200
LOOKED_AT = 2000
"""Of a message so many characters tell its language."""
LEAST_ANSWER_TOKENS = 256
# Not a set: hashing each state anew would take longer than the rest of the look at a breaker.
_RESTING = (BreakerState.OPEN, BreakerState.RATE_LIMITED, BreakerState.CONFIG_ERROR)
CHARACTERS_PER_TOKEN = 3
_KINDS = frozenset(kind.value for kind in MessageKind)


@dataclass(frozen=True, slots=True)
class _Made:
    """A candidate, and the state of its target that it was made from; it keeps the target, whose number is its key."""

    revision: object
    target: Target
    candidate: Candidate


@dataclass(slots=True)
class _Decided:
    """One decision, until its answers are there and people have said what they think of them."""

    decision: Decision
    conversation: str | None
    answered: ModelKey | None = None

    @property
    def situation(self) -> Situation:
        """In which it was made."""
        return self.decision.wanted.situation

    @property
    def explanation(self) -> Explanation:
        """What is told of it."""
        return Explanation.of(self.decision)


class Choosing:
    """Puts targets in order by what was learned of their models, and learns from what becomes of the answers."""

    def __init__(self, selector: ModelSelector, clock: Clock, spending: Spending | None = None) -> None:
        self.selector = selector
        self._clock = clock
        self._spending = spending
        self._made: dict[int, _Made] = {}
        self._decided: OrderedDict[int, _Decided] = OrderedDict()
        self._answered: OrderedDict[str, ModelKey] = OrderedDict()
        self._kept: OrderedDict[int, Explanation] = OrderedDict()

    def order(
        self, request: ChatRequest, targets: Sequence[Target], request_id: int, preferred: str | None = None
    ) -> tuple[Target, ...]:
        """The targets in the order in which they are to be asked; those that can't serve are left out.

        `preferred` is the model that an admin has put first.
        """
        candidates: list[Candidate] = []
        by_setting: dict[str, Target] = {}
        unknown: list[Target] = []
        for place, target in enumerate(targets):
            candidate = self._candidate(target, place)
            if candidate is None:
                unknown.append(target)
            else:
                candidates.append(candidate)
                by_setting[target.setting] = target
        wanted = self._wanted(request, preferred)
        hindered = {one.key: found for one in candidates if (found := self._hindered(one, by_setting, wanted))}
        decision = self.selector.decide(candidates, wanted, hindered)
        self._decided[request_id] = _Decided(decision, request.conversation)
        while len(self._decided) > MOST_REMEMBERED:
            self._decided.popitem(last=False)
        order = [by_setting[candidate.setting] for candidate in decision.everyone]
        return (*order, *unknown) or tuple(targets)

    def learn(self, record: AttemptRecord) -> None:
        """Take note of what became of one attempt."""
        decided = self._decided.get(record.request_id)
        if decided is None:
            return
        key = ModelKey(record.server, record.model)
        if record.success:
            decided.answered = key
            if decided.conversation is not None:
                self._answered[decided.conversation] = key
                self._answered.move_to_end(decided.conversation)
                while len(self._answered) > MOST_REMEMBERED:
                    self._answered.popitem(last=False)
        outcome = outcome_of(record, decided.situation)
        if outcome is not None:
            self.selector.learn(outcome)

    def react(self, request_id: int, reaction: str) -> None:
        """Take note of what a person says of an answer: `good`, `bad` or `again`."""
        decided = self._decided.get(request_id)
        if decided is not None and decided.answered is not None:
            self.selector.react(decided.answered, decided.situation, Reaction(reaction))

    def explanation(self, request_id: int) -> Explanation | None:
        """Why a message went where it did; None: it was decided by others, or too long ago."""
        decided = self._decided.get(request_id)
        return decided.explanation if decided is not None else self._kept.get(request_id)

    def values(self) -> object:
        """What was learned, and the newest explanations, as plain values."""
        explained = {**self._kept, **{number: one.explanation for number, one in self._decided.items()}}
        newest = list(explained.items())[-MOST_KEPT:]
        return {"selector": self.selector.snapshot(), "why": [[number, one.written()] for number, one in newest]}

    def take_over(self, values: object, age_seconds: float) -> bool:
        """Go on with what `values` gave so long ago; False when it can't be read."""
        match values:
            case {"selector": kept, "why": list(rows)}:
                for row in rows:
                    match row:
                        case [int(number), told] if (read := Explanation.read(told)) is not None:
                            self._kept[number] = read
                return self.selector.restore(kept, age_seconds=age_seconds)
        return False

    def _candidate(self, target: Target, place: int) -> Candidate | None:
        """What is known of a target's model, made anew when that has changed; None while there is no model."""
        source, made = target.source, self._made.get(id(target))
        if made is not None and made.revision is source.revision and made.candidate.place == place:
            return made.candidate
        try:
            client = source.client()
        except NoModelAvailable:
            return None
        candidate = candidate_of(
            ModelKey(client.server, client.config.name),
            setting=target.setting,
            place=place,
            local=source.local,
            context=source.context,
            capabilities=replace(source.capabilities, vision=source.sees),
            facts=source.facts,
            weight=client.config.weight,
        )
        if len(self._made) > MOST_MADE:  # those of models that were taken out of the settings
            self._made.clear()
        self._made[id(target)] = _Made(source.revision, target, candidate)
        return candidate

    def _wanted(self, request: ChatRequest, preferred: str | None) -> Wanted:
        newest = next((one.text for one in reversed(request.messages) if one.role is Role.USER), "")
        # What has to be read in any case: older turns are left out where they do not fit.
        system = sum(len(one.text) for one in request.messages if one.role is Role.SYSTEM)
        whole = sum(len(one.text) for one in request.messages)
        answer = request.max_tokens if request.max_tokens is not None else LEAST_ANSWER_TOKENS
        needed = (whole if request.whole else system + len(newest)) // CHARACTERS_PER_TOKEN + answer
        situation = Situation(
            request.task,
            MessageKind(request.kind) if request.kind in _KINDS else None,
            language_of(newest[:LOOKED_AT]) or UNKNOWN_LANGUAGE,
            Length.of(whole // CHARACTERS_PER_TOKEN),
        )
        before = self._answered.get(request.conversation) if request.conversation is not None else None
        return Wanted.of(request, situation, prompt_tokens=needed, preferred=preferred, answered_before=before)

    def _hindered(self, one: Candidate, by_setting: dict[str, Target], wanted: Wanted) -> Hindrance | None:
        target = by_setting[one.setting]
        if self._spending is not None:
            span = self._spending.exhausted(target.source.client().config, wanted.prompt_tokens)
            if span is not None:
                return Hindrance(Bar.OVER_BUDGET, span=span)
        if target.breaker.state in _RESTING:
            at = target.breaker.retry_at
            seconds = max(0.0, at - self._clock.monotonic()) if at is not None else None
            return Hindrance(Bar.RESTING, seconds=seconds)
        return None
