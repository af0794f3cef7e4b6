"""A manager over scripted clients in virtual time, and the acts that most tests of it play."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from llm.errors import FailureKind
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.attempts import Answered, Attempt, NoAnswer, Restarted, RoutedEvent
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.target import Target
from llm.types import TextDelta
from tests.llm.routing.virtual import HELLO, Act, LoopClock, ScriptedClient, in_virtual_time

K = FailureKind
LIMITS = CallLimits(begin=30, total=60, stall=10, max_retries=2)
LOST = Act(words=(), failure=K.TRANSPORT, code="reset")
BUSY = Act(words=(), failure=K.OVERLOAD, status=503)
BROKEN = Act(words=(), failure=K.SERVER_ERROR, status=500)
SILENT = Act(words=(), first=1e6)
CUT = Act(words=[f"w{n} " for n in range(40)], failure=K.TRANSPORT, code="stream_cut")
STALLED = Act(words=("Once ", "upon "), hangs=True)


class Rows:
    def __init__(self) -> None:
        self.rows: list[AttemptRecord] = []

    def add(self, record: AttemptRecord) -> None:
        self.rows.append(record)


@dataclass
class Stage:
    """A manager over scripted clients."""

    clock: LoopClock
    clients: tuple[ScriptedClient, ...]
    manager: LLMFallbackManager
    targets: tuple[Target, ...]
    rows: Rows
    told: list[tuple[str, FailureKind]]

    @property
    def primary(self) -> ScriptedClient:
        return self.clients[0]

    @property
    def other(self) -> ScriptedClient:
        return self.clients[1]

    async def ask(self) -> Answered:
        return await self.manager.chat_with_fallback(HELLO)

    async def timed(self) -> tuple[float, Answered | NoAnswer]:
        began = self.clock.monotonic()
        try:
            outcome: Answered | NoAnswer = await self.ask()
        except NoAnswer as error:
            outcome = error
        return self.clock.monotonic() - began, outcome

    async def heard(self) -> tuple[str, list[RoutedEvent]]:
        """What a person would have read at the end, and all events."""
        text, events = "", []
        async with aclosing(self.manager.stream_with_fallback(HELLO)) as stream:
            async for event in stream:
                events.append(event)
                if isinstance(event, Restarted):
                    text = ""
                elif isinstance(event, TextDelta):
                    text += event.text
        return text, events


def play(
    scene: Callable[[Stage], Awaitable[None]],
    *acts: Act | Callable[[float], Act],
    limits: CallLimits = LIMITS,
    seed: int = 1,
    fallback_enabled: bool = True,
) -> None:
    """Play a scene over clients that usually act so, the primary first."""

    async def work(clock: LoopClock) -> None:
        clients = tuple(ScriptedClient(name, clock, act) for name, act in zip("abcdef", acts, strict=False))
        chance = random.Random(seed)
        targets = tuple(
            Target(client, setting=f"MODEL_{client.name}", monotonic=clock.monotonic, randomness=chance)
            for client in clients
        )
        rows, told = Rows(), list[tuple[str, FailureKind]]()

        def tell(target: Target, attempt: Attempt) -> None:
            assert attempt.failure is not None
            told.append((target.setting, attempt.failure.kind))

        manager = LLMFallbackManager(
            targets,
            clock=clock,
            randomness=chance,
            limits=limits,
            monitor=ModelPerformanceMonitor(rows, clock),  # type: ignore[arg-type]
            fallback_enabled=fallback_enabled,
            tell=tell,
        )
        stage = Stage(clock, clients, manager, targets, rows, told)
        await scene(stage)
        assert all(client.open == 0 for client in clients)
        assert all(target.breaker.in_flight == 0 for target in targets)

    in_virtual_time(work)


def kinds(attempts: tuple[Attempt, ...]) -> list[tuple[str, FailureKind | None]]:
    return [(one.model, one.failure.kind if one.failure else None) for one in attempts]
