"""Requests get a place: on the server that would be done soonest, in turn when all are at work, given back always."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from llm.balancing.balancer import Balancer
from llm.errors import FailureKind
from llm.routing.attempts import Answered, Loading, NoAnswer, Queued
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.seating import Seating
from llm.routing.target import Target
from llm.servers.kinds import ServerKind
from llm.types import ChatRequest, Message, Role, Task
from tests.llm.routing.stage import LOST
from tests.llm.routing.virtual import HELLO, Act, LoopClock, ScriptedClient, in_virtual_time

SLOW = Act(words=[f"w{n} " for n in range(20)], first=2.0, between=0.2)
FAST = Act(words=[f"w{n} " for n in range(20)], first=0.2, between=0.02)


Scene = Callable[[LLMFallbackManager, Seating, LoopClock], Awaitable[None]]


def play(scene: Scene, *make: Callable[[LoopClock], ScriptedClient], limits: CallLimits | None = None) -> None:
    async def work(clock: LoopClock) -> None:
        chance = random.Random(1)
        clients = [build(clock) for build in make]
        targets = [
            Target(client, setting=f"MODEL_{number}", monotonic=clock.monotonic, randomness=chance)
            for number, client in enumerate(clients)
        ]
        seating = Seating(Balancer(clock.monotonic, chance), clock)
        manager = LLMFallbackManager(
            targets,
            clock=clock,
            randomness=chance,
            limits=limits or CallLimits(begin=30, total=120, stall=10, max_retries=1),
            seating=seating,
        )
        await scene(manager, seating, clock)
        assert not any(server.seats for server in seating.balancer.servers.values()), "every seat is given back"

    in_virtual_time(work)


def same(address: str, act: Act) -> Callable[[LoopClock], ScriptedClient]:
    class One(ScriptedClient):
        @property
        def server(self) -> str:
            return f"{address}:1"

    return lambda clock: One("same", clock, act, kind=ServerKind.OLLAMA)


def other(name: str, act: Act, *, local: bool = True) -> Callable[[LoopClock], ScriptedClient]:
    return lambda clock: ScriptedClient(name, clock, act, local=local, kind=ServerKind.OLLAMA)


def test_of_two_servers_with_the_same_model_most_goes_to_the_faster_one_wherever_it_is_configured() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        for _ in range(30):
            await manager.chat_with_fallback(HELLO)
        slow, fast = (target.source.requests for target in manager.targets)  # type: ignore[attr-defined]
        assert fast >= 25
        assert slow >= 1, "somebody has to find out"

    play(scene, same("slow", SLOW), same("fast", FAST))


def test_who_fails_is_not_the_fast_one_and_its_twin_answers() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        for _ in range(20):
            answered = await manager.chat_with_fallback(HELLO)
            assert answered.attempts[-1].server == "good:1"
        assert manager.targets[0].source.requests <= 6  # type: ignore[attr-defined]

    play(scene, same("bad", LOST), same("good", FAST))


def test_who_waits_is_told_their_place_and_everybody_is_served_in_turn() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        places: dict[int, list[int]] = {}
        ended: list[int] = []

        async def ask(number: int) -> None:
            request = ChatRequest(HELLO.messages, person=str(number))
            async with aclosing(manager.stream_with_fallback(request)) as events:
                async for event in events:
                    if isinstance(event, Queued):
                        places.setdefault(number, []).append(event.place)
                    elif isinstance(event, Answered):
                        ended.append(number)

        await asyncio.gather(*(ask(number) for number in range(6)))
        assert sorted(ended) == list(range(6))
        assert ended == sorted(ended), "who came first is served first"
        assert places[5][0] == max(place for several in places.values() for place in several)
        assert all(several == sorted(several, reverse=True) for several in places.values()), "nobody goes back"
        assert manager.targets[0].source.most_open <= 3  # type: ignore[attr-defined]

    play(scene, other("a", SLOW))


def test_it_is_told_that_a_model_is_loaded_as_long_as_it_is_not_in_memory() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        manager.targets[0].source.needs_loading = True  # type: ignore[misc]
        for loading in ([Loading("a")], [], []):  # the server is asked again only now and then what it has in memory
            async with aclosing(manager.stream_with_fallback(HELLO)) as events:
                assert [event async for event in events if isinstance(event, Loading)] == loading

    play(scene, other("a", SLOW))


def test_it_is_told_that_a_server_says_that_it_is_loading() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        async with aclosing(manager.stream_with_fallback(HELLO)) as stream:
            events = [event async for event in stream]
        assert {event for event in events if isinstance(event, Loading)} == {Loading("a")}
        assert isinstance(events[-1], Answered)

    def loads(clock: LoopClock) -> ScriptedClient:
        loading = Act(words=(), failure=FailureKind.MODEL_LOADING, status=503)
        return ScriptedClient("a", clock, lambda now: loading if now < 8 else FAST)

    play(scene, loads)


def test_a_person_who_leaves_the_queue_leaves_nothing_behind() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        tasks = [asyncio.create_task(manager.chat_with_fallback(HELLO)) for _ in range(5)]
        await clock.sleep(1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert manager.targets[0].breaker.in_flight == 0
        assert (await manager.chat_with_fallback(HELLO)).result.text

    play(scene, other("a", SLOW))


def test_when_the_wait_would_be_too_long_the_next_model_answers() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        busy = [asyncio.create_task(manager.chat_with_fallback(HELLO)) for _ in range(12)]
        answers = await asyncio.gather(*busy)
        assert {answered.attempts[-1].model for answered in answers} == {"home", "cloud"}

    long = Act(words=[f"w{n} " for n in range(30)], first=1.0, between=0.5)
    limits = CallLimits(begin=8, total=120, stall=10, max_retries=1)
    play(scene, other("home", long), other("cloud", FAST, local=False), limits=limits)


def test_alone_it_is_waited_for_as_long_as_there_is_time_and_then_said() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        outcomes = await asyncio.gather(*(manager.chat_with_fallback(HELLO) for _ in range(10)), return_exceptions=True)
        failed = [one for one in outcomes if isinstance(one, NoAnswer)]
        assert len(failed) < len(outcomes)
        assert {one.failure.kind for one in failed} & {FailureKind.OVERLOAD}
        assert manager.targets[0].breaker.in_flight == 0

    long = Act(words=[f"w{n} " for n in range(40)], first=1.0, between=0.5)
    play(scene, other("a", long), limits=CallLimits(begin=5, total=60, stall=10, max_retries=0))


@pytest.mark.parametrize("kind", [ServerKind.VLLM, ServerKind.GENERIC])
def test_a_server_that_does_many_at_a_time_gets_all_at_once(kind: ServerKind) -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        await asyncio.gather(*(manager.chat_with_fallback(HELLO) for _ in range(20)))
        assert manager.targets[0].source.most_open == 20  # type: ignore[attr-defined]

    play(scene, lambda clock: ScriptedClient("a", clock, SLOW, kind=kind))


def test_background_work_lets_people_go_first() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        ended: list[str] = []

        async def ask(task: Task, name: str) -> None:
            await manager.chat_with_fallback(ChatRequest((Message(Role.USER, "x"),), task))
            ended.append(name)

        first = asyncio.create_task(ask(Task.CHAT, "first"))
        await clock.sleep(0.1)
        background = [asyncio.create_task(ask(Task.AUGMENTATION, f"work {n}")) for n in range(3)]
        await clock.sleep(0.1)
        people = [asyncio.create_task(ask(Task.CHAT, f"person {n}")) for n in range(3)]
        await asyncio.gather(first, *background, *people)
        assert ended.index("person 2") < ended.index("work 1")

    play(scene, other("a", SLOW))


def test_a_server_that_tells_how_many_it_does_at_a_time_is_given_so_many_from_the_first_moment_on() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        [target] = manager.targets
        asked = [asyncio.create_task(manager.chat_with_fallback(HELLO)) for _ in range(7)]
        await clock.sleep(1)
        assert target.source.requests == 5  # type: ignore[attr-defined]
        await asyncio.gather(*asked)

    def told(clock: LoopClock) -> ScriptedClient:
        client = other("told", SLOW)(clock)
        client.slots = 5
        return client

    play(scene, told)


def test_a_conversation_stays_where_it_was() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        long = Message(Role.USER, "words " * 3000)
        for talk in ("one", "two", "three"):
            for _ in range(4):  # so that both servers are known
                await manager.chat_with_fallback(ChatRequest((long,), conversation=f"{talk} before"))
        for talk in ("one", "two", "three"):
            request = ChatRequest((long,), conversation=talk)
            servers = {(await manager.chat_with_fallback(request)).attempts[-1].server for _ in range(5)}
            assert len(servers) == 1

    play(scene, same("left", SLOW), same("right", SLOW))


def test_who_only_waits_for_a_place_goes_to_whoever_is_to_be_asked_by_then() -> None:
    async def scene(manager: LLMFallbackManager, seating: Seating, clock: LoopClock) -> None:
        old, new = manager.targets
        manager.replace([old])
        asked = [asyncio.create_task(manager.chat_with_fallback(HELLO)) for _ in range(6)]
        await clock.sleep(1)
        waiting = 6 - old.source.requests  # type: ignore[attr-defined]
        assert 0 < waiting < 6
        manager.replace([new])
        await clock.sleep(0.1)
        assert new.source.requests > 0, "at once, and not when a place on the old one is free"  # type: ignore[attr-defined]
        answers = await asyncio.gather(*asked)
        models = [answered.result.model for answered in answers]
        assert (models.count("old"), models.count("new")) == (6 - waiting, waiting)
        assert all(len(answered.attempts) == 1 for answered in answers)
        assert old.breaker.in_flight == new.breaker.in_flight == 0

    play(scene, other("old", SLOW), other("new", FAST))
