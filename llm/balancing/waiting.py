"""Who waits for a server and who is next: people before background work, nobody passed over for ever; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from llm.balancing.balancer import Balancer
from llm.balancing.choice import Choice
from llm.balancing.seat import Seat
from llm.balancing.work import ModelOnServer, Priority, Work
from llm.errors import LLMError

MOST_WAITING = 64
MOST_PASSED = 8
"""So often, for each server that could do it, is the oldest of each priority passed over by somebody who came later."""
HOPELESS = 2.0
"""Nobody begins to wait who is expected to wait for longer than so many times what they have."""
LOOK_AGAIN_SECONDS = 0.5
"""While somebody waits for a better server than one that is free, it is looked so often whether that still pays."""

Candidates = Callable[[], Sequence[ModelOnServer]]
"""Who could do a request at this moment; must not raise."""


class Refusal(StrEnum):
    """Why somebody gets no seat."""

    FULL = "full"
    """Too many wait already."""
    HOPELESS = "hopeless"
    """It would take far longer than they can wait."""
    TIMED_OUT = "timed_out"
    """They have waited for as long as they can."""
    NOBODY = "nobody"
    """There is nobody left to wait for."""


class NoSeat(LLMError):
    """Somebody does not get a place on any server; `expected_seconds` is how long the wait would have been."""

    def __init__(self, refusal: Refusal, expected_seconds: float = 0.0) -> None:
        self.refusal = refusal
        self.expected_seconds = expected_seconds
        super().__init__(refusal.value)


class Waiter:
    """Somebody who waits, and in the end has a `seat` or a `refusal`.

    `place` is where in the queue they are, 1 is next, and `expected_seconds` how long it is thought to take still;
    both as they were when it was last looked. `changed` is called when one of `seat`, `refusal` and `place` is another.
    """

    def __init__(
        self,
        number: int,
        turn: int,
        work: Work,
        candidates: Candidates,
        until: float | None,
        changed: Callable[[Waiter], None],
    ) -> None:
        self.number = number
        self.turn = turn
        self.work = work
        self.candidates = candidates
        self.until = until
        self.changed = changed
        self.passed = 0
        self.servers = 1
        self.place = 0
        self.expected_seconds = 0.0
        self.seat: Seat | None = None
        self.refusal: Refusal | None = None

    @property
    def due(self) -> bool:
        """Whether they have been passed over often enough."""
        return self.passed >= MOST_PASSED * self.servers


def in_order(waiters: Sequence[Waiter]) -> list[Waiter]:
    """Who is next: those who are due, then people in their turn, then the rest."""

    def key(waiter: Waiter) -> tuple[int, int, int, int]:
        if waiter.due:
            return 0, 0, 0, waiter.number
        return 1, int(waiter.work.priority), waiter.turn, waiter.number

    return sorted(waiters, key=key)


class _Turns:
    """Who has which turn: each person one in each round, so that who asks much does not keep others waiting."""

    def __init__(self) -> None:
        self._round = 0
        self._last: dict[str, int] = {}

    def next_of(self, person: str | None) -> int:
        """The turn of the next request of a person; after all that they have asked before."""
        if person is None:
            return self._round + 1
        turn = max(self._round, self._last.get(person, 0)) + 1
        self._last[person] = turn
        return turn

    def given_back(self, person: str | None, turn: int) -> None:
        """Take note that a turn was not used."""
        if person is not None and self._last.get(person) == turn:
            self._last[person] = turn - 1

    def used(self, turn: int) -> None:
        """Take note that somebody is served whose turn it was."""
        if turn > self._round:
            self._round = turn
            self._last = {person: last for person, last in self._last.items() if last > turn}


class WaitingRoom:
    """One queue before all servers: a place on a server is given when it is free, not promised before.

    Who waits for a fast server while a slow one is free would be done sooner that way. A person is never kept from
    the last slot of a server by background work; requests for a model that a server has in memory go before those for
    which it would have to swap models. All of this only until the oldest has been passed over `MOST_PASSED` times.
    """

    def __init__(self, balancer: Balancer, *, most: int = MOST_WAITING) -> None:
        self._balancer = balancer
        self._most = most
        self._waiters: list[Waiter] = []
        self._number = 0
        self._turns = _Turns()
        self._looking = self._again = False
        self._looked_at = 0.0
        balancer.watch(self._ended)

    def __len__(self) -> int:
        return len(self._waiters)

    def enter(
        self, work: Work, candidates: Candidates, *, until: float | None, changed: Callable[[Waiter], None]
    ) -> Waiter:
        """Come in; who can begin at once has a seat already. `until` is on the monotonic clock. Raises NoSeat."""
        self._number += 1
        turn = self._turns.next_of(work.person) if work.priority is Priority.PERSON else 0
        waiter = Waiter(self._number, turn, work, candidates, until, changed)
        self._waiters.append(waiter)
        self.look()
        if waiter.seat is not None:
            return waiter
        refusal = waiter.refusal
        if refusal is None and until is not None:
            left = until - self._balancer.monotonic()
            refusal = Refusal.HOPELESS if waiter.expected_seconds > HOPELESS * left else None
        if refusal is None and len(self._waiters) > self._most and not self._make_room(work):
            refusal = Refusal.FULL
        if refusal is not None:
            self.leave(waiter)
            raise NoSeat(refusal, waiter.expected_seconds)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Go away; nothing happens to who is not there."""
        if waiter in self._waiters:
            self._remove(waiter)
            self.look()

    def look(self) -> None:
        """Give seats to whoever may have one now, and tell those who wait where they are."""
        if self._looking:  # somebody who is told something does something about it at once
            self._again = True
            return
        self._looking = True
        try:
            self._again = True
            while self._again:
                self._again = False
                self._look()
        finally:
            self._looking = False

    def next_look(self) -> float | None:
        """When it has to be looked again, on the monotonic clock, if nothing ends before; None: not at all."""
        moments = [waiter.until for waiter in self._waiters if waiter.until is not None]
        servers = self._balancer.servers.values()
        if self._waiters and any(server.has_slot() for server in servers):
            moments.append(self._looked_at + LOOK_AGAIN_SECONDS)
        return min(moments, default=None)

    def _look(self) -> None:
        now = self._looked_at = self._balancer.monotonic()
        for waiter in [one for one in self._waiters if one.until is not None and one.until <= now]:
            self._refuse(waiter, Refusal.TIMED_OUT)
        while self._seat_next():
            pass
        for place, waiter in enumerate(in_order(self._waiters), start=1):
            if waiter.place != place and waiter in self._waiters:
                waiter.place = place
                waiter.changed(waiter)

    def _seat_next(self) -> bool:
        """Give the next seat; False when nobody can have one."""
        offered = self._offered()
        ahead: dict[str, float] = {}
        held: set[str] = set()
        swap: tuple[Waiter, Choice] | None = None
        for waiter in in_order(self._waiters):
            choice = self._choose(waiter, offered[waiter], ahead, held)
            server, estimate = choice.server, choice.estimate
            waiter.expected_seconds = estimate.wait
            if self._can_begin(waiter, choice.target, held):
                if waiter.due or not server.must_swap(choice.target.model):
                    self._seat(waiter, choice, offered)
                    return True
                swap = swap or (waiter, choice)  # unless somebody is served by the model that is there
            elif not server.has_slot():
                seconds = estimate.total - estimate.wait - estimate.penalty
                ahead[server.name] = ahead.get(server.name, 0.0) + seconds
            elif waiter.due:
                held.add(server.name)
        if swap is not None:
            self._seat(*swap, offered)
        return swap is not None

    def _offered(self) -> dict[Waiter, Sequence[ModelOnServer]]:
        """Who could do what; who can be served by nobody goes."""
        offered: dict[Waiter, Sequence[ModelOnServer]] = {}
        for waiter in list(self._waiters):
            offered[waiter] = candidates = waiter.candidates()
            waiter.servers = len(candidates)
            if not candidates:
                self._refuse(waiter, Refusal.NOBODY)
        return offered

    def _choose(
        self,
        waiter: Waiter,
        candidates: Sequence[ModelOnServer],
        ahead: dict[str, float],
        held: set[str],
    ) -> Choice:
        """The best server for somebody, which may not be free; who is due waits for no better one than is free."""
        if waiter.due:
            candidates = [one for one in candidates if self._can_begin(waiter, one, held)] or candidates
        return self._balancer.choose(candidates, waiter.work, ahead)

    def _can_begin(self, waiter: Waiter, target: ModelOnServer, held: set[str]) -> bool:
        server = self._balancer.server(target.server)
        if server.name in held or not server.can_load(target.model):
            return False
        return server.has_slot(spare=0 if waiter.due else waiter.work.spare)

    def _seat(self, waiter: Waiter, choice: Choice, offered: dict[Waiter, Sequence[ModelOnServer]]) -> None:
        self._waiters.remove(waiter)
        self._turns.used(waiter.turn)
        waiter.place, waiter.expected_seconds = 0, 0.0
        waiter.seat = self._balancer.begin(choice, waiter.work)
        for oldest in self._oldest():
            servers = {target.server for target in offered[oldest]}
            if oldest.number < waiter.number and choice.server.name in servers:
                oldest.passed += 1
        waiter.changed(waiter)

    def _oldest(self) -> list[Waiter]:
        """The oldest of each priority."""
        oldest: dict[Priority, Waiter] = {}
        for waiter in self._waiters:
            oldest.setdefault(waiter.work.priority, waiter)
        return list(oldest.values())

    def _refuse(self, waiter: Waiter, refusal: Refusal) -> None:
        if waiter not in self._waiters:  # gone while others were told
            return
        self._remove(waiter)
        waiter.refusal, waiter.place = refusal, 0
        waiter.changed(waiter)

    def _remove(self, waiter: Waiter) -> None:
        self._waiters.remove(waiter)
        self._turns.given_back(waiter.work.person, waiter.turn)

    def _make_room(self, work: Work) -> bool:
        """Let background work go where a person comes in."""
        if work.priority is not Priority.PERSON:
            return False
        background = [waiter for waiter in in_order(self._waiters) if waiter.work.priority is Priority.BACKGROUND]
        if not background:
            return False
        self._refuse(background[-1], Refusal.FULL)
        self.look()
        return True

    def _ended(self, seat: Seat) -> None:
        if self._waiters:
            self.look()
