"""What paid models have cost today and this month, and whether another request to one may be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llm.clock import Clock
from llm.config import ModelConfig
from llm.spans import Span

USUAL_ANSWER_TOKENS = 500
"""What an answer is expected to have before it is written, where its length is not limited."""
TOKENS = 1_000_000
"""Prices are for so many."""
NEARLY = 0.8
SPANS = (Span.DAY, Span.MONTH)
"""What there may be a cap for."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a span has cost so far, and its cap."""

    span: Span
    amount: float
    cap: float

    @property
    def nearly(self) -> bool:
        """Whether most of it is spent."""
        return self.amount >= NEARLY * self.cap

    @property
    def over(self) -> bool:
        """Whether all of it is spent."""
        return self.amount >= self.cap


class Spending:
    """Adds up what was spent, and holds back what is about to be.

    `caps` are in the currency of the prices; a span without one is not limited. `spent` is what was spent before,
    from the figures that are kept. A request that is under way holds what it is expected to cost, so that many at once
    do not get over a cap that each of them alone keeps.
    """

    def __init__(self, clock: Clock, caps: dict[Span, float] | None = None) -> None:
        self._clock = clock
        self._caps = caps or {}
        self._began = {span: span.begin(clock.now()) for span in SPANS}
        self._spent = dict.fromkeys(SPANS, 0.0)
        self._held = 0.0

    @property
    def limited(self) -> bool:
        """Whether there is any cap."""
        return bool(self._caps)

    def limit(self, caps: dict[Span, float]) -> None:
        """Keep to other caps from now on."""
        self._caps = caps

    def begin_with(self, span: Span, amount: float) -> None:
        """Take over what a span has cost before the program started."""
        self._spent[span] += amount

    def add(self, cost: float) -> None:
        """Count what a request has cost."""
        self._roll_over()
        for span in SPANS:
            self._spent[span] += cost

    def spent(self) -> tuple[Spent, ...]:
        """How each cap stands."""
        self._roll_over()
        return tuple(Spent(span, self._spent[span], cap) for span, cap in self._caps.items())

    def exhausted(self, config: ModelConfig, prompt_tokens: int) -> Span | None:
        """The cap that a request to a model would exceed; None: it may be sent. Local models always may."""
        if not self._caps or config.local is not False:
            return None
        expected = expected_cost(config, prompt_tokens) + self._held
        for one in self.spent():
            if one.over or one.amount + expected > one.cap:
                return one.span
        return None

    def hold(self, config: ModelConfig, prompt_tokens: int) -> Callable[[], None]:
        """Hold back what a request is expected to cost until the function that this gives is called."""
        if config.local is not False:
            return _nothing
        expected = expected_cost(config, prompt_tokens)
        self._held += expected

        def release() -> None:
            self._held = max(0.0, self._held - expected)

        return release

    def seconds_left(self, span: Span) -> float:
        """When the span ends."""
        now = self._clock.now()
        return (span.end(now) - now).total_seconds()

    def _roll_over(self) -> None:
        now = self._clock.now()
        for span in SPANS:
            if (began := span.begin(now)) != self._began[span]:
                self._began[span], self._spent[span] = began, 0.0


def expected_cost(config: ModelConfig, prompt_tokens: int) -> float:
    """About what a request will cost."""
    return cost_of(config, prompt_tokens, config.max_tokens or USUAL_ANSWER_TOKENS)


def cost_of(config: ModelConfig, prompt_tokens: int, completion_tokens: int) -> float:
    """What so many tokens cost."""
    return (prompt_tokens * config.price_in + completion_tokens * config.price_out) / TOKENS


def _nothing() -> None:
    pass
