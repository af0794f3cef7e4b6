"""Model servers and requests in simulated time: slots, a queue, a pace, and answers that take as long as they take."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

OVERHEAD = 0.1
PREFILL, DECODE = 800.0, 30.0
"""Tokens a second of a server of speed 1 that does one request alone."""
CROWD = 0.1
"""With each further request at the same time all of them take so much longer."""
REFUSED_SECONDS = 0.001
PROMPT, ANSWER = (500.0, 0.9, 8000), (180.0, 0.7, 1500)
"""Median, spread and maximum of how many tokens a prompt and an answer have (log-normal)."""
NOISE = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be answered; `noise` is how much longer than usual it takes, wherever."""

    number: int
    arrives: float
    prompt_tokens: int
    answer_tokens: int
    noise: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A server as it is set up. `slows` is when it becomes slower and how many times; `fails`: it refuses all."""

    speed: float
    slots: int = 4
    slows: tuple[float, float] | None = None
    fails: bool = False

    def speed_at(self, now: float) -> float:
        """How fast it is at a moment."""
        return self.speed / self.slows[1] if self.slows is not None and now >= self.slows[0] else self.speed


@dataclass(slots=True)
class Job:
    """A request on a server; both are what is left, in seconds of a server of speed 1 that is alone."""

    request: Request
    reading: float
    writing: float

    @property
    def written(self) -> int:
        """How many tokens of the answer are there."""
        whole = seconds_alone(self.request)[1]
        return min(self.request.answer_tokens, int(self.request.answer_tokens * (1 - self.writing / whole)))


def seconds_alone(request: Request) -> tuple[float, float]:
    """How long reading and writing take on a server of speed 1 that does nothing else."""
    reading = (OVERHEAD + request.prompt_tokens / PREFILL) * request.noise
    return reading, request.answer_tokens / DECODE * request.noise


def slowdown(jobs: int) -> float:
    """How many times longer everything takes with so many at the same time."""
    return 1 + CROWD * (jobs - 1)


@dataclass(slots=True)
class Server:
    """A server at work."""

    plan: Plan
    now: float = 0.0
    running: list[Job] = field(default_factory=list)
    waiting: deque[Job] = field(default_factory=deque)
    version: int = 0

    @property
    def rate(self) -> float:
        """Seconds of work done in a second, for each job."""
        return self.plan.speed_at(self.now) / slowdown(len(self.running))

    def add(self, request: Request) -> None:
        """Take a request in."""
        self.waiting.append(Job(request, *seconds_alone(request)))
        self._fill()

    def advance(self, now: float) -> None:
        """Work until a moment before which nothing begins or ends."""
        done = (now - self.now) * self.rate
        for job in self.running:
            if job.reading > 0:
                job.reading -= done
            else:
                job.writing -= done
        self.now = now

    def next_change(self) -> float:
        """When something begins or ends next."""
        if not self.running:
            return math.inf
        least = min(job.reading if job.reading > 0 else job.writing for job in self.running)
        return self.now + max(0.0, least) / self.rate

    def settle(self) -> tuple[list[Request], list[Request]]:
        """Whose answers have begun, and whose have ended."""
        begun, ended = [], []
        for job in list(self.running):
            if 0 < job.reading <= 1e-9 or (job.reading <= 0 and job.reading != -1.0):
                job.reading = -1.0
                begun.append(job.request)
            elif job.reading == -1.0 and job.writing <= 1e-9:
                self.running.remove(job)
                ended.append(job.request)
        self._fill()
        return begun, ended

    def would_end(self, request: Request) -> float:
        """When a request would end that came now, if nobody came after it and the speed stayed as it is."""
        copy = Server(Plan(self.plan.speed_at(self.now), self.plan.slots), self.now)
        copy.running = [Job(job.request, job.reading, job.writing) for job in self.running]
        copy.waiting = deque(Job(job.request, job.reading, job.writing) for job in self.waiting)
        copy.add(request)
        while True:
            copy.advance(copy.next_change())
            if request in copy.settle()[1]:
                return copy.now

    def _fill(self) -> None:
        while self.waiting and len(self.running) < self.plan.slots:
            self.running.append(self.waiting.popleft())


class System(Protocol):
    """A way to spread requests; it sends each of them with `Simulation.send`."""

    def arrived(self, request: Request) -> None:
        """A request has come."""

    def begun(self, request: Request, server: int) -> None:
        """Its answer has begun."""

    def ended(self, request: Request, server: int) -> None:
        """Its answer is whole."""

    def failed(self, request: Request, server: int) -> None:
        """The server has refused it."""


class Simulation:
    """Servers, and the requests that come to them."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.servers = [Server(plan) for plan in plans]
        self.now = 0.0
        self.sent = [0] * len(plans)
        self.latencies: dict[int, float] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._system: System | None = None

    def at(self, moment: float, do: Callable[[], None]) -> None:
        """Have something done at a moment."""
        heapq.heappush(self._events, (moment, next(self._numbers), do))

    def send(self, request: Request, number: int) -> None:
        """Send a request to a server."""
        self.sent[number] += 1
        server = self.servers[number]
        if server.plan.fails:
            self.at(self.now + REFUSED_SECONDS, lambda: self._the_system.failed(request, number))
            return
        server.advance(self.now)
        server.add(request)
        self._schedule(number)

    def run(self, requests: Sequence[Request], make: Callable[[Simulation], System]) -> None:
        """Let all requests come, until the last of them is answered."""
        self._system = system = make(self)
        for request in requests:
            self.at(request.arrives, lambda request=request: system.arrived(request))  # type: ignore[misc]
        for number, server in enumerate(self.servers):
            if server.plan.slows is not None:
                self.at(server.plan.slows[0], lambda number=number: self._slowed(number))  # type: ignore[misc]
        while len(self.latencies) < len(requests):
            self.now, _, do = heapq.heappop(self._events)
            do()

    @property
    def _the_system(self) -> System:
        assert self._system is not None
        return self._system

    def _slowed(self, number: int) -> None:
        self.servers[number].advance(self.now)
        self._schedule(number)

    def _schedule(self, number: int) -> None:
        server = self.servers[number]
        server.version += 1
        moment = server.next_change()
        if moment < math.inf:
            self.at(moment, lambda version=server.version: self._change(number, version))  # type: ignore[misc]

    def _change(self, number: int, version: int) -> None:
        server = self.servers[number]
        if version != server.version:
            return
        server.advance(self.now)
        begun, ended = server.settle()
        self._schedule(number)
        for request in begun:
            self._the_system.begun(request, number)
        for request in ended:
            self.latencies[request.number] = self.now - request.arrives
            self._the_system.ended(request, number)


def capacity(plans: Sequence[Plan]) -> float:
    """How many requests a second the servers can do, at the slowest that they become."""
    chance = random.Random(0)
    work = [sum(seconds_alone(_request(chance, 0, 0.0))) for _ in range(20_000)]
    each = sum(work) / len(work)
    return sum(plan.slots * plan.speed_at(math.inf) / slowdown(plan.slots) / each for plan in plans if not plan.fails)


def poisson(chance: random.Random, count: int, rate: float) -> list[Request]:
    """So many requests, of which so many come in a second."""
    now, requests = 0.0, []
    for number in range(count):
        now += chance.expovariate(rate)
        requests.append(_request(chance, number, now))
    return requests


def _request(chance: random.Random, number: int, now: float) -> Request:
    prompt, answer = (
        min(most, max(4, round(chance.lognormvariate(math.log(median), spread))))
        for median, spread, most in (PROMPT, ANSWER)
    )
    return Request(number, now, prompt, answer, chance.lognormvariate(0.0, NOISE))
