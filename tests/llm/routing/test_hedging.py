"""A second request where the first is unusually slow: seldom, never for nothing, and without a trace of the loser."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from llm.errors import FailureKind
from llm.routing.attempts import Answered, NoAnswer
from llm.routing.fallback import LLMFallbackManager
from llm.routing.target import Target
from llm.types import Why
from tests.llm.routing.virtual import HELLO, OK, REFUSED, Act, LoopClock, ScriptedClient, in_virtual_time

SLOW = Act(first=10)
Scene = Callable[[LLMFallbackManager, list[ScriptedClient], LoopClock], Awaitable[None]]


def play(scene: Scene, *, share: float = 1.0, seed: int = 1, known: int = 40) -> None:
    """Two targets, whose answers usually take a tenth of a second to begin, as is known."""

    async def work(clock: LoopClock) -> None:
        chance = random.Random(seed)
        clients = [ScriptedClient(name, clock) for name in "ab"]
        targets = [Target(one, setting=one.name, monotonic=clock.monotonic, randomness=chance) for one in clients]
        for target in targets:
            for _ in range(known):
                target.note_ttft(0.1)
        manager = LLMFallbackManager(targets, clock=clock, randomness=chance, hedge_share=share)
        for _ in range(3):
            await manager.chat_with_fallback(HELLO)
        await scene(manager, clients, clock)
        assert all(one.open == 0 for one in clients)
        assert all(target.breaker.in_flight == 0 for target in targets)

    in_virtual_time(work)


async def ask(manager: LLMFallbackManager, clock: LoopClock) -> tuple[float, Answered]:
    began = clock.monotonic()
    answered = await manager.chat_with_fallback(HELLO)
    return clock.monotonic() - began, answered


def test_the_faster_one_answers_and_the_slower_one_is_cancelled():
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        clients[0].script = [SLOW]
        seconds, answered = await ask(manager, clock)
        assert seconds < 0.5
        assert answered.result.model == "b"
        assert clients[0].cancelled == 1
        lost, won = answered.attempts
        assert (lost.model, lost.failure.kind if lost.failure else None) == ("a", FailureKind.CANCELLED)
        assert (won.model, won.why, won.failure) == ("b", Why.HEDGE, None)
        assert manager.targets[0].breaker.state.value == "closed"

    play(scene)


def test_the_first_one_wins_when_it_begins_first_after_all():
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        clients[0].script = [Act(first=0.15)]
        clients[1].script = [SLOW]
        _, answered = await ask(manager, clock)
        assert answered.result.model == "a"
        assert [one.model for one in answered.attempts] == ["b", "a"]
        assert clients[1].cancelled == 1

    play(scene)


def test_most_requests_are_not_hedged():
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        chance = random.Random(5)
        clients[0].usual = lambda now: SLOW if chance.random() < 0.5 else OK
        before = clients[1].requests
        for _ in range(1000):
            await ask(manager, clock)
        assert clients[1].requests - before <= 0.03 * 1003

    play(scene, share=0.03)


def test_the_tail_is_cut():
    """Some of the calls stall for ten seconds."""

    def percentile(share: float) -> float:
        times: list[float] = []

        async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
            chance = random.Random(7)
            clients[0].usual = lambda now: SLOW if chance.random() < 0.02 else OK
            for _ in range(1000):
                times.append((await ask(manager, clock))[0])  # noqa: PERF401 - one after the other

        play(scene, share=share)
        return sorted(times)[989]

    assert percentile(0.0) >= 5 * percentile(0.03)


@pytest.mark.parametrize(
    ("share", "known", "same_server", "cloud"),
    [(0.0, 40, False, False), (1.0, 5, False, False), (1.0, 40, True, False), (1.0, 40, False, True)],
    ids=["off", "too little known", "one machine", "a cloud for a local one"],
)
def test_it_is_not_done(share: float, known: int, same_server: bool, cloud: bool):
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        clients[1].local = not cloud
        if same_server:
            clients[1].name = clients[0].name
        before = clients[1].requests
        clients[0].script = [Act(first=5)]
        seconds, answered = await ask(manager, clock)
        assert (round(seconds), len(answered.attempts)) == (5, 1)
        assert clients[1].requests == before

    play(scene, share=share, known=known)


def test_when_one_fails_the_other_goes_on():
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        clients[0].script = [Act(first=3)]
        clients[1].script = [REFUSED]
        _, answered = await ask(manager, clock)
        assert answered.result.model == "a"
        assert [one.model for one in answered.attempts] == ["b", "a"]
        failing = Act(words=(), first=2, failure=FailureKind.SERVER_ERROR, status=500)
        clients[0].usual, clients[1].usual = failing, REFUSED
        with pytest.raises(NoAnswer):
            await ask(manager, clock)

    play(scene)


def test_stop_during_the_race_ends_both():
    async def scene(manager: LLMFallbackManager, clients: list[ScriptedClient], clock: LoopClock) -> None:
        clients[0].script, clients[1].script = [SLOW], [SLOW]
        task = asyncio.create_task(ask(manager, clock))
        await asyncio.sleep(1)
        assert [one.open for one in clients] == [1, 1]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [one.cancelled for one in clients] == [1, 1]

    play(scene)
