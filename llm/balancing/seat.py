"""One request on a server from its beginning to its end; what becomes of it is what is learned from."""

from __future__ import annotations

from collections.abc import Callable

from llm.balancing.choice import Choice
from llm.balancing.measured import FEW, Measured
from llm.balancing.work import Work
from llm.errors import Failure, FailureKind
from llm.types import ServerTimings, Usage

HALF_LEFT = 0.5
"""An answer that is already longer than expected is thought to have so much of what was expected still before it."""
MOST_LAG = 20.0
PATIENCE_SECONDS = 2.0
PATIENCE = 3.0
"""An answer that has not begun after so many times what was expected, and the seconds above, is late."""
STALL_TOKENS = 30.0
"""One that is being written is late when nothing has come for as long as so many tokens take."""
PIECE_TOKENS, PIECE_SECONDS = 32, 2.0
LEAST_PIECE_TOKENS, LEAST_PIECE_SECONDS = 8, 0.05
"""How fast an answer comes is learned while it comes: from each piece of so many tokens, or of so long."""
IN_TIME, LATE = 1.5, 2.5
LATE_SECONDS = 0.3
LEAST_CACHED = 64.0
"""With fewer tokens that should be cached nothing is learned of the cache."""

BLAMELESS = frozenset(
    {FailureKind.CONTEXT_OVERFLOW, FailureKind.CONTENT_FILTER, FailureKind.BAD_REQUEST, FailureKind.CANCELLED}
)
"""The request was at fault, or somebody stopped it: nothing is learned of the server."""
BUSY = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOAD})
LOST_MEMORY = frozenset({"refused", "unreachable", "dns"})
"""Codes of failures after which a server has begun anew, if it is there again at all."""

Ended = Callable[["Seat"], None]


class Seat:
    """The place of a request on a server, held from its sending to its end.

    It is given back once, by `finished`, `failed` or `cancelled`. When the answer was `whole`, `prompt_tokens` and
    `answer_tokens` have its sizes. After `late_after` it is longer without a sign of life than it should be.
    """

    __slots__ = (
        "_began",
        "_cold",
        "_due_at",
        "_ended",
        "_first_at",
        "_fresh",
        "_heard_at",
        "_level",
        "_loading",
        "_monotonic",
        "_patience",
        "_piece_at",
        "_piece_level",
        "_piece_tokens",
        "_round",
        "_tokens",
        "_waited",
        "answer_tokens",
        "choice",
        "late_after",
        "lost_memory",
        "model",
        "over",
        "prompt_tokens",
        "server",
        "whole",
        "work",
    )

    def __init__(self, choice: Choice, work: Work, monotonic: Callable[[], float], ended: Ended) -> None:
        self.choice = choice
        self.server = server = choice.server
        self.model = model = choice.target.model
        self.work = work
        self.prompt_tokens = work.prompt_tokens
        self.answer_tokens = choice.answer_tokens
        self.over = self.whole = self.lost_memory = False
        self._monotonic = monotonic
        self._ended = ended
        self._began = self._heard_at = self._piece_at = now = monotonic()
        self._first_at: float | None = None
        self._tokens = self._piece_tokens = 0.0
        self._patience = PATIENCE_SECONDS
        self._waited = False
        self._cold = server.begin(self, now)
        loading = server.load_seconds(model, now)
        self._loading = loading > 0
        self._round = server.slots.round
        self._level = self._piece_level = len(server.seats)
        self._fresh = work.prompt_tokens - choice.cached_tokens
        due = loading + self._known.first_token_seconds(self._fresh, now)
        self._due_at = now + due
        self.late_after = now + PATIENCE * due + PATIENCE_SECONDS

    def lag(self, now: float) -> float:
        """How many times longer than it should have the next sign of life has been waited for."""
        due = max(self.late_after - self._heard_at, 1e-3)
        return min(MOST_LAG, max(1.0, (now - self._heard_at) / due))

    def seconds_left(self, token_seconds: float, now: float) -> float:
        """How long it will take until the end of the answer, at so many seconds for a token."""
        tokens = self.answer_tokens - self._tokens
        least = HALF_LEFT * self.answer_tokens
        left = (tokens if tokens > least else least) * token_seconds
        return left if self._first_at is not None or now > self._due_at else left + self._due_at - now

    def first_token(self) -> None:
        """The answer has begun."""
        if self._first_at is not None:
            return
        now = self._first_at = self._heard_at = self._piece_at = self._monotonic()
        self._piece_level = len(self.server.seats)
        self.server.has_begun(self, now)
        self._judge_slots(now)
        self._expect(now)
        self.late_after = now + self._patience

    def progress(self, tokens: float = 1.0) -> None:
        """About so many tokens more have come, by an estimate that is the same for all servers."""
        if self._first_at is None:
            self.first_token()
        self._tokens = so_far = self._tokens + tokens
        self._heard_at = now = self._monotonic()
        self.late_after = now + self._patience
        fresh = so_far - self._piece_tokens
        if fresh >= PIECE_TOKENS or (fresh >= LEAST_PIECE_TOKENS and now - self._piece_at >= PIECE_SECONDS):
            self._learn_piece(now)

    def finished(self, usage: Usage | None = None, timings: ServerTimings | None = None) -> None:
        """The answer is whole; usage and timings as the server tells them."""
        self.first_token()
        now = self._monotonic()
        if usage is not None:
            self.prompt_tokens = usage.prompt_tokens or self.prompt_tokens
        # What has come is counted in the same way for all servers, which what they count themselves may not be.
        self._tokens = self._tokens or (usage.completion_tokens if usage is not None else 0)
        self.answer_tokens = self._tokens
        self._learn_beginning(usage, timings or ServerTimings(), now)
        if self._tokens - self._piece_tokens >= LEAST_PIECE_TOKENS:
            self._learn_piece(now)
            if not self._piece_tokens:
                self._known.learn_whole(self._level)
        self._known.answered(now)
        self.whole = True
        self._end()

    def failed(self, failure: Failure) -> None:
        """It has failed; whether the server is to blame is told by the kind of failure."""
        if failure.kind in BLAMELESS:
            self.cancelled()
            return
        now = self._monotonic()
        if failure.kind in BUSY:
            self.server.slots.refused(self._level, self._round)
        if failure.code in LOST_MEMORY:
            self.server.lost_memory()
            self.lost_memory = True
        self._known.failed(now - self._began, now, wait_seconds=failure.retry_after_seconds or 0.0)
        self._end()

    def cancelled(self) -> None:
        """Nobody wants it any more, which is held against nobody."""
        self._end()

    @property
    def loading(self) -> bool:
        """Whether the model was not in the server's memory yet when the request was sent."""
        return self._loading

    @property
    def _known(self) -> Measured:
        return self.server.models[self.model]

    def _end(self) -> None:
        if self.over:
            raise ValueError("a seat was given back twice")
        self.over = True
        self.server.end(self, cold=self._cold and self._first_at is None)
        self._ended(self)

    def _expect(self, now: float) -> None:
        token = self._known.token_seconds(len(self.server.seats), now)
        self._patience = max(PATIENCE_SECONDS, STALL_TOKENS * token)

    def _judge_slots(self, now: float) -> None:
        """Whether the answer began in time with all slots taken, or had to wait for others."""
        known, slots = self._known, self.server.slots
        if self._loading or known.prefill.weight < FEW or self._level < slots.limit:
            return
        took = now - self._began
        if took <= IN_TIME * known.first_token_seconds(self._fresh, now) + LATE_SECONDS:
            slots.in_time(self._level)
            return
        self._waited = self._level > 1
        if took > LATE * known.first_token_seconds(self.work.prompt_tokens, now) + LATE_SECONDS:
            slots.late(self._level, self._round)

    def _learn_piece(self, now: float) -> None:
        level, seconds = len(self.server.seats), now - self._piece_at
        if seconds < LEAST_PIECE_SECONDS:
            return  # it came in a heap
        self._known.learn_decode((level + self._piece_level) / 2, self._tokens - self._piece_tokens, seconds, now)
        self._piece_tokens, self._piece_at, self._piece_level = self._tokens, now, level
        self._expect(now)

    def _learn_beginning(self, usage: Usage | None, timings: ServerTimings, now: float) -> None:
        """Learn from the time to the first token: loading, the cache, how fast the prompt was read."""
        assert self._first_at is not None  # noqa: S101 - `finished` has seen to it
        known, took = self._known, self._first_at - self._began
        cached = self._learn_cached(usage, took, now)
        if self._cold:
            loading = timings.load_seconds
            if loading is None:
                loading = took - known.first_token_seconds(self.prompt_tokens - (cached or 0.0), now)
            known.learn_load(max(0.1, loading))
        if timings.prefill_seconds is not None and timings.prefill_tokens is not None:
            known.learn_prefill(timings.prefill_tokens, timings.prefill_seconds, now)
        elif cached is not None and not self._loading and not (self._waited and known.doubts()):
            known.learn_prefill(max(0.0, self.prompt_tokens - cached), took, now)

    def _learn_cached(self, usage: Usage | None, took: float, now: float) -> float | None:
        """How many tokens were in the cache; None: nobody can tell."""
        known, told = self._known, usage.cached_tokens if usage is not None else 0
        known.tells_cached = known.tells_cached or told > 0
        thought = self.choice.cached_tokens / known.kept if known.kept > 0 else 0.0
        if known.tells_cached:
            if thought >= LEAST_CACHED:
                known.learn_kept(told / thought)
            return float(told)
        if thought < LEAST_CACHED:
            return 0.0
        fresh = known.first_token_seconds(self.prompt_tokens, now)
        cached = known.first_token_seconds(max(0.0, self.prompt_tokens - thought), now)
        if fresh > 2 * cached:  # far enough apart for the time to tell them apart
            known.learn_kept(1.0 if took * took < fresh * cached else 0.0)
        return None
