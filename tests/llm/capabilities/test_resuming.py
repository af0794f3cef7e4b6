"""A detection that is cut off, at any request or between two, goes on where it was and ends with the same result."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.capabilities.detector import ModelCapabilityDetector
from llm.capabilities.facts import MEASURES, Ability, Detection, Fact, ModelKey
from llm.capabilities.observation import Observation
from llm.capabilities.store import CapabilitiesInMemory
from llm.clock import SystemClock
from llm.config import Timeouts
from llm.http import HttpClient, make_client
from llm.routing.serving_model import ServingModel
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Reply, ReplyMaker, Request
from tests.fakes.zoo import ZOO
from tests.fakes.zoo.animal import Animal

NAMES = (
    "honest on Ollama",
    "honest on vLLM",
    "honest on llama-server",
    "honest on any compatible server",
    "template refuses system messages",
    "refuses response_format",
    "thinks always, inside its text",
    "tells 32768 and cuts at 4096 in silence",
    "tells nothing, and refuses without a number",
    "refuses tools",
)
ANIMALS = {animal.name: animal for animal in ZOO}
MOST_CUTS = 12
CHATS = {"/v1/chat/completions", "/v1/completions", "/api/chat", "/api/generate"}


class CutOff(Exception):
    """The program was killed."""


class Fragile(CapabilitiesInMemory):
    """A store that outlives its program, which is killed after some of the things that it keeps."""

    def __init__(self, cuts: frozenset[int]) -> None:
        super().__init__()
        self._cuts = cuts
        self._kept = 0

    async def observe(self, key: ModelKey, fingerprint: str, seen: Sequence[Observation]) -> None:
        await super().observe(key, fingerprint, seen)
        self._kept += 1
        if self._kept in self._cuts:
            raise CutOff


def steady(facts: dict[Ability, Fact] | None) -> dict[Ability, tuple[object, str, float]]:
    """The values with their sources, without what is measured and differs a little each time."""
    assert facts is not None
    kept = {
        ability: one for ability, one in facts.items() if ability not in MEASURES or ability is Ability.INSTRUCTIONS
    }
    return {ability: (one.value, one.source.value, one.confidence) for ability, one in kept.items()}


def hanging(answer: ReplyMaker, hang_at: frozenset[int], hung: asyncio.Event) -> ReplyMaker:
    """A server that does not answer some of its requests, by their numbers."""
    numbers = itertools.count(1)

    def reply(request: Request) -> Reply:
        if next(numbers) in hang_at:
            hung.set()
            return Hang()
        return answer(request) if callable(answer) else answer

    return reply


async def detect(
    animal: Animal, http: HttpClient, store: CapabilitiesInMemory, hang_at: frozenset[int] = frozenset()
) -> tuple[dict[Ability, tuple[object, str, float]], int]:
    """Detect with as many restarts as it takes; at the requests of `hang_at` the program is killed."""
    async with ModelServer() as server:
        housed = animal.install(server)
        hung = asyncio.Event()
        for path in CHATS & set(server.post):
            server.post[path] = hanging(server.post[path], hang_at, hung)
        model = ServingModel(
            http=http, clock=SystemClock(), timeouts=Timeouts(), wanted_base=server.base, wanted_model=housed.model
        )
        await model.refresh()
        for _ in range(MOST_CUTS):
            detector = ModelCapabilityDetector(SystemClock(), store=store)
            running = asyncio.create_task(detector.detect_capabilities(model.client()))
            killing = asyncio.create_task(hung.wait())
            await asyncio.wait({running, killing}, return_when=asyncio.FIRST_COMPLETED)
            hung.clear()
            killing.cancel()
            running.cancel()
            [outcome] = await asyncio.gather(running, return_exceptions=True)
            if isinstance(outcome, Detection):
                return steady(dict(outcome.facts)), outcome.calls
            assert isinstance(outcome, CutOff | asyncio.CancelledError), outcome
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4)
@given(cuts=st.frozensets(st.integers(1, 12), max_size=4), hangs=st.frozensets(st.integers(1, 12), max_size=2))
def test_a_run_that_is_cut_anywhere_ends_with_the_same_result(
    name: str, cuts: frozenset[int], hangs: frozenset[int]
) -> None:
    async def work() -> None:
        async with make_client() as http:
            whole = await detect(ANIMALS[name], http, CapabilitiesInMemory())
            assert await detect(ANIMALS[name], http, Fragile(cuts), hangs) == whole

    asyncio.run(work())
