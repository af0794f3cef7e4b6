"""Chooses which models are asked for a message, and in which order: hard constraints first, then what was learned."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

from llm.capabilities.facts import ModelKey
from llm.selection.allowance import Allowance
from llm.selection.constraints import hindrance, is_last_resort
from llm.selection.knowledge import Knowledge, Places
from llm.selection.outcomes import Outcome, Reaction
from llm.selection.snapshot import read, written
from llm.selection.values import Because, Candidate, Decision, Excluded, Hindrance, Prior, Ranked, Situation, Wanted

CERTAIN = 0.95
"""From this probability on, that the leader is the best, nobody else is tried."""
STAY_WORTH = 0.01
"""So much a model is thought more of that has the conversation in its memory, and its own way of speaking in it."""
HALF_LIFE_SECONDS = 14 * 24 * 3600.0
"""In this time a half of what is known loses its worth, whether anything happens or not."""
AGED_EVERY_SECONDS = 3600.0
LOOKED_AT_EVERY = 16
"""After so many outcomes it is looked again at what those in other situations and of other models have changed."""
_ROOT_2 = math.sqrt(2.0)
_NOTHING: Mapping[ModelKey, Hindrance] = MappingProxyType({})


@dataclass(slots=True)
class _View:
    """What is thought of a candidate in one situation, good until the outcomes have reached a number."""

    candidate: Candidate
    ranked: Ranked
    mean: float
    spread: float
    until: int


@dataclass(slots=True)
class _Known:
    """A situation that was met, with what is thought of the candidates in it, by their settings."""

    places: Places
    views: dict[str, _View] = field(default_factory=dict)


@dataclass(slots=True)
class _Choice:
    """An order, its reason, and what it rests on."""

    order: list[Ranked]
    because: Because
    leader: Candidate | None = None
    certainty: float | None = None


_Weighed = tuple[float, _View]
"""What a model is worth for one message, and why."""

_place = attrgetter("place")


class ModelSelector:
    """Puts the models in the order in which they are to be asked, and learns from what becomes of their answers.

    Models on machines of our own always come before those in a cloud, which stand as configured and are never tried
    out. Among our own the first is drawn at random from what each may be worth (Thompson's sampling), as long as the
    best is not certain and trials can be afforded (`Allowance`); the others follow by what is expected of them.
    `ordered` follows the configuration instead. A person's own choice goes before either, where it can serve.

    Nothing here waits or fails. Times are seconds of `monotonic`.
    """

    def __init__(self, *, randomness: random.Random, monotonic: Callable[[], float], ordered: bool = False) -> None:
        self.ordered = ordered
        self._random = randomness
        self._monotonic = monotonic
        self._knowledge = Knowledge()
        self._allowance = Allowance()
        self._priors: dict[ModelKey, Prior] = {}
        self._situations: dict[Situation, _Known] = {}
        self._outcomes = 0
        self._aged_at = monotonic()

    def decide(
        self, candidates: Iterable[Candidate], wanted: Wanted, hindered: Mapping[ModelKey, Hindrance] = _NOTHING
    ) -> Decision:
        """Say who is to be asked. `hindered` are those that can't be at this moment: the gravest reason of each."""
        able: list[Candidate] = []
        excluded: list[Excluded] = []
        for candidate in sorted(candidates, key=_place):
            found = hindrance(candidate, wanted)
            if hindered and (now := hindered.get(candidate.key)) is not None:
                found = found if found is not None and is_last_resort(now, wanted) else now
            if found is None:
                able.append(candidate)
            else:
                excluded.append(Excluded(candidate, found, is_last_resort(found, wanted)))
        if not able:
            because = Because.LAST_RESORT if any(one.last_resort for one in excluded) else Because.NOBODY
            return Decision(wanted, because, (), tuple(excluded))
        wish = _wish(able, wanted)
        if self.ordered:
            choice = _Choice([Ranked(candidate) for candidate in able], Because.ORDERED)
        else:
            choice = self._choose(able, wanted, may_try=wish is None)
        if wish is not None:
            name, choice.because = wish
            choice.order.sort(key=lambda ranked: ranked.candidate.key.model != name)
        return Decision(wanted, choice.because, tuple(choice.order), tuple(excluded), choice.leader, choice.certainty)

    def learn(self, outcome: Outcome) -> bool:
        """Take note of what became of an answer; what comes of a model that was never weighed says nothing.

        Gives whether it shows that the model has changed of a sudden, and is worth being looked at anew.
        """
        prior = self._priors.get(outcome.key)
        if prior is None:
            return False
        self._age()
        known = self._known(outcome.situation)
        changed = self._knowledge.learn(outcome, known.places, prior)
        self._learned(outcome.key, known, changed=changed)
        return changed

    def react(self, key: ModelKey, situation: Situation, reaction: Reaction) -> bool:
        """Take note of what a person says of an answer whose outcome was known before; gives what `learn` does."""
        prior = self._priors.get(key)
        if prior is None:
            return False
        known = self._known(situation)
        changed = self._knowledge.react(key, known.places, prior, reaction)
        self._learned(key, known, changed=changed)
        return changed

    def forget(self, key: ModelKey) -> None:
        """Forget what was learned of a model, since its file, its version or its server is another one now."""
        self._knowledge.forget(key)
        self._allowance.forget(key)
        self._priors.pop(key, None)
        self._situations.clear()

    def snapshot(self) -> dict[str, object]:
        """All that was learned, as plain values for `restore`."""
        self._age(at_once=True)
        self._situations.clear()
        return written(self._knowledge, self._allowance)

    def restore(self, snapshot: object, *, age_seconds: float = 0.0) -> bool:
        """Take over what `snapshot` gave that long ago; False, and nothing is changed, when it can't be read."""
        found = read(snapshot)
        if found is None:
            return False
        self._knowledge, self._allowance = found
        self._knowledge.age(_left_after(max(0.0, age_seconds)))
        self._situations.clear()
        self._aged_at = self._monotonic()
        return True

    def _choose(self, able: Sequence[Candidate], wanted: Wanted, *, may_try: bool) -> _Choice:
        """Our own by what was learned, those in a cloud behind them as configured."""
        self._age()
        known = self._known(wanted.situation)
        clouds: list[Ranked] = []
        weighed: list[_Weighed] = []
        for candidate in able:
            if not candidate.local:
                clouds.append(Ranked(candidate))
                continue
            view = known.views.get(candidate.setting)
            if view is None or view.candidate is not candidate or view.until <= self._outcomes:
                view = self._look_at(candidate, known)
            stays = wanted.answered_before is not None and candidate.key == wanted.answered_before
            weighed.append((view.mean + STAY_WORTH if stays else view.mean, view))
        if len(weighed) < 2:
            order = [view.ranked for _, view in weighed]
            return _Choice(order + clouds, Because.ONLY if weighed else Because.CLOUD)
        weighed.sort(key=_worth, reverse=True)
        leader = weighed[0][1]
        self._allowance.earn(leader.mean)
        certainty = _certainty(weighed)
        because = Because.BEST if certainty >= CERTAIN else Because.AHEAD
        if any(view.mean > leader.mean for _, view in weighed):
            because = Because.STAYS
        if may_try and certainty < CERTAIN and (tried := self._drawn(weighed)):
            weighed.insert(0, weighed.pop(tried))
            because = Because.TRIED
        order = [view.ranked for _, view in weighed]
        return _Choice(order + clouds, because, leader.candidate, certainty)

    def _drawn(self, weighed: Sequence[_Weighed]) -> int:
        """The place of who has the highest of the values drawn from what each may be worth, if it can be afforded."""
        gauss = self._random.gauss
        drawn = [gauss(worth, view.spread) for worth, view in weighed]
        tried = drawn.index(max(drawn))
        return tried if tried and self._allowance.pay(weighed[0][0] - weighed[tried][0]) else 0

    def _known(self, situation: Situation) -> _Known:
        known = self._situations.get(situation)
        if known is None:
            known = self._situations[situation] = _Known(Places.of(situation))
        return known

    def _look_at(self, candidate: Candidate, known: _Known) -> _View:
        """Put together what a candidate is worth in a situation, and keep it for a while."""
        if self._priors.get(candidate.key) is not candidate.prior:
            self._priors[candidate.key] = candidate.prior
            self._allowance.meet(candidate.key)
        worth = self._knowledge.worth(candidate.key, known.places, candidate.prior)
        ranked = Ranked(candidate, worth.mean, worth.spread, worth.answers)
        # Not all at the same time: no decision has to wait for many of them.
        until = self._outcomes + LOOKED_AT_EVERY + candidate.place % LOOKED_AT_EVERY
        mean, spread = worth.mean * candidate.weight, worth.spread * candidate.weight
        view = known.views[candidate.setting] = _View(candidate, ranked, mean, spread, until)
        return view

    def _learned(self, key: ModelKey, known: _Known, *, changed: bool) -> None:
        """Look again at what an outcome has changed, now that nobody waits for it."""
        self._outcomes += 1
        if changed:
            self._allowance.renew()
            self._situations.clear()
            return
        for view in tuple(known.views.values()):
            if view.candidate.key == key:
                self._look_at(view.candidate, known)

    def _age(self, *, at_once: bool = False) -> None:
        now = self._monotonic()
        passed = now - self._aged_at
        if passed >= AGED_EVERY_SECONDS or (at_once and passed > 0):
            self._knowledge.age(_left_after(passed))
            self._situations.clear()
            self._aged_at = now


def _worth(weighed: _Weighed) -> float:
    return weighed[0]


def _wish(able: Sequence[Candidate], wanted: Wanted) -> tuple[str, Because] | None:
    """The model that somebody has chosen, if it can serve the message; a person's choice goes before an admin's."""
    for name, because in ((wanted.own_choice, Because.OWN_CHOICE), (wanted.preferred, Because.PREFERRED)):
        if name is not None and any(candidate.key.model == name for candidate in able):
            return name, because
    return None


def _certainty(weighed: Sequence[_Weighed]) -> float:
    """The least probability that the first is the best: each of the others may be better on its own account."""
    (best, leader), doubt = weighed[0], 0.0
    for worth, view in weighed[1:]:
        doubt += 0.5 * math.erfc((best - worth) / (_ROOT_2 * math.hypot(leader.spread, view.spread)))
    return max(0.0, 1.0 - doubt)


def _left_after(seconds: float) -> float:
    return float(0.5 ** (seconds / HALF_LIFE_SECONDS))
