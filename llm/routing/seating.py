"""Places on servers: which of several with the same model does a request, and the wait until one is free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from llm.balancing.balancer import Balancer
from llm.balancing.queue import ServerQueue
from llm.balancing.seat import Seat
from llm.balancing.slots import MOST
from llm.balancing.waiting import NoSeat
from llm.balancing.work import ModelOnServer, Priority, Work
from llm.clock import Clock
from llm.errors import Failure, FailureKind, NoModelAvailable, Phase
from llm.routing.attempts import Queued
from llm.routing.call import Ask, Call
from llm.routing.target import ModelClient, Target
from llm.servers.kinds import LOADS_ON_DEMAND, ServerKind
from llm.types import ChatRequest, Task

ONE_MODEL = frozenset({ServerKind.LMSTUDIO})
USUAL_ROOM = 3
"""So many models Ollama and LocalAI keep in memory by themselves (servers.md 1.7); LM Studio the last one it loaded."""

# These do many requests at a time by themselves, and queue better than we could (servers.md 13.7).
_MANY_AT_A_TIME = frozenset({ServerKind.VLLM, ServerKind.SGLANG, ServerKind.TGI, ServerKind.GENERIC, ServerKind.DEMO})


@dataclass(frozen=True, slots=True)
class Seated:
    """There is a place: `ask` goes to the server that would be done soonest; the seat has to be given back."""

    ask: Ask
    seat: Seat


class Seating:
    """Gives places on the servers of this house; clouds have theirs, and say so when there is none."""

    def __init__(self, balancer: Balancer, clock: Clock) -> None:
        self.balancer = balancer
        self._clock = clock
        self._queue = ServerQueue(balancer, clock)
        self._cold: dict[tuple[str, str], bool] = {}

    def covers(self, ask: Ask) -> bool:
        """Whether a request needs a place. The test of one that had failed goes to just that one, at once."""
        return ask.target.source.local and not ask.granted.trial

    async def place(self, call: Call, ask: Ask) -> AsyncGenerator[Queued | Seated, None]:
        """Get a place for a request, on its target's server or that of a twin; the last event is Seated.

        Without one the call knows why, and has to be looked at again. Cancelling, or closing, gives everything back.
        """
        call.withdraw(ask)
        twins: dict[ModelOnServer, Target] = {}
        places: asyncio.Queue[Queued] = asyncio.Queue()
        taking = asyncio.create_task(self._take(call, ask.target, twins, places))
        try:
            async for place in _until_done(taking, places):
                yield place
            seat = taking.result()
        except NoSeat as error:
            call.crowded(ask.target, _crowded(error, call.elapsed))
            return
        finally:
            if not taking.done():
                taking.cancel()
                await asyncio.gather(taking, return_exceptions=True)
        target = twins.get(seat.choice.target)
        seated = call.ask_seated(ask, target) if target is not None else None
        if seated is None:
            seat.cancelled()
            return
        handed = False
        try:
            yield Seated(seated, seat)
            handed = True
        finally:
            if not handed and not seat.over:
                call.withdraw(seated)
                seat.cancelled()

    async def _take(
        self, call: Call, target: Target, twins: dict[ModelOnServer, Target], places: asyncio.Queue[Queued]
    ) -> Seat:
        """Wait for a seat; `twins` is kept to who could do it, `places` gets the place in the queue."""

        def candidates() -> list[ModelOnServer]:
            twins.clear()
            for twin, client in call.twins(target):
                twins[ModelOnServer(client.server, client.config.name)] = twin
                self._tell(twin, client)
            return list(twins)

        def on_place(place: int, seconds: float) -> None:
            places.put_nowait(Queued(place, seconds))

        work = _work(call.request, call.prompt_tokens)
        return await self._queue.take(work, candidates, within=call.wait_limit(target), on_place=on_place)

    def look(self) -> None:
        """Look again who may have a place, or need not wait for one any more."""
        self._queue.look()

    def back(self, target: Target) -> None:
        """Take note that a server was seen to work again: its failures are forgiven."""
        try:
            self.balancer.well_again(target.source.client().server)
        except NoModelAvailable:
            return

    def has_room(self, ask: Ask) -> bool:
        """Whether a second request beside a slow one would not have to wait."""
        return not self.covers(ask) or self.balancer.server(ask.client.server).has_slot()

    def seat_now(self, call: Call, ask: Ask) -> Seat | None:
        """A place that is not waited for: for a second request beside a slow one. None: it needs none."""
        if not self.covers(ask):
            return None
        work = _work(call.request, call.prompt_tokens)
        place = ModelOnServer(ask.client.server, ask.client.config.name)
        self._tell(ask.target, ask.client)
        return self.balancer.begin(self.balancer.choose([place], work), work)

    def _tell(self, target: Target, client: ModelClient) -> None:
        """Hand on what the server is known to do by itself, and what was seen in its memory when that has changed."""
        kind, server, model = target.source.kind, client.server, client.config.name
        slots = MOST if kind in _MANY_AT_A_TIME else target.source.slots
        if slots is not None:
            slots = min(slots, MOST)
            self.balancer.tell(server, slots=slots)
        if kind not in LOADS_ON_DEMAND:
            return
        room, cold = 1 if kind in ONE_MODEL else USUAL_ROOM, target.source.needs_loading
        if self._cold.get((server, model)) is cold:
            return
        self._cold[server, model] = cold
        loaded = [name for (where, name), unloaded in self._cold.items() if where == server and not unloaded]
        self.balancer.tell(server, slots=slots, room=room, loaded=loaded)


def _crowded(error: NoSeat, elapsed: float) -> Failure:
    wait = error.expected_seconds or None
    code = f"queue_{error.refusal.value}"
    return Failure(FailureKind.OVERLOAD, Phase.CONNECT, elapsed, code=code, retry_after_seconds=wait)


async def _until_done(taking: asyncio.Task[Seat], places: asyncio.Queue[Queued]) -> AsyncGenerator[Queued, None]:
    """The places in the queue as they change, until there is a seat or none is to be had."""
    while not taking.done():
        news = asyncio.ensure_future(places.get())
        try:
            await asyncio.wait({taking, news}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                yield news.result()
        finally:
            if not news.done():
                news.cancel()
                await asyncio.gather(news, return_exceptions=True)


def _work(request: ChatRequest, prompt_tokens: int) -> Work:
    background = request.task in {Task.AUGMENTATION, Task.PROBE}
    return Work(
        prompt_tokens=prompt_tokens,
        task=request.task,
        conversation=request.conversation,
        person=request.person,
        priority=Priority.BACKGROUND if background else Priority.PERSON,
        max_tokens=request.max_tokens,
    )
