"""Flood control as Telegram's: a chat, its drafts and the whole bot each have a budget, and exceeding it costs time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.playground.errors import too_many_requests
from llm.clock import Clock


class Flood(StrEnum):
    """Which budget of a chat a request draws on."""

    MESSAGE = "message"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, coming back at `per_second`."""

    burst: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's limits (docs/delivery.md): sends and edits of a chat share theirs; none is published for drafts.

    `shortest_wait` is the least `retry_after` in seconds.
    """

    messages: tuple[Rate, ...] = (Rate(5, 1.0), Rate(20, 20 / 60))
    drafts: tuple[Rate, ...] = (Rate(5, 1.5),)
    overall: tuple[Rate, ...] = (Rate(30, 30.0),)
    shortest_wait: int = 3


class _Bucket:
    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = float(rate.burst)
        self._seen = now

    def wait(self, now: float) -> float:
        """Seconds until one may be taken; 0 when it may be now."""
        self._level = min(float(self._rate.burst), self._level + (now - self._seen) * self._rate.per_second)
        self._seen = now
        return max(0.0, (1.0 - self._level) / self._rate.per_second)

    def take(self) -> None:
        self._level -= 1.0


class _Budget:
    """Several buckets, all of which must have room, and the time until which everything is refused."""

    def __init__(self, rates: Sequence[Rate], now: float) -> None:
        self._buckets = [_Bucket(rate, now) for rate in rates]
        self.held_until = 0.0

    def wait(self, now: float) -> float:
        return max((bucket.wait(now) for bucket in self._buckets), default=0.0)

    def take(self) -> None:
        for bucket in self._buckets:
            bucket.take()


class FloodGate:
    """Counts what the bot sends."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._overall = _Budget(limits.overall, clock.monotonic())
        self._chats: dict[tuple[int, Flood], _Budget] = {}

    def take(self, chat_id: int, kind: Flood) -> None:
        """Let one request pass, or raise `ApiError` 429; until its wait is over, every further one is refused too."""
        now = self._clock.monotonic()
        budgets = (self._chat(chat_id, kind, now), self._overall)
        for budget in budgets:
            if budget.held_until <= now and (wait := budget.wait(now)) > 0:
                budget.held_until = now + max(self._limits.shortest_wait, math.ceil(wait))
        held = max(budget.held_until for budget in budgets) - now
        if held > 0:
            raise too_many_requests(math.ceil(held))
        for budget in budgets:
            budget.take()

    def _chat(self, chat_id: int, kind: Flood, now: float) -> _Budget:
        budget = self._chats.get((chat_id, kind))
        if budget is None:
            rates = self._limits.messages if kind is Flood.MESSAGE else self._limits.drafts
            budget = self._chats[chat_id, kind] = _Budget(rates, now)
        return budget
