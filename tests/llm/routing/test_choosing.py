"""Who is asked first is learned from what became of the answers, explained, and wished for by people and admins."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from llm.errors import FailureKind
from llm.routing.choosing import Choosing
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.target import Target
from llm.selection.selector import ModelSelector
from llm.selection.values import Bar, Because
from llm.types import ChatRequest, ImagePart, Message, Role, TextPart
from tests.llm.routing.virtual import HELLO, OK, Act, LoopClock, ScriptedClient, in_virtual_time

BROKEN = Act(words=(), failure=FailureKind.SERVER_ERROR, status=500)
SLOW = Act(first=8.0)
Scene = Callable[[LLMFallbackManager, Choosing, LoopClock], Awaitable[None]]


def play(scene: Scene, *clients: tuple[str, Act, bool], ordered: bool = False) -> None:
    """A scene with models of these names, acts, and whether they are at home."""

    async def work(clock: LoopClock) -> None:
        chance = random.Random(5)
        targets = [
            Target(
                ScriptedClient(name, clock, act, local=local),
                setting=f"MODEL_{name}",
                monotonic=clock.monotonic,
                randomness=chance,
            )
            for name, act, local in clients
        ]
        selector = ModelSelector(randomness=chance, monotonic=clock.monotonic, ordered=ordered)
        choosing = Choosing(selector, clock)
        manager = LLMFallbackManager(
            targets,
            clock=clock,
            randomness=chance,
            limits=CallLimits(begin=60, total=120, max_retries=0),
            choosing=choosing,
        )
        await scene(manager, choosing, clock)

    in_virtual_time(work)


async def answered_by(manager: LLMFallbackManager, request: ChatRequest = HELLO) -> str:
    return (await manager.chat_with_fallback(request)).attempts[-1].model


def test_who_is_slow_or_breaks_is_soon_asked_last() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        for _ in range(40):
            await answered_by(manager)
            await clock.sleep(30)
        order = [target.source.name for target in manager.order_for(replace(HELLO, request_id=1))]
        assert order[0] == "good"
        explanation = choosing.explanation(1)
        assert explanation is not None
        assert explanation.because in {Because.BEST, Because.AHEAD}

    play(scene, ("slow", SLOW, True), ("good", OK, True))


def test_a_cloud_comes_after_every_model_at_home_however_it_is_configured() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        for _ in range(20):
            assert await answered_by(manager) == "home"

    play(scene, ("cloud", OK, False), ("home", SLOW, True))


def test_ordered_follows_the_configuration() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        for _ in range(20):
            assert await answered_by(manager) == "slow"

    play(scene, ("slow", SLOW, True), ("good", OK, True), ordered=True)


def test_a_persons_choice_goes_first_and_the_others_protect_it() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        assert await answered_by(manager, replace(HELLO, own_choice="cloud")) == "cloud"
        manager.prefer(manager.targets[1])
        assert await answered_by(manager, replace(HELLO, own_choice="cloud")) == "cloud"
        answered = await manager.chat_with_fallback(replace(HELLO, own_choice="broken", request_id=7))
        assert answered.attempts[0].model == "broken"
        assert answered.attempts[-1].failure is None
        explanation = choosing.explanation(7)
        assert explanation is not None
        assert explanation.because is Because.OWN_CHOICE
        assert await answered_by(manager, replace(HELLO, own_choice="gone")) in {"a", "b"}

    play(scene, ("a", OK, True), ("b", OK, True), ("cloud", OK, False), ("broken", BROKEN, True))


def test_what_an_admin_has_put_first_is_asked_first() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        manager.prefer(manager.targets[1])
        assert {await answered_by(manager) for _ in range(10)} == {"b"}

    play(scene, ("a", OK, True), ("b", SLOW, True))


def test_what_keeps_a_model_back_is_told() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        blind = manager.targets[0].source
        blind.sees = False  # type: ignore[misc]
        picture = Message(Role.USER, (TextPart("what is it"), ImagePart(b"x", "image/png")))
        assert await answered_by(manager, ChatRequest((picture,), request_id=9)) == "sees"
        explanation = choosing.explanation(9)
        assert explanation is not None
        assert [(one.model, one.hindrance.bar) for one in explanation.obstacles] == [("blind", Bar.VISION)]

    play(scene, ("blind", OK, True), ("sees", OK, True))


def test_what_people_say_of_answers_is_learned() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        for number in range(120):
            request = replace(HELLO, request_id=number)
            model = await answered_by(manager, request)
            choosing.react(number, "good" if model == "liked" else "bad")
        last = [await answered_by(manager) for _ in range(20)]
        assert last.count("liked") >= 17
        choosing.react(10**6, "good")

    play(scene, ("disliked", OK, True), ("liked", OK, True))


def test_what_was_learned_and_why_outlives_a_restart() -> None:
    async def scene(manager: LLMFallbackManager, choosing: Choosing, clock: LoopClock) -> None:
        for number in range(60):
            await answered_by(manager, replace(HELLO, request_id=number))
            await clock.sleep(10)
        anew = Choosing(ModelSelector(randomness=random.Random(5), monotonic=clock.monotonic), clock)
        assert anew.take_over(choosing.values(), 60.0)
        order = anew.order(HELLO, manager.targets, 1000)
        assert order[0].source.name == "good"
        assert anew.explanation(59) == choosing.explanation(59)
        assert not anew.take_over("nonsense", 1.0)

    play(scene, ("slow", SLOW, True), ("good", OK, True))
