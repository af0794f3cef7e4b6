"""When a model is detected without anybody asking for it, who may join or stop it, and what the values steer."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from llm.capabilities.book import CapabilityBook
from llm.capabilities.detector import ModelCapabilityDetector, Progress
from llm.capabilities.facts import Ability, Fact, Known, ModelKey, Source
from llm.capabilities.plan import DetectionLimits
from llm.capabilities.store import CapabilitiesInMemory
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient, make_client
from llm.routing.detection import Detections, DetectionStopped
from llm.routing.fallback import LLMFallbackManager
from llm.routing.people_first import PeopleFirst
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.routing.traffic import Traffic
from llm.types import JsonMode
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.one_slot import OneSlot
from tests.fakes.replies import Hang
from tests.llm.routing.virtual import HELLO

DAY = timedelta(days=1)


class Calendar(SystemClock):
    """The real clock with a date that a test moves, and pauses that are soon over."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 26, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, 0.01))


@dataclass
class Scene:
    """One model on a fake server, and the detections of it."""

    server: ModelServer
    http: HttpClient
    clock: Calendar
    book: CapabilityBook
    traffic: Traffic
    model: ServingModel
    pool: ModelPool
    detections: Detections

    @property
    def probes(self) -> int:
        return len([one for one in self.server.chats if one.path.endswith("/completions")])

    @property
    def known(self) -> Known | None:
        return self.model.current().known

    async def look(self) -> None:
        """Look at the server as it is now, then for what is due."""
        await self.model.refresh()
        await self.detections.detect_due()


Open = Callable[..., Scene]


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        servers.llama_server(running)
        running.reply("PONG")
        yield running


@pytest.fixture
def scene(server: ModelServer, http: HttpClient) -> Open:
    def build(
        *, every: timedelta = DAY, clouds: bool = False, store: CapabilityBook | None = None, **more: object
    ) -> Scene:
        clock = Calendar()
        book = store or CapabilityBook(CapabilitiesInMemory())
        traffic = Traffic(clock)
        conditions = PeopleFirst(traffic, quiet_seconds=0.01)
        config = ModelConfig.model_validate({"name": "tiny-chat", "api_base": server.base, **more})
        model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), configured=config, known=book.at_hand)
        detector = ModelCapabilityDetector(clock, store=book, conditions=conditions)
        pool = ModelPool(model)
        detections = Detections(pool, detector, book, clock, every=every, ask_clouds=clouds)
        return Scene(server, http, clock, book, traffic, model, pool, detections)

    return build


async def test_a_new_model_is_detected_once_and_known_at_once(scene: Open) -> None:
    here = scene()
    await here.look()
    asked = here.probes
    assert 0 < asked <= 12
    assert here.known is not None
    assert here.known.at == here.clock.moment
    await here.look()
    assert here.probes == asked


async def test_a_model_that_is_set_for_several_things_is_detected_once(scene: Open, http: HttpClient) -> None:
    here = scene()
    await here.look()
    once = here.probes
    here.clock.moment += DAY
    await here.detections.detect_all()
    anew = here.probes - once
    assert anew
    config, known = here.model.current().config, here.book.at_hand
    again = ServingModel(http=http, clock=here.clock, timeouts=Timeouts(), configured=config, known=known)
    await again.refresh()
    pool = ModelPool(here.model, tasks={"code": again})
    detector = ModelCapabilityDetector(
        here.clock, store=here.book, conditions=PeopleFirst(here.traffic, quiet_seconds=0.01)
    )
    await Detections(pool, detector, here.book, here.clock, every=DAY).detect_all()
    assert here.probes - once - anew == anew


async def test_a_changed_file_or_context_is_another_model(scene: Open, server: ModelServer) -> None:
    here = scene()
    await here.look()
    asked, before = here.probes, here.known
    servers.llama_server(server, context=1024)
    await here.look()
    assert here.probes > asked
    assert here.known is not None
    assert before is not None
    assert here.known.fingerprint != before.fingerprint


async def test_a_server_that_comes_back_is_detected_anew_after_an_hour(scene: Open, server: ModelServer) -> None:
    here = scene()
    await here.look()
    asked = here.probes
    for away, again in ((timedelta(minutes=10), False), (timedelta(hours=2), True)):
        await server.refuse()
        await here.look()
        here.clock.moment += away
        await server.listen()
        await here.look()
        assert (here.probes > asked) is again


@pytest.mark.parametrize("local", [True, False])
async def test_nothing_begins_by_itself_where_it_is_switched_off_or_in_a_cloud(scene: Open, local: bool) -> None:
    here = scene(every=timedelta(0) if local else DAY, local=local)
    await here.look()
    await here.detections.detect_all()
    assert not here.probes


async def test_a_cloud_is_asked_only_where_it_may_be(scene: Open) -> None:
    here = scene(local=False)
    await here.model.refresh()
    detection = await here.detections.detect(here.model)
    assert (detection.skipped, detection.calls, here.probes) == ("cloud", 0, 0)
    assert detection.facts[Ability.CONTEXT].source is Source.SERVER, "what costs nothing is told"
    assert here.known is None
    allowed = scene(local=False, clouds=True)
    await allowed.look()
    assert allowed.probes


async def test_who_asks_for_what_is_under_way_waits_for_the_same_and_hears_how_far_it_is(
    scene: Open, server: ModelServer
) -> None:
    here = scene()
    await here.model.refresh()
    first: list[Progress] = []
    second: list[Progress] = []
    server.script(Hang())
    one = asyncio.create_task(here.detections.detect(here.model, first.append))
    await server.wait_requests(len(server.requests) + 2)
    two = asyncio.create_task(here.detections.detect(here.model, second.append))
    await asyncio.sleep(0)
    assert here.detections.under_way(here.model)
    assert second == first[-1:], "who comes later is told how far it is"
    two.cancel()
    with pytest.raises(asyncio.CancelledError):
        await two
    assert here.detections.stop(here.model)
    with pytest.raises(DetectionStopped):
        await one
    await server.wait_disconnect()
    assert not here.detections.under_way(here.model)
    assert not here.detections.stop(here.model)


async def test_one_that_could_not_be_finished_is_gone_on_with_later(scene: Open, server: ModelServer) -> None:
    here = scene()
    await here.model.refresh()
    await server.refuse()
    await here.detections.detect_due()
    assert here.known is None
    await server.listen()
    await here.look()
    assert not here.probes, "not at once"
    here.clock.moment += timedelta(minutes=3)
    await here.look()
    assert here.probes


async def test_what_was_found_out_steers_the_next_request(scene: Open) -> None:
    book = CapabilityBook(CapabilitiesInMemory())
    here = scene(store=book)
    await here.model.refresh()
    before = here.model.client()
    fingerprint = here.model.current().fingerprint
    facts = {
        Ability.CONTEXT: Fact(300, Source.PROBE, 0.95, here.clock.moment),
        Ability.SYSTEM: Fact("ignored", Source.PROBE, 0.92, here.clock.moment),
        Ability.JSON: Fact("prompt", Source.PROBE, 0.92, here.clock.moment),
        Ability.VISION: Fact(False, Source.PROBE, 0.95, here.clock.moment),
    }
    await book.conclude(ModelKey(before.server, "tiny-chat"), Known(fingerprint, facts, here.clock.moment))
    assert here.model.client() is before
    here.model.reconsider()
    client = here.model.client()
    assert client is not before
    assert here.model.context == 300
    assert client.json_modes == (JsonMode.PROMPT,)
    assert client.served.capabilities.system_role is False
    assert here.model.sees is False
    assert client.learned is before.learned, "what answers have taught is kept"


async def test_a_context_that_was_seen_with_another_file_is_not_believed(scene: Open) -> None:
    book = CapabilityBook(CapabilitiesInMemory())
    here = scene(store=book)
    await here.model.refresh()
    facts = {Ability.CONTEXT: Fact(300, Source.PROBE, 0.95, here.clock.moment)}
    key = ModelKey(here.model.client().server, "tiny-chat")
    await book.conclude(key, Known("another", facts, here.clock.moment))
    here.model.reconsider()
    assert here.model.context == 512


async def test_people_wait_no_longer_while_a_server_with_one_slot_is_detected(scene: Open, server: ModelServer) -> None:
    here = scene()
    await here.model.refresh()
    OneSlot(server, seconds=0.2)
    chance = random.Random(1)
    target = Target(here.model, setting="LLM_", monotonic=here.clock.monotonic, randomness=chance)
    manager = LLMFallbackManager([target], clock=here.clock, randomness=chance, traffic=here.traffic)

    async def median(times: int) -> float:
        taken = []
        for _ in range(times):
            began = here.clock.monotonic()
            await manager.chat_with_fallback(HELLO)
            taken.append(here.clock.monotonic() - began)
            await asyncio.sleep(chance.uniform(0.05, 0.3))
        return statistics.median(taken)

    alone = await median(7)
    asked = here.probes
    detecting = asyncio.create_task(here.detections.detect(here.model))
    beside = await median(17)
    assert here.probes - asked > 17 + 4, "probes were under way when people wrote"
    here.detections.stop(here.model)
    await asyncio.gather(detecting, return_exceptions=True)
    assert beside <= 1.1 * alone, f"median of a message: {alone:.3f} s alone, {beside:.3f} s beside a detection"


async def test_a_model_that_answers_no_more_is_asked_no_more(scene: Open, server: ModelServer) -> None:
    here = scene()
    await here.model.refresh()
    server.otherwise(Hang())
    running = asyncio.create_task(here.detections.detect(here.model))
    await server.wait_requests(len(server.requests) + 1)
    here.detections.stop_gone()
    assert here.detections.under_way(here.model), "it still answers"
    config = ModelConfig(name="other", api_base=server.base)
    other = ServingModel(http=here.http, clock=here.clock, timeouts=Timeouts(), configured=config)
    here.pool.replace(ModelPool(other))
    here.detections.stop_gone()
    with pytest.raises(DetectionStopped):
        await running
    assert here.pool.every == (other,)


async def test_other_rules_hold_from_the_next_look_on(scene: Open) -> None:
    here = scene(every=timedelta(0))
    await here.look()
    assert here.probes == 0
    here.detections.work_by(every=DAY, ask_clouds=False, limits=DetectionLimits(calls=2))
    await here.look()
    assert here.probes == 2
