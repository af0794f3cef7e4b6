"""Model servers and requests in simulated time: slots, a queue, a pace, and answers that take as long as they take."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

OVERHEAD = 0.1
PREFILL, DECODE = 800.0, 30.0
"""Tokens a second of a server of speed 1 that does one request alone."""
CROWD = 0.1
"""With each further request at the same time all of them take so much longer."""
REFUSED_SECONDS = 0.001
PROMPT, FIRST, NEXT, ANSWER = (500.0, 0.9, 8000), (1500.0, 0.8, 8000), (60.0, 0.9, 2000), (180.0, 0.7, 1500)
"""Median, spread and maximum (log-normal) of how many tokens there are in a prompt, in the first and in a later message
of a conversation, and in an answer."""
NOISE = 0.1
TURNS = 5.0
GAP_SECONDS = (20.0, 40.0)
"""Between two messages of a conversation: at least, and on the average beyond that."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be answered; `noise` is how much longer than usual it takes, wherever.

    Of a `conversation` a server that has it in its cache need not read again what it has read.
    """

    number: int
    arrives: float
    prompt_tokens: int
    answer_tokens: int
    noise: float
    model: str = "model"
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A server as it is set up. `slows` is when it becomes slower and how many times; `fails`: it refuses all.

    `cache` is how many conversations it remembers. `load_seconds`: it has one model in memory, and loads another one
    in so long when all that is under way has ended.
    """

    speed: float
    slots: int = 4
    cache: int = 32
    load_seconds: float | None = None
    slows: tuple[float, float] | None = None
    fails: bool = False

    def speed_at(self, now: float) -> float:
        """How fast it is at a moment."""
        return self.speed / self.slows[1] if self.slows is not None and now >= self.slows[0] else self.speed


@dataclass(slots=True)
class Job:
    """A request on a server; both are what is left, in seconds of a server of speed 1 that is alone."""

    request: Request
    reading: float = 0.0
    writing: float = 0.0
    cached: int = 0

    @property
    def written(self) -> int:
        """How many tokens of the answer are there."""
        whole = seconds_alone(self.request)[1]
        return min(self.request.answer_tokens, int(self.request.answer_tokens * (1 - self.writing / whole)))


def seconds_alone(request: Request, cached: int = 0) -> tuple[float, float]:
    """How long reading and writing take on a server of speed 1 that does nothing else."""
    reading = (OVERHEAD + (request.prompt_tokens - cached) / PREFILL) * request.noise
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
    cache: OrderedDict[str, int] = field(default_factory=OrderedDict)
    model: str | None = None
    ready_at: float = 0.0
    loads: int = 0
    version: int = 0

    @property
    def rate(self) -> float:
        """Seconds of work done in a second, for each job."""
        return self.plan.speed_at(self.now) / slowdown(len(self.running))

    def add(self, request: Request) -> None:
        """Take a request in."""
        self.waiting.append(Job(request))
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

    def settle(self) -> tuple[list[Job], list[Job]]:
        """What has begun to be answered, and what has been."""
        begun, ended = [], []
        for job in list(self.running):
            if 0 < job.reading <= 1e-9 or (job.reading <= 0 and job.reading != -1.0):
                job.reading = -1.0
                begun.append(job)
            elif job.reading == -1.0 and job.writing <= 1e-9:
                self.running.remove(job)
                self._remember(job.request)
                ended.append(job)
        self._fill()
        return begun, ended

    def would_end(self, request: Request) -> float:
        """When a request would end that came now, if nobody came after it and the speed stayed as it is."""
        plan = replace(self.plan, speed=self.plan.speed_at(self.now), slows=None)
        copy = Server(plan, self.now, model=self.model, ready_at=self.ready_at, cache=self.cache.copy())
        copy.running = [replace(job) for job in self.running]
        copy.waiting = deque(self.waiting)
        copy.add(request)
        while True:
            copy.advance(copy.next_change())
            if any(job.request is request for job in copy.settle()[1]):
                return copy.now

    def _remember(self, request: Request) -> None:
        if request.conversation is None:
            return
        self.cache[request.conversation] = request.prompt_tokens + request.answer_tokens
        self.cache.move_to_end(request.conversation)
        while len(self.cache) > self.plan.cache:
            self.cache.popitem(last=False)

    def _fill(self) -> None:
        while self.waiting and len(self.running) < self.plan.slots:
            request = self.waiting[0].request
            if self.plan.load_seconds is not None and request.model != self.model:
                if self.running:
                    return
                self.model, self.ready_at = request.model, self.now + self.plan.load_seconds
                self.cache.clear()
                self.loads += 1
            self.waiting.popleft()
            cached = min(self.cache.get(request.conversation or "", 0), request.prompt_tokens)
            reading, writing = seconds_alone(request, cached)
            loading = max(0.0, self.ready_at - self.now) * self.plan.speed_at(self.now)
            self.running.append(Job(request, reading + loading, writing, cached))


class System(Protocol):
    """A way to spread requests; it sends each of them with `Simulation.send`."""

    def arrived(self, request: Request) -> None:
        """A request has come."""

    def begun(self, request: Request, server: int) -> None:
        """Its answer has begun."""

    def ended(self, request: Request, server: int, cached: int) -> None:
        """Its answer is whole; so many tokens of its prompt were in the cache."""

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
        self.system: System

    def at(self, moment: float, do: Callable[[], None]) -> None:
        """Have something done at a moment."""
        heapq.heappush(self._events, (moment, next(self._numbers), do))

    def send(self, request: Request, number: int) -> None:
        """Send a request to a server."""
        self.sent[number] += 1
        server = self.servers[number]
        if server.plan.fails:
            self.at(self.now + REFUSED_SECONDS, lambda: self.system.failed(request, number))
            return
        server.advance(self.now)
        server.add(request)
        self._schedule(number)

    def run(self, requests: Sequence[Request], make: Callable[[Simulation], System]) -> None:
        """Let all requests come, until the last of them is answered."""
        self.system = system = make(self)
        for request in requests:
            self.at(request.arrives, lambda request=request: system.arrived(request))  # type: ignore[misc]
        for number, server in enumerate(self.servers):
            if server.plan.slows is not None:
                self.at(server.plan.slows[0], lambda number=number: self._slowed(number))  # type: ignore[misc]
        while len(self.latencies) < len(requests):
            self.now, _, do = heapq.heappop(self._events)
            do()

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
        for job in begun:
            self.system.begun(job.request, number)
        for job in ended:
            self.latencies[job.request.number] = self.now - job.request.arrives
            self.system.ended(job.request, number, job.cached)


def capacity(plans: Sequence[Plan], requests: Sequence[Request]) -> float:
    """How many requests of such a kind the servers do in a second, when they have become as slow as they become.

    What a conversation has had before counts as cached.
    """
    before: dict[str | None, int] = {}
    work = 0.0
    for request in requests:
        work += sum(seconds_alone(request, before.get(request.conversation, 0)))
        if request.conversation is not None:
            before[request.conversation] = request.prompt_tokens + request.answer_tokens
    each = work / len(requests)
    return sum(plan.slots * plan.speed_at(math.inf) / slowdown(plan.slots) / each for plan in plans if not plan.fails)


def poisson(chance: random.Random, count: int, models: Mapping[str, float]) -> list[Request]:
    """So many requests that come independently, one a second, for models by their shares."""
    now, requests = 0.0, []
    for number in range(count):
        now += chance.expovariate(1.0)
        model = chance.choices(list(models), list(models.values()))[0]
        requests.append(Request(number, now, _tokens(chance, PROMPT), _tokens(chance, ANSWER), _noise(chance), model))
    return requests


def conversations(chance: random.Random, count: int) -> list[Request]:
    """So many requests of conversations, about one a second."""
    requests: list[Request] = []
    began, settled = 0.0, 3 * TURNS * sum(GAP_SECONDS)  # by then as many conversations end as begin
    while began < settled or len(requests) < 2 * count * (1 + settled / (began - settled + 1)):
        began += chance.expovariate(1 / TURNS)
        now, prompt, name = began, _tokens(chance, FIRST), f"conversation {began}"
        while True:
            answer = _tokens(chance, ANSWER)
            requests.append(Request(0, now, prompt, answer, _noise(chance), conversation=name))
            if chance.random() < 1 / TURNS:
                break
            prompt += answer + _tokens(chance, NEXT)
            now += GAP_SECONDS[0] + chance.expovariate(1 / GAP_SECONDS[1])
    later = sorted((one for one in requests if one.arrives >= settled), key=lambda request: request.arrives)
    return [replace(one, number=number, arrives=one.arrives - settled) for number, one in enumerate(later[:count])]


def _tokens(chance: random.Random, size: tuple[float, float, int]) -> int:
    median, spread, most = size
    return min(most, max(4, round(chance.lognormvariate(math.log(median), spread))))


def _noise(chance: random.Random) -> float:
    return chance.lognormvariate(0.0, NOISE)
