"""How fast a model on a server has shown itself to be: estimates that forget."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FIRST_PREFILL = (0.2, 1 / 600)
"""What is thought before anything was measured: seconds for any prompt, and for each token of it."""
FIRST_DECODE = (1 / 40, 1 / 400)
"""The same for each token of an answer, and for each answer that is written at the same time."""
FIRST_LOAD_SECONDS = 12.0
FIRST_KEPT = 0.8
"""What of a beginning that a server should know is thought to be in its cache still."""

KEEP_PREFILL = 0.96
KEEP_DECODE = 0.985
"""What weight a measurement has left when the next one comes; those of decoding come many to an answer."""
FEW = 3.0
"""With less weight than this behind it, a line says nothing about whether a server has become slower."""
MOST_DOUBTED = 5
LEAST_SECONDS = 1e-5
CALM, STARTLED = 0.25, 0.7
"""How much of a deviation is believed at once: of a small one, and of one that is twice or half the usual."""
PACE_SECONDS = 300.0
"""A server that had become slow, and was not seen since, is thought to recover to a third of that in so long."""
SETTLING = 0.02
"""With each measurement so much of a new pace becomes the usual one."""
UNSEEN_SECONDS = 600.0
UNSEEN_HALF_SECONDS = 1800.0
"""One that was not seen for longer than the first is thought twice as fast after each of the second, so that somebody
looks whether it still is as it was."""
MOST_OPTIMISM = math.log(4)
MOST_DEVIATION, MOST_PACE = 3.0, 5.0
"""Logarithms: no measurement counts for more than the first, no pace is more than the second."""
LEAST_BASE = 0.05
"""What of a line's height is there at least over nothing."""

FIRST_PENALTY_SECONDS = 10.0
LONGEST_PENALTY_SECONDS = 600.0
PENALTY_HALF_SECONDS = 60.0
FORGIVEN = 0.25
"""What an answer leaves of the penalty for the failures before it."""

Positive = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Finite = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
LineValues = tuple[Positive, Positive, Positive, Positive, Finite]


class MeasuredValues(BaseModel):
    """What is kept of a `Measured`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    prefill: LineValues
    decode: LineValues
    pace: Annotated[float, Field(ge=-MOST_PACE, le=MOST_PACE)]
    unseen: Positive
    load_seconds: Positive
    loads: Annotated[int, Field(ge=0)]
    kept: Annotated[float, Field(ge=0, le=1)]
    tells_cached: bool
    penalty: Annotated[float, Field(ge=0, le=LONGEST_PENALTY_SECONDS)]
    penalty_holds: Positive


class Line:
    """A straight line through points that lose weight as newer ones come: `base + slope * x`, neither below zero.

    Where the points do not tell the two apart, `share` of their height is put down to x.
    """

    __slots__ = ("_keep", "_mean_x", "_mean_y", "_share", "_xx", "_xy", "base", "slope", "weight")

    def __init__(self, first: tuple[float, float], *, share: float, keep: float) -> None:
        self.base, self.slope = first
        self.weight = 0.0
        self._share = share
        self._keep = keep
        self._mean_x = self._mean_y = self._xx = self._xy = 0.0

    def at(self, x: float) -> float:
        """The height over x."""
        return self.base + self.slope * x

    def add(self, x: float, y: float) -> None:
        """Take a point in; both are above zero."""
        self.weight = self.weight * self._keep + 1.0
        apart = x - self._mean_x
        self._mean_x += apart / self.weight
        self._mean_y += (y - self._mean_y) / self.weight
        self._xx = self._xx * self._keep + apart * (x - self._mean_x)
        self._xy = self._xy * self._keep + apart * (y - self._mean_y)
        self._draw()

    def scale(self, factor: float) -> None:
        """Raise or lower the whole line."""
        self._mean_y *= factor
        self._xy *= factor
        self.base *= factor
        self.slope *= factor

    def values(self) -> LineValues:
        """What it is made of."""
        return (self.weight, self._mean_x, self._mean_y, self._xx, self._xy)

    def set_values(self, values: LineValues, discount: float) -> None:
        """Take values of `values()` over, with less weight."""
        weight, self._mean_x, self._mean_y, xx, xy = values
        self.weight, self._xx, self._xy = weight * discount, xx * discount, xy * discount
        if self.weight > 0 and self._mean_y > 0:
            self._draw()
        else:
            self.weight = 0.0

    def _draw(self) -> None:
        steepest = self._mean_y / max(self._mean_x, 1e-3)
        doubt = 0.5 * self._mean_x * self._mean_x + 1e-9
        slope = (self._xy + doubt * self._share * steepest) / (self._xx + doubt)
        self.slope = min(max(slope, 0.0), (1 - LEAST_BASE) * steepest)
        self.base = self._mean_y - self.slope * self._mean_x


class Measured:
    """What is known of one model on one server. Times are seconds; `now` is that of a monotonic clock.

    `prefill` is the time to the first token over the prompt's tokens that were not cached, `decode` that for each
    token over the number of answers at the same time, both at the usual pace; `pace` is how many times longer
    everything takes at the moment. `load_seconds` is how long the model takes to be loaded, `kept` what share of a
    beginning that should be cached really is. Failures are a `penalty` in seconds, which doubles from one to the next
    and passes with time.
    """

    __slots__ = (
        "_doubted",
        "_failures",
        "_pace",
        "_pace_at",
        "_penalty",
        "_penalty_at",
        "decode",
        "kept",
        "load_seconds",
        "loads",
        "prefill",
        "tells_cached",
    )

    def __init__(self, now: float) -> None:
        self.prefill = Line(FIRST_PREFILL, share=0.9, keep=KEEP_PREFILL)
        self.decode = Line(FIRST_DECODE, share=0.15, keep=KEEP_DECODE)
        self.load_seconds = FIRST_LOAD_SECONDS
        self.loads = 0
        self.kept = FIRST_KEPT
        self.tells_cached = False
        self._pace = 0.0
        self._pace_at = now
        self._doubted = 0
        self._failures = 0
        self._penalty = 0.0
        self._penalty_at = now

    @property
    def tried(self) -> bool:
        """Whether it has ever shown how fast it is."""
        return self.decode.weight > 0

    def pace(self, now: float) -> float:
        """How many times longer than usual everything takes."""
        level, since = self._pace, now - self._pace_at
        if level > 0:
            level *= math.exp(-since / PACE_SECONDS)
        if since > UNSEEN_SECONDS:
            level -= min(MOST_OPTIMISM, math.log(2) * (since - UNSEEN_SECONDS) / UNSEEN_HALF_SECONDS)
        return math.exp(level)

    def first_token_seconds(self, tokens: float, now: float) -> float:
        """How long an answer takes to begin when so many tokens of its prompt have to be read."""
        return self.prefill.at(tokens) * self.pace(now)

    def token_seconds(self, answers: float, now: float) -> float:
        """How long a token takes while so many answers are being written."""
        return self.decode.at(answers) * self.pace(now)

    def learn_prefill(self, tokens: float, seconds: float, now: float) -> None:
        """Take note of how long it took until an answer began."""
        self._doubted = 0
        self._learn(self.prefill, tokens, seconds, now)

    def doubts(self) -> bool:
        """Whether a late beginning is put down to others at the server, and not learned from: not for ever."""
        self._doubted = (self._doubted + 1) % MOST_DOUBTED
        return self._doubted > 0

    def learn_decode(self, answers: float, tokens: float, seconds: float, now: float) -> None:
        """Take note of how long so many tokens took."""
        self._learn(self.decode, answers, seconds / tokens, now)

    def learn_whole(self, answers: float) -> None:
        """Take note of an answer that came all at once: what it took is in the time to its first token."""
        self.decode.add(answers, LEAST_SECONDS)

    def learn_load(self, seconds: float) -> None:
        """Take note of how long the model took to be loaded."""
        self.loads += 1
        self.load_seconds += (seconds - self.load_seconds) / min(self.loads, 4)

    def learn_kept(self, share: float) -> None:
        """Take note of what share of a known beginning was in the cache."""
        self.kept += 0.2 * (min(max(share, 0.0), 1.0) - self.kept)

    def penalty(self, now: float) -> float:
        """What the failures of late are worth, in seconds."""
        if not self._penalty:
            return 0.0
        since = now - self._penalty_at
        return self._penalty if since <= 0 else float(self._penalty * 0.5 ** (since / PENALTY_HALF_SECONDS))

    def failed(self, seconds: float, now: float, *, wait_seconds: float = 0.0) -> None:
        """Take note of a failure that took so long; it does not pass before what the server asked to wait is over."""
        cost = max(FIRST_PENALTY_SECONDS, 2 * seconds) * 2.0 ** min(self._failures, 16)
        self._failures += 1
        self._penalty = min(max(cost, self.penalty(now)), LONGEST_PENALTY_SECONDS)
        self._penalty_at = max(self._penalty_at, now + wait_seconds)

    def answered(self, now: float) -> None:
        """Take note of a whole answer."""
        if self._failures:
            self._failures = 0
            self._penalty, self._penalty_at = self.penalty(now) * FORGIVEN, now

    def forgive(self) -> None:
        """Forget the failures."""
        self._failures, self._penalty = 0, 0.0

    def values(self, now: float) -> MeasuredValues:
        """What is worth keeping."""
        return MeasuredValues(
            prefill=self.prefill.values(),
            decode=self.decode.values(),
            pace=self._pace,
            unseen=now - self._pace_at,
            load_seconds=self.load_seconds,
            loads=self.loads,
            kept=self.kept,
            tells_cached=self.tells_cached,
            penalty=self.penalty(now),
            penalty_holds=max(0.0, self._penalty_at - now),
        )

    def set_values(self, values: MeasuredValues, *, age: float, discount: float, now: float) -> None:
        """Take over what `values` gave so many seconds ago; measurements lose weight by the discount."""
        self.prefill.set_values(values.prefill, discount)
        self.decode.set_values(values.decode, discount)
        self.load_seconds, self.loads = values.load_seconds, values.loads
        self.kept, self.tells_cached = values.kept, values.tells_cached
        self._pace, self._pace_at = values.pace, now - age - values.unseen
        self._penalty, self._penalty_at = values.penalty, now - age + values.penalty_holds

    def _pace_now(self, now: float) -> float:
        """The logarithm of the pace, as it was last seen."""
        return self._pace * math.exp((self._pace_at - now) / PACE_SECONDS) if self._pace > 0 else self._pace

    def _learn(self, line: Line, x: float, y: float, now: float) -> None:
        y = max(y, LEAST_SECONDS)
        level = self._pace_now(now)
        usual = line.at(x)
        if line.weight >= FEW:
            deviation = min(max(math.log(y / usual) - level, -MOST_DEVIATION), MOST_DEVIATION)
            level += deviation * (CALM if abs(deviation) < math.log(2) else STARTLED)
            level = min(max(level, -MOST_PACE), MOST_PACE)
            line.add(x, min(max(y / math.exp(level), usual / 2), 2 * usual))
            for one in (self.prefill, self.decode):
                one.scale(math.exp(level * SETTLING))
            level -= level * SETTLING
        else:
            line.add(x, y / math.exp(level))
        self._pace, self._pace_at = level, now
