"""Messages are sorted beside everything else: in time, or not at all, and nobody is asked twice for the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import pytest

from llm.errors import AttemptFailed, Failure, FailureKind, Phase
from llm.tasks.sorting import (
    FIRST_PAUSE_SECONDS,
    MOST_AT_ONCE,
    REMEMBERED,
    RUN_SECONDS,
    SHORT_CHARACTERS,
    WAIT_SECONDS,
    MessageSorter,
)
from llm.types import ChatRequest, ChatResult, FinishReason
from tests.llm.routing.virtual import LoopClock, in_virtual_time

LONG = "My function gives back nothing although its list has three things in it, and I can not see why that is."


def text_number(number: int) -> str:
    return f"{LONG} {number}"


@dataclass
class Model:
    """Tells a kind after some seconds; may fail, or hang."""

    clock: LoopClock
    kind: str = "code"
    seconds: float = 0.5
    fails: bool = False
    asked: list[ChatRequest] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    cancelled: int = 0

    async def __call__(self, request: ChatRequest) -> ChatResult:
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.clock.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1
        if self.fails:
            failure = Failure(FailureKind.SERVER_ERROR, Phase.CONNECT, self.seconds)
            raise AttemptFailed(failure, model="m", server="s")
        return ChatResult(f'{{"kind": "{self.kind}", "language": "en"}}', FinishReason.STOP, "m", self.seconds)


Scene = Callable[[MessageSorter, Model], Coroutine[None, None, None]]


def play(scene: Scene, *, kinds: tuple[str, ...] = ("code",), seconds: float = 0.5) -> None:
    async def work(clock: LoopClock) -> None:
        model = Model(clock, seconds=seconds)
        async with MessageSorter(model, clock, kinds) as sorter:
            await scene(sorter, model)
        assert model.at_once == 0, "nothing outlives it"

    in_virtual_time(work)


async def timed(sorter: MessageSorter, model: Model, text: str) -> tuple[str, float]:
    began = model.clock.monotonic()
    kind = await sorter.begin(text).kind()
    return kind, round(model.clock.monotonic() - began, 6)


def test_a_model_tells_what_no_rule_can():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await timed(sorter, model, LONG) == ("code", 0.5)

    play(scene)


@pytest.mark.parametrize(
    ("text", "kinds", "told"),
    [
        ("Translate to German, please: " + LONG, ("code",), "translation"),
        ("x" * (SHORT_CHARACTERS - 1), ("code",), ""),
        (" " * SHORT_CHARACTERS, ("code",), ""),
        (LONG, (), ""),
        (LONG, ("vision", "long_document"), ""),
    ],
    ids=["a rule can tell", "short", "blank", "no kind has a model", "only a rule can tell such kinds"],
)
def test_nobody_is_asked_where_it_would_be_of_no_use(text: str, kinds: tuple[str, ...], told: str):
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await timed(sorter, model, text) == (told, 0)
        assert model.asked == []

    play(scene, kinds=kinds)


def test_kinds_of_ones_own_are_offered_to_the_model():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        model.kind = "home_cooking"
        assert await sorter.begin(LONG).kind() == "home_cooking"
        assert "home_cooking – it is about home cooking" in model.asked[0].messages[0].text

    play(scene, kinds=("home_cooking",))


def test_what_was_told_is_remembered_for_so_many_texts():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        model.seconds = 0.0
        for number in range(REMEMBERED):
            await sorter.begin(text_number(number)).kind()
        assert await timed(sorter, model, text_number(0)) == ("code", 0)
        assert len(model.asked) == REMEMBERED
        await sorter.begin(text_number(REMEMBERED)).kind()
        await sorter.begin(text_number(0)).kind()
        assert len(model.asked) == REMEMBERED + 1, "the one that was wanted last is not the one that is forgotten"
        await sorter.begin(text_number(1)).kind()
        assert len(model.asked) == REMEMBERED + 2

    play(scene)


def test_the_same_text_at_the_same_time_is_asked_about_once():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await asyncio.gather(*(sorter.begin(LONG).kind() for _ in range(5))) == ["code"] * 5
        assert len(model.asked) == 1

    play(scene)


def test_sorting_begins_at_once_and_the_wait_is_counted_from_there():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        sorting = sorter.begin(LONG)
        await model.clock.sleep(1.0)
        assert len(model.asked) == 1
        began = model.clock.monotonic()
        assert await sorting.kind() == ""
        assert model.clock.monotonic() - began == pytest.approx(WAIT_SECONDS - 1.0)

    play(scene, seconds=5)


def test_one_message_waits_for_a_model_that_hangs_and_no_other_does():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        waited = []
        for number in range(200):
            kind, seconds = await timed(sorter, model, text_number(number))
            assert kind == ""
            waited.append(seconds)
            await model.clock.sleep(7)
        assert waited[0] == pytest.approx(WAIT_SECONDS)
        assert waited[1:] == [0.0] * 199
        assert len(model.asked) < 8, "it is hardly asked any more"
        assert model.cancelled >= len(model.asked) - 1, "and each time given up"

    play(scene, seconds=1e6)


def test_after_a_model_was_late_it_is_asked_beside_the_answers_until_it_is_in_time_again():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await timed(sorter, model, LONG) == ("", WAIT_SECONDS)
        model.seconds = 0.2
        await model.clock.sleep(1)
        assert await timed(sorter, model, text_number(1)) == ("", 0.0)
        assert len(model.asked) == 1, "not before the pause is over"
        await model.clock.sleep(FIRST_PAUSE_SECONDS)
        assert await timed(sorter, model, text_number(2)) == ("", 0.0)
        await model.clock.sleep(0.3)
        assert await timed(sorter, model, text_number(2)) == ("code", 0.0), "what came meanwhile is known"
        assert await timed(sorter, model, text_number(3)) == ("code", 0.2)

    play(scene, seconds=3)


def test_a_model_that_fails_makes_nobody_wait_for_it_again_and_again():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        model.fails = True
        waited = 0.0
        for number in range(300):
            kind, seconds = await timed(sorter, model, text_number(number))
            assert kind == ""
            waited += seconds
            await model.clock.sleep(10)
        assert waited == pytest.approx(0.5)
        assert len(model.asked) < 10

    play(scene)


def test_a_late_one_that_has_to_be_loaded_is_given_the_time_and_is_in_time_then():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        await timed(sorter, model, LONG)
        await model.clock.sleep(RUN_SECONDS - 5)
        assert model.cancelled == 0
        assert await timed(sorter, model, LONG) == ("code", 0.0)

    play(scene, seconds=RUN_SECONDS - 10)


def test_only_so_many_are_sorted_at_once_and_who_comes_then_is_not():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        sortings = [sorter.begin(text_number(number)) for number in range(MOST_AT_ONCE + 3)]
        kinds = await asyncio.gather(*(sorting.kind() for sorting in sortings))
        assert kinds == ["code"] * MOST_AT_ONCE + [""] * 3
        assert model.most_at_once == MOST_AT_ONCE

    play(scene)


def test_who_gives_up_waiting_takes_nothing_from_the_others():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        first = asyncio.create_task(sorter.begin(LONG).kind())
        second = asyncio.create_task(sorter.begin(LONG).kind())
        await model.clock.sleep(0.1)
        first.cancel()
        assert await second == "code"
        assert model.cancelled == 0

    play(scene)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_model_does_nobody_waits_longer_than_a_moment(seed: int):
    chance = random.Random(seed)

    async def scene(sorter: MessageSorter, model: Model) -> None:
        waits: list[float] = []

        async def one(number: int) -> None:
            kind, seconds = await timed(sorter, model, text_number(number))
            assert kind in ("code", "")
            waits.append(seconds)

        async with asyncio.TaskGroup() as people:
            for number in range(150):
                model.seconds, model.fails = chance.choice([0.0, 0.3, 1.4, 1.6, 30.0, 1e5]), chance.random() < 0.3
                people.create_task(one(number))
                await model.clock.sleep(chance.expovariate(0.5))
        assert max(waits) <= WAIT_SECONDS + 1e-6
        assert model.clock.monotonic() < 150 * 10

    play(scene)


def test_other_kinds_are_sorted_for_from_the_next_message_on():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await sorter.begin(LONG).kind() == ""
        sorter.work_by(["code"])
        assert await sorter.begin(LONG).kind() == "code"
        late = sorter.begin(text_number(1))
        sorter.work_by(["home_cooking"])
        assert await late.kind() == "code", "it was asked for the kinds of then"
        model.kind = "home_cooking"
        assert await sorter.begin(LONG).kind() == "home_cooking", "what was told of other kinds says nothing"
        assert await sorter.begin(text_number(1)).kind() == "home_cooking"
        sorter.work_by([])
        assert await timed(sorter, model, LONG) == ("", 0)

    play(scene, kinds=())


def test_another_model_is_not_held_to_have_been_late():
    async def scene(sorter: MessageSorter, model: Model) -> None:
        assert await sorter.begin(LONG).kind() == ""
        await model.clock.sleep(RUN_SECONDS)
        sorter.work_by(["code"])
        model.seconds = 0.1
        assert await sorter.begin(LONG).kind() == "code"

    play(scene, seconds=WAIT_SECONDS + 1)
