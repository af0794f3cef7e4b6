"""What is under way on one server, and when it would be done with one request more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from llm.balancing.measured import Measured
from llm.balancing.slots import Slots

WAITING = 2.0
"""A second of waiting is worth so many of being answered: while somebody waits for a better server, all those behind
wait as well, and nobody has anything to read."""


class UnderWay(Protocol):
    """A request on a server: `Seat`."""

    model: str
    late_after: float

    def lag(self, now: float) -> float:
        """How many times longer than it should have the next sign of life has been waited for."""

    def seconds_left(self, token_seconds: float, now: float) -> float:
        """How long it will take until the end of the answer, at so many seconds for a token."""


class Estimate(NamedTuple):
    """When a request would be done, in seconds from now, by what the time goes into.

    `wait` until a slot is free, `load` until the model is loaded, `prefill` until the answer begins, `decode` until it
    ends; `penalty` is what failures of late are worth.
    """

    wait: float
    load: float
    prefill: float
    decode: float
    penalty: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.wait + self.load + self.prefill + self.decode + self.penalty

    @property
    def weighed(self) -> float:
        """All of it as servers are compared by it."""
        wait, load, prefill, decode, penalty = self
        return WAITING * wait + load + prefill + decode + penalty


class ServerLoad:
    """One server: its slots, the requests on it, its models. Times are seconds of a monotonic clock.

    `room` is how many models it holds in memory at a time; None: it does not load models on demand, all are there.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.slots = Slots()
        self.room: int | None = None
        self.seats: list[UnderWay] = []
        self._models: dict[str, Measured] = {}
        self._ready_at: dict[str, float] = {}
        self._loading: set[str] = set()

    def measured(self, model: str, now: float) -> Measured:
        """What is known of a model here."""
        known = self._models.get(model)
        if known is None:
            known = self._models[model] = Measured(now)
        return known

    @property
    def models(self) -> dict[str, Measured]:
        """All models of which something is known."""
        return self._models

    def told_loaded(self, models: Iterable[str], now: float) -> None:
        """Take note of what the server says is in its memory; what is being loaded for us stays."""
        loading = {model: at for model, at in self._ready_at.items() if model in self._loading}
        self._ready_at = dict.fromkeys(models, now) | loading
        if self.room is not None:
            self.room = max(self.room, len(self._ready_at))

    def lost_memory(self) -> None:
        """Take note that the server has begun anew: nothing is loaded."""
        self._ready_at.clear()
        self._loading.clear()

    def load_seconds(self, model: str, now: float) -> float:
        """How long it takes until the model is loaded."""
        if self.room is None:
            return 0.0
        ready_at = self._ready_at.get(model)
        if ready_at is None or (ready_at <= now and model in self._loading):
            return self.measured(model, now).load_seconds
        return max(0.0, ready_at - now)

    def is_warm(self, model: str) -> bool:
        """Whether the model is in memory, or on its way there."""
        return self.room is None or model in self._ready_at

    def spared(self, spare: int) -> int:
        """How many of the slots that somebody has to leave free can be: one is theirs."""
        return min(spare, self.slots.limit - 1)

    def has_slot(self, *, spare: int = 0) -> bool:
        """Whether one more may begin now who has to leave so many slots free."""
        return len(self.seats) < self.slots.limit - self.spared(spare)

    def can_load(self, model: str) -> bool:
        """Whether the model is warm or could be loaded now, which no request under way stands against."""
        if self.room is None or model in self._ready_at:
            return True
        return len({seat.model for seat in self.seats}) < self.room

    def must_swap(self, model: str) -> bool:
        """Whether another model would have to go for this one."""
        return self.room is not None and model not in self._ready_at and len(self._ready_at) >= self.room

    def estimate(
        self, model: str, fresh_tokens: float, answer_tokens: float, now: float, *, ahead: float = 0.0, spare: int = 0
    ) -> Estimate:
        """When a request would be done here, so many tokens of whose prompt are not cached.

        `ahead` is how many seconds those will take who wait before it for this server, `spare` how many slots it has
        to leave free.
        """
        known = self._models.get(model) or self.measured(model, now)
        level, limit = len(self.seats) + 1, self.slots.limit
        lag = 1.0
        for seat in self.seats:
            if seat.late_after < now:
                lag = max(lag, seat.lag(now))
        pace = lag * known.pace(now)
        wait = load = 0.0
        spared = self.spared(spare) if spare else 0
        if level > limit - spared:
            wait = self._wait(level - limit + spared, ahead, now)
            level = min(level, limit)
        if self.room is not None:
            load = self.load_seconds(model, now)
            if not self.can_load(model):
                wait = max(wait, *self._left(now))
        prefill, decode = known.prefill, known.decode
        return Estimate(
            wait,
            load,
            (prefill.base + prefill.slope * fresh_tokens) * pace,
            (decode.base + decode.slope * level) * pace * answer_tokens,
            known.penalty(now),
        )

    def begin(self, seat: UnderWay, now: float) -> bool:
        """Take a request in; gives whether its model has to be loaded for it."""
        self.seats.append(seat)
        if self.is_warm(seat.model):
            return False
        assert self.room is not None  # noqa: S101 - it is warm otherwise
        busy = {one.model for one in self.seats}
        for idle in [model for model in self._ready_at if model not in busy]:
            if len(self._ready_at) < self.room:
                break
            del self._ready_at[idle]
        self._ready_at[seat.model] = now + self.measured(seat.model, now).load_seconds
        self._loading.add(seat.model)
        return True

    def has_begun(self, seat: UnderWay, now: float) -> None:
        """Take note that an answer has begun, so that its model is loaded."""
        if self.room is not None:
            self._loading.discard(seat.model)
            self._ready_at.pop(seat.model, None)  # the one that was asked last is the last to go
            self._ready_at[seat.model] = now

    def end(self, seat: UnderWay, *, cold: bool) -> None:
        """Let a request go; `cold`: its model was to be loaded for it, and nobody knows whether it is."""
        self.seats.remove(seat)
        if cold and seat.model in self._loading and not any(other.model == seat.model for other in self.seats):
            self._loading.discard(seat.model)
            self._ready_at.pop(seat.model, None)

    def _wait(self, over: int, ahead: float, now: float) -> float:
        """Until a slot is free for one who is so many too many, when all those ahead are done.

        With several answers of unknown length under way the first of them ends in a part of their mean.
        """
        left = self._left(now)
        return (sum(left) / max(1, len(left)) * over + ahead) / self.slots.limit

    def _left(self, now: float) -> list[float]:
        """How long each request will take still."""
        level = min(len(self.seats), self.slots.limit)
        token = {model: self._models[model].token_seconds(level, now) for model in {seat.model for seat in self.seats}}
        return [seat.seconds_left(token[seat.model], now) for seat in self.seats]
