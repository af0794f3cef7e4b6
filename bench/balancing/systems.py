"""The ways to spread requests that are compared: ours, what others do, and an oracle that knows everything."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Sequence

from bench.balancing.simulation import Request, Simulation, System
from llm.balancing.affinity import Affinity
from llm.balancing.balancer import Balancer
from llm.balancing.seat import Seat
from llm.balancing.waiting import Waiter, WaitingRoom
from llm.balancing.work import ModelOnServer, Work
from llm.errors import Failure, FailureKind, Phase
from llm.types import Usage

COOLDOWN_SECONDS = 5.0
AGAIN_SECONDS = 1.0


class Picking:
    """Sends each request at once to the server that `pick` names; one that is refused goes to one of the others."""

    def __init__(self, simulation: Simulation, chance: random.Random) -> None:
        self.simulation = simulation
        self.chance = chance
        self.count = len(simulation.servers)
        self.sent_at: dict[int, float] = {}
        self._refused: dict[int, set[int]] = {}

    def arrived(self, request: Request) -> None:
        """Send it."""
        refused = self._refused.get(request.number, set())
        server = self.pick(request, [number for number in range(self.count) if number not in refused])
        self.sent_at[request.number] = self.simulation.now
        self.sending(server)
        self.simulation.send(request, server)

    def begun(self, request: Request, server: int) -> None:
        """Nothing is learned from it here."""

    def ended(self, request: Request, server: int, cached: int) -> None:
        """Nothing is learned from it here."""

    def failed(self, request: Request, server: int) -> None:
        """Send it to somebody else."""
        self._refused.setdefault(request.number, set()).add(server)
        self.arrived(request)

    def sending(self, server: int) -> None:
        """It goes to this one."""

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """Name a server."""
        raise NotImplementedError


class AtRandom(Picking):
    """Any of them."""

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """Draw one."""
        return self.chance.choice(among)


class RoundRobin(Picking):
    """One after the other."""

    _next = 0

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """The next one."""
        self._next += 1
        return among[self._next % len(among)]


class LeastBusy(Picking):
    """The one with the fewest requests under way."""

    def __init__(self, simulation: Simulation, chance: random.Random) -> None:
        super().__init__(simulation, chance)
        self.under_way = [0] * self.count

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """The first of those that have the fewest, as litellm's least_busy.py does."""
        return min(among, key=self.under_way.__getitem__)

    def sending(self, server: int) -> None:
        """It has one more."""
        self.under_way[server] += 1

    def ended(self, request: Request, server: int, cached: int) -> None:
        """It has one less."""
        self.under_way[server] -= 1

    def failed(self, request: Request, server: int) -> None:
        """It has one less."""
        self.under_way[server] -= 1
        super().failed(request, server)


class LowestLatency(Picking):
    """litellm's lowest_latency.py for streams: the lowest mean of the last ten times to the first token.

    Who was never asked counts as 0, a failure adds nothing, a 429 keeps a server out for five seconds.
    """

    def __init__(self, simulation: Simulation, chance: random.Random) -> None:
        super().__init__(simulation, chance)
        self._times = [deque[float](maxlen=10) for _ in range(self.count)]
        self._first: dict[int, float] = {}
        self._out_until = [0.0] * self.count

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """The one with the lowest mean; of equals one is drawn."""
        now = self.simulation.now
        allowed = [server for server in among if self._out_until[server] <= now] or among
        means = {server: sum(times) / len(times) if (times := self._times[server]) else 0.0 for server in allowed}
        lowest = min(means.values())
        return self.chance.choice([server for server in allowed if means[server] <= lowest])

    def begun(self, request: Request, server: int) -> None:
        """Keep the time to the first token until the answer is whole, which is when it is written down."""
        self._first[request.number] = self.simulation.now - self.sent_at[request.number]

    def ended(self, request: Request, server: int, cached: int) -> None:
        """Write it down."""
        self._times[server].append(self._first.pop(request.number))

    def failed(self, request: Request, server: int) -> None:
        """Keep it out for a while."""
        self._out_until[server] = self.simulation.now + COOLDOWN_SECONDS
        super().failed(request, server)


class PeakEwma(LeastBusy):
    """Linkerd's and Helicone's: of two that are drawn the one with the lower latency times requests under way."""

    DECAY_SECONDS = 10.0

    def __init__(self, simulation: Simulation, chance: random.Random) -> None:
        super().__init__(simulation, chance)
        self._latency = [0.25] * self.count
        self._at = [0.0] * self.count

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """The better of two."""
        drawn = self.chance.sample(among, min(2, len(among)))
        return min(drawn, key=lambda server: self._latency[server] * (self.under_way[server] + 1))

    def ended(self, request: Request, server: int, cached: int) -> None:
        """Take its latency in; a longer one at once."""
        super().ended(request, server, cached)
        self._observe(request, server)

    def failed(self, request: Request, server: int) -> None:
        """The same."""
        self._observe(request, server)
        super().failed(request, server)

    def _observe(self, request: Request, server: int) -> None:
        now, took = self.simulation.now, self.simulation.now - self.sent_at[request.number]
        weight = math.exp((self._at[server] - now) / self.DECAY_SECONDS)
        before = self._latency[server]
        self._latency[server] = took if took > before else before * weight + took * (1 - weight)
        self._at[server] = now


class Oracle(Picking):
    """Knows how fast each server is now, what is under way and waits there, and how long each answer will be."""

    def pick(self, request: Request, among: Sequence[int]) -> int:
        """Where it would end first."""
        ends = {}
        for number in among:
            server = self.simulation.servers[number]
            if not server.plan.fails:
                server.advance(self.simulation.now)
                ends[number] = server.would_end(request)
        return min(ends, key=ends.__getitem__)


class Ours:
    """`WaitingRoom` and `Balancer`, which know nothing of the servers at first, not even how many slots they have."""

    def __init__(self, simulation: Simulation, chance: random.Random, *, few: int = 8) -> None:
        self.simulation = simulation
        self.balancer = Balancer(lambda: simulation.now, chance, few=few)
        self.room = WaitingRoom(self.balancer, most=100_000)
        for number, server in enumerate(simulation.servers):
            # What Ollama tells of itself: that it loads models, and nothing of how many requests it does.
            self.balancer.tell(str(number), room=1 if server.plan.load_seconds is not None else None)
        self.seats: dict[int, Seat] = {}
        self._refused: dict[int, set[str]] = {}
        self._told: dict[int, int] = {}
        self._looks_at = math.inf

    def arrived(self, request: Request) -> None:
        """Let it wait for a seat; whoever has refused it is out of the question."""
        self._listen()

        def candidates() -> list[ModelOnServer]:
            refused = self._refused.get(request.number, ())
            names = map(str, range(len(self.simulation.servers)))
            return [ModelOnServer(name, request.model) for name in names if name not in refused]

        def changed(waiter: Waiter) -> None:
            if waiter.seat is not None:
                self.seats[request.number] = waiter.seat
                self._told[request.number] = 0
                self.simulation.send(request, int(waiter.seat.server.name))

        self.room.enter(
            Work(request.prompt_tokens, conversation=request.conversation), candidates, until=None, changed=changed
        )
        self._look_later()

    def begun(self, request: Request, server: int) -> None:
        """Its answer has begun."""
        self.seats[request.number].first_token()

    def ended(self, request: Request, server: int, cached: int) -> None:
        """Its answer is whole."""
        self._listen()
        self._tell(request.number, request.answer_tokens)
        self.seats.pop(request.number).finished(Usage(request.prompt_tokens, request.answer_tokens, cached))
        self._look_later()

    def failed(self, request: Request, server: int) -> None:
        """It has refused: ask somebody else."""
        self._refused.setdefault(request.number, set()).add(str(server))
        self.seats.pop(request.number).failed(Failure(FailureKind.RATE_LIMIT, Phase.FIRST_TOKEN, 0.001, status=429))
        self.arrived(request)

    def _listen(self) -> None:
        """What has come of the answers by now."""
        for server in self.simulation.servers:
            server.advance(self.simulation.now)
            for job in server.running:
                if job.reading < 0:
                    self._tell(job.request.number, job.written)

    def _tell(self, number: int, written: int) -> None:
        fresh = written - self._told[number]
        if fresh > 0:
            self._told[number] = written
            self.seats[number].progress(fresh)

    def _look_later(self) -> None:
        moment = self.room.next_look()
        if moment is not None and not self.simulation.now < self._looks_at <= moment:
            self._looks_at = moment
            self.simulation.at(moment, self._look)

    def _look(self) -> None:
        self._looks_at = math.inf
        self._listen()
        self.room.look()
        self._look_later()


class Forgetful(Ours):
    """Ours without a memory of who has which conversation in its cache."""

    def __init__(self, simulation: Simulation, chance: random.Random) -> None:
        super().__init__(simulation, chance)
        self.balancer.affinity = Affinity(most=0)


Make = Callable[[Simulation, random.Random], System]

ORACLE, OURS, FORGETFUL = "oracle", "ours", "ours, without memory"
SYSTEMS: dict[str, Make] = {
    ORACLE: Oracle,
    OURS: Ours,
    "ours, two drawn": lambda simulation, chance: Ours(simulation, chance, few=1),
    FORGETFUL: Forgetful,
    "peak EWMA, two drawn": PeakEwma,
    "least busy": LeastBusy,
    "lowest latency": LowestLatency,
    "round robin": RoundRobin,
    "random": AtRandom,
}
