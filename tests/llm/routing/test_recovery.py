"""A server that is back is found out by a free question, soon, and without much asking."""

from __future__ import annotations

import itertools
import random

from llm.errors import FailureKind
from llm.routing.breaker import BreakerState, Verdict
from llm.routing.fallback import LLMFallbackManager
from llm.routing.recovery import RecoveryWatch
from llm.routing.target import Target
from llm.servers.kinds import ServerState
from tests.llm.routing.virtual import HELLO, OK, REFUSED, Act, LoopClock, ScriptedClient, in_virtual_time

DOWN_FOR = 60.0


def targets_of(clock: LoopClock, *clients: ScriptedClient) -> list[Target]:
    chance = random.Random(3)
    return [Target(one, setting=one.name, monotonic=clock.monotonic, randomness=chance) for one in clients]


def test_the_primary_is_back_within_five_seconds_of_its_recovery_and_was_hardly_asked():
    async def work(clock: LoopClock) -> None:
        primary = ScriptedClient(
            "a", clock, lambda now: REFUSED if now < DOWN_FOR else OK, state=ServerState.UNREACHABLE
        )
        targets = targets_of(clock, primary, ScriptedClient("b", clock))
        manager = LLMFallbackManager(targets, clock=clock, randomness=random.Random(1))
        models = []
        async with RecoveryWatch(lambda: targets, clock):
            while clock.monotonic() < DOWN_FOR + 20:
                primary.state = ServerState.UP if clock.monotonic() >= DOWN_FOR else ServerState.UNREACHABLE
                began = clock.monotonic()
                answered = await manager.chat_with_fallback(HELLO)
                models.append((began, answered.result.model))
                await clock.sleep(1)
        back = min(began for began, model in models if model == "a")
        assert DOWN_FOR <= back <= DOWN_FOR + 5
        assert all(model == "a" for began, model in models if began > back)
        assert all(model == "b" for began, model in models if began < DOWN_FOR)
        refused = primary.requests - sum(model == "a" for _, model in models)
        assert refused <= 25, "the longest pause after a refusal that cost nothing is some seconds"
        asked = primary.health_asked
        assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(asked))

    in_virtual_time(work)


def test_many_dead_servers_are_asked_in_turn_and_no_more_than_once_a_second_in_all():
    async def work(clock: LoopClock) -> None:
        clients = [ScriptedClient(name, clock, REFUSED, state=ServerState.UNREACHABLE) for name in "abcd"]
        targets = targets_of(clock, *clients)
        for target in targets:
            granted = target.breaker.admit()
            assert granted is not None
            target.breaker.failed(granted, Verdict.DOWN, spent_seconds=100)
        async with RecoveryWatch(lambda: targets, clock):
            await clock.sleep(40.5)
        asked = sorted(moment for client in clients for moment in client.health_asked)
        assert len(asked) == 40
        assert [len(client.health_asked) for client in clients] == [10] * 4

    in_virtual_time(work)


def test_who_is_well_or_has_asked_for_a_pause_is_not_asked():
    async def work(clock: LoopClock) -> None:
        well = ScriptedClient("a", clock)
        limited = ScriptedClient("b", clock, Act(words=(), failure=FailureKind.RATE_LIMIT, status=429, retry_after=100))
        targets = targets_of(clock, limited, well)
        manager = LLMFallbackManager(targets, clock=clock, randomness=random.Random(1))
        async with RecoveryWatch(lambda: targets, clock):
            await manager.chat_with_fallback(HELLO)
            await clock.sleep(30)
        assert well.health_asked == limited.health_asked == []
        assert targets[0].breaker.state is BreakerState.RATE_LIMITED

    in_virtual_time(work)


def test_those_are_watched_over_that_there_are_at_the_moment():
    async def work(clock: LoopClock) -> None:
        clients = [ScriptedClient(name, clock, REFUSED, state=ServerState.UNREACHABLE) for name in "abc"]
        targets = targets_of(clock, *clients)
        for target in targets:
            granted = target.breaker.admit()
            assert granted is not None
            target.breaker.failed(granted, Verdict.DOWN, spent_seconds=100)
        watched = targets[:2]
        async with RecoveryWatch(lambda: watched, clock):
            await clock.sleep(10.5)
            watched = targets[2:]
            await clock.sleep(10)
        assert [len(client.health_asked) for client in clients] == [5, 5, 10]

    in_virtual_time(work)
