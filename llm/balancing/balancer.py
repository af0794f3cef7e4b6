"""Chooses among servers that have the same model the one that would be done soonest, and learns how fast they are."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from llm.balancing.affinity import Affinity
from llm.balancing.answers import AnswerLengths
from llm.balancing.choice import Choice, Reason
from llm.balancing.load import Estimate, ServerLoad
from llm.balancing.seat import Seat
from llm.balancing.work import ModelOnServer, Work

FEW = 8
"""Among so many all are compared; among more, two that are drawn and the one that knows the conversation."""
NEAR = 1.03
"""Who would be done so little later than the first is as good; which of them it is to be is drawn."""
OPTIMISM = 0.9
"""One that was never tried is thought to be so much faster than the fastest."""


@dataclass(slots=True)
class _Offer:
    target: ModelOnServer
    server: ServerLoad
    estimate: Estimate
    cached: float
    answer: float
    tried: bool
    total: float


class Balancer:
    """All servers, what is known of them, and which conversation is cached where.

    Requests under way count from the moment they begin, so that many at the same time do not all go to the same
    server. Nothing here waits; `few` is how many candidates are all compared.
    """

    def __init__(self, monotonic: Callable[[], float], randomness: random.Random, *, few: int = FEW) -> None:
        self.affinity = Affinity()
        self.answers = AnswerLengths()
        self.servers: dict[str, ServerLoad] = {}
        self.monotonic = monotonic
        self._random = randomness
        self._few = few
        self._watchers: list[Callable[[Seat], None]] = []

    def server(self, name: str) -> ServerLoad:
        """The server of this name, known from now on."""
        found = self.servers.get(name)
        if found is None:
            found = self.servers[name] = ServerLoad(name)
        return found

    def tell(
        self, name: str, *, slots: int | None = None, room: int | None = None, loaded: Iterable[str] | None = None
    ) -> None:
        """Take note of what a server says of itself.

        `slots`: so many requests at the same time; None: it does not tell. `room`: so many models in memory; None: it
        loads none on demand. `loaded`: which are there now; None: it does not tell.
        """
        server = self.server(name)
        server.slots.tell(slots)
        server.room = room if room is None or server.room is None else max(room, server.room)
        if loaded is not None:
            server.told_loaded(loaded, self.monotonic())

    def watch(self, ended: Callable[[Seat], None]) -> None:
        """Have every seat told that is given back."""
        self._watchers.append(ended)

    def choose(
        self, candidates: Sequence[ModelOnServer], work: Work, ahead: Mapping[str, float] | None = None
    ) -> Choice:
        """Say who would be done soonest; there is at least one candidate.

        `ahead` has for each server how many seconds those will take who wait for it already.
        """
        now = self.monotonic()
        cached = self.affinity.tokens(work.conversation, work.prompt_tokens, now)
        if len(candidates) > self._few:
            candidates = self._drawn(candidates, cached)
        offers = self._offers(candidates, work, cached, ahead, now)
        best = offers[0] if len(offers) == 1 else self._best(offers)
        return Choice(best.target, best.server, best.estimate, _reason(best, offers), best.cached, best.answer)

    def begin(self, choice: Choice, work: Work) -> Seat:
        """Take the place of a request that is sent now; it has to be given back."""
        self.affinity.went(work.conversation, choice.target)
        return Seat(choice, work, self.monotonic, self._ended)

    def well_again(self, name: str) -> None:
        """Take note that a server was seen to work again: its failures are forgiven."""
        for known in self.server(name).models.values():
            known.forgive()

    def _drawn(
        self, candidates: Sequence[ModelOnServer], cached: tuple[ModelOnServer, float] | None
    ) -> list[ModelOnServer]:
        """Two of many, of those with a free slot if there are such, and who knows the conversation."""
        free = [target for target in candidates if self.server(target.server).has_slot()]
        drawn = self._random.sample(free, min(2, len(free)))
        if len(drawn) < 2:
            drawn += self._random.sample([target for target in candidates if target not in drawn], 2 - len(drawn))
        if cached is not None and cached[0] in candidates and cached[0] not in drawn:
            drawn.append(cached[0])
        return drawn

    def _offers(
        self,
        candidates: Sequence[ModelOnServer],
        work: Work,
        cached: tuple[ModelOnServer, float] | None,
        ahead: Mapping[str, float] | None,
        now: float,
    ) -> list[_Offer]:
        offers = []
        asked, answer, there, waiting, spare = "", 0.0, 0.0, 0.0, work.spare
        for target in candidates:
            name, model = target
            server = self.servers.get(name) or self.server(name)
            known = server.models.get(model) or server.measured(model, now)
            if model != asked:
                asked, answer = model, self.answers.expected(model, work.task, work.max_tokens)
            if cached is not None:
                there = cached[1] * known.kept if cached[0] == target else 0.0
            if ahead:
                waiting = ahead.get(name, 0.0)
            fresh = work.prompt_tokens - there
            estimate = server.estimate(model, fresh, answer, now, ahead=waiting, spare=spare)
            offers.append(_Offer(target, server, estimate, there, answer, known.tried, estimate.weighed))
        return offers

    def _best(self, offers: list[_Offer]) -> _Offer:
        untried = [one for one in offers if not one.tried]
        if untried:  # so that somebody finds out
            fastest = min((one.estimate.prefill + one.estimate.decode for one in offers if one.tried), default=math.inf)
            for one in untried:
                own = one.estimate.prefill + one.estimate.decode
                one.total += min(0.0, OPTIMISM * fastest - own)
        least = NEAR * min([one.total for one in offers])
        near = [one for one in offers if one.total <= least]
        if len(near) == 1:
            return near[0]
        return next((one for one in near if one.cached), None) or self._random.choice(near)

    def _ended(self, seat: Seat) -> None:
        now, target, work = self.monotonic(), seat.choice.target, seat.work
        if seat.whole:
            self.answers.learn(target.model, work.task, round(seat.answer_tokens))
            read = seat.prompt_tokens + round(seat.answer_tokens)
            self.affinity.remember(work.conversation, target, read, now)
        if seat.lost_memory:
            self.affinity.forget_server(target.server)
        for watcher in self._watchers:
            watcher(seat)


def _reason(best: _Offer, offers: list[_Offer]) -> Reason:
    if len(offers) == 1:
        return Reason.ONLY
    if best.cached:
        return Reason.CACHED
    if not best.tried:
        return Reason.UNTRIED
    if not best.estimate.load and any(one.estimate.load for one in offers):
        return Reason.WARM
    return Reason.SOONEST
