"""Ten thousand random schedules of faults in virtual time, and what holds in every one of them."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing

import pytest

from llm.errors import FailureKind
from llm.routing.attempts import Answered, NoAnswer, Restarted
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.target import Target
from llm.types import TextDelta
from tests.llm.routing.virtual import HELLO, OK, Act, LoopClock, ScriptedClient, in_virtual_time

SCHEDULES = 10_000
CALLS = 3
LIMITS = CallLimits(begin=20, total=60, stall=5, max_retries=2)
FAULTS = [
    *(Act(words=(), failure=kind, status=500) for kind in FailureKind if kind is not FailureKind.CANCELLED),
    Act(words=(), first=0.001, failure=FailureKind.TRANSPORT, code="refused"),
    Act(words=(), first=1e6),
    Act(first=15),
    Act(words=("half ", "of it"), failure=FailureKind.TRANSPORT, code="stream_cut"),
    Act(words=("half ",), hangs=True),
    Act(words=["x"] * 8, between=4),
    Act(words=(), failure=FailureKind.RATE_LIMIT, status=429, retry_after=3),
    Act(words=(), failure=FailureKind.RATE_LIMIT, status=429, retry_after=300),
    Act(words=(), failure=FailureKind.MODEL_LOADING, status=503),
]


async def one_schedule(clock: LoopClock, chance: random.Random) -> None:
    clients = [ScriptedClient(name, clock) for name in "abcd"[: chance.randint(1, 4)]]
    for client in clients:
        share = chance.choice([0.0, 0.2, 0.6, 1.0])
        faults = chance.sample(FAULTS, 3)

        def acting(now: float, share: float = share, faults: list[Act] = faults) -> Act:
            return chance.choice(faults) if chance.random() < share else OK

        client.usual = acting
        client.continues, client.repeats = chance.random() < 0.3, chance.random() < 0.5
        client.fault_share = share  # type: ignore[attr-defined]
    targets = [Target(client, setting=client.name, monotonic=clock.monotonic, randomness=chance) for client in clients]
    hedging = chance.choice([0.0, 0.03, 1.0])
    if hedging:
        for target in targets:
            for _ in range(30):
                target.note_ttft(0.1)
    manager = LLMFallbackManager(targets, clock=clock, randomness=chance, limits=LIMITS, hedge_share=hedging)
    calls = [asyncio.create_task(one_call(manager, clock, chance)) for _ in range(CALLS)]
    watching = asyncio.create_task(watch(targets))
    outcomes = await asyncio.gather(*calls)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    for target, client in zip(targets, clients, strict=True):
        assert target.breaker.in_flight == 0
        assert client.open == 0
    healthy = any(client.fault_share == 0 for client in clients)  # type: ignore[attr-defined]
    stopped = (FailureKind.CONTENT_FILTER,)
    for outcome in outcomes:
        if healthy and isinstance(outcome, NoAnswer):
            assert outcome.failure.kind in stopped or outcome.attempts[-1].failure.kind in stopped  # type: ignore[union-attr]


async def one_call(manager: LLMFallbackManager, clock: LoopClock, chance: random.Random) -> Answered | NoAnswer | None:
    """The outcome of one call; None: the person has left."""
    await clock.sleep(chance.random() * 10)
    began = clock.monotonic()
    shown: list[str] = []
    try:
        async with asyncio.timeout(chance.choice([None, None, None, 0.05, 1.0, 12.0])):
            outcome = await read(manager, shown)
    except TimeoutError:
        return None
    seconds = clock.monotonic() - began
    assert seconds <= LIMITS.total + 0.15
    text = "".join(shown)
    if isinstance(outcome, Answered):
        assert text == outcome.result.text
        assert text.endswith(("Hello there!", "x" * 8)), "the last part is always a whole one"
        assert [one.failure is None for one in outcome.attempts] == [False] * (len(outcome.attempts) - 1) + [True]
    else:
        assert text == outcome.partial, "what is left on the screen is told"
        assert outcome.partial or seconds <= LIMITS.begin + 1.15
    return outcome


async def read(manager: LLMFallbackManager, shown: list[str]) -> Answered | NoAnswer:
    """Read an answer as a screen does."""
    outcome: Answered | None = None
    try:
        async with aclosing(manager.stream_with_fallback(HELLO)) as events:
            async for event in events:
                assert outcome is None, "nothing comes after the end"
                if isinstance(event, Restarted):
                    assert shown, "only what was shown is replaced"
                    shown.clear()
                elif isinstance(event, TextDelta):
                    shown.append(event.text)
                elif isinstance(event, Answered):
                    outcome = event
    except NoAnswer as error:
        return error
    assert outcome is not None
    return outcome


async def watch(targets: list[Target]) -> None:
    """While a server is being tried out nobody else is sent there."""
    while True:
        await asyncio.sleep(0.05)
        for target in targets:
            assert target.breaker.in_flight >= 0


@pytest.mark.timeout(300)  # much work, and a machine that may be busy
def test_of_ten_thousand_schedules_each_keeps_every_promise():
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - to be run again with
    batch = 100
    for number in range(SCHEDULES // batch):
        chance = random.Random(f"{seed} {number}")

        async def work(clock: LoopClock, chance: random.Random = chance) -> None:
            for _ in range(batch):
                await one_schedule(clock, chance)

        in_virtual_time(work)
