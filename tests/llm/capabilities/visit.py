"""A visit to one animal of the zoo: its server is looked at and its model detected over real sockets, and judged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from llm.capabilities.detector import ModelCapabilityDetector
from llm.capabilities.facts import Ability, Detection, Fact
from llm.capabilities.plan import DetectionLimits
from llm.capabilities.store import CapabilitiesInMemory
from llm.config import Timeouts
from llm.http import make_client
from llm.routing.serving_model import ServingModel
from tests.fakes.model_server import ModelServer
from tests.fakes.zoo.animal import Animal, Expectations
from tests.fakes.zoo.houses import Housed

MOST_CALLS = DetectionLimits().calls


class HurriedClock:
    """Time that runs so many times faster than the real one."""

    def __init__(self, hurry: float) -> None:
        self._hurry = hurry

    def monotonic(self) -> float:
        return time.monotonic() * self._hurry

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._hurry)


@dataclass(frozen=True, slots=True)
class Judged:
    """One detection of one animal: `calls` as its server has counted them, `wrong` in words."""

    name: str
    calls: int
    told_calls: int
    expected: int
    wrong: tuple[str, ...]
    detection: Detection

    @property
    def right(self) -> int:
        """How many values are right, of those for which it is known what is."""
        return self.expected - len(self.wrong)


async def visit(animal: Animal) -> tuple[Judged, ...]:
    """Detect an animal as the program does, twice where it changes."""
    clock = HurriedClock(animal.hurry)
    async with ModelServer() as server, make_client() as http:
        housed = animal.install(server)
        model = ServingModel(
            http=http, clock=clock, timeouts=Timeouts(), wanted_base=server.base, wanted_model=housed.model
        )
        detector = ModelCapabilityDetector(clock, store=CapabilitiesInMemory())
        first = await _detected(animal.name, animal.expected, model, detector, housed)
        if animal.update is None:
            return (first,)
        animal.update.act(housed)
        name = f"{animal.name}: the other one"
        return first, await _detected(name, animal.update.expected, model, detector, housed)


async def _detected(
    name: str, expected: Expectations, model: ServingModel, detector: ModelCapabilityDetector, housed: Housed
) -> Judged:
    before = housed.chats
    await model.refresh()
    detection = await detector.detect_capabilities(model.client())
    wrong = tuple(_wrong(expected, detection.facts))
    return Judged(name, housed.chats - before, detection.calls, len(expected), wrong, detection)


def _wrong(expected: Expectations, facts: Mapping[Ability, Fact]) -> Sequence[str]:
    return [
        f"{ability.value}: {_shown(facts.get(ability))}, right is {one.words}"
        for ability, one in expected.items()
        if not one.fits(facts.get(ability))
    ]


def _shown(fact: Fact | None) -> str:
    if fact is None:
        return "nothing"
    interval = f" [{fact.low} to {fact.high}]" if fact.low is not None or fact.high is not None else ""
    return f"{fact.value}{interval} ({fact.source.value}, {fact.confidence:.0%})"
