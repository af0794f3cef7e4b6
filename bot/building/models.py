"""The models: who is asked, what is known of them, what they cost, and who is told of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.alerts import Alerts
from bot.building.front import Front
from bot.building.ground import Ground
from bot.building.stores import Stores
from bot.live.models import Make, ModelParts
from bot.model_control import ModelControl
from bot.parts import (
    make_choosing,
    make_detections,
    make_manager,
    make_metrics,
    make_models,
    make_spending,
    transcription_config,
)
from bot.remembering import Memory, Remembering, memory_of_balancing, memory_of_breakers
from bot.settings import Settings
from bot.tasks import Tasks, open_tasks
from llm.balancing.balancer import Balancer
from llm.demo import demo_mounts
from llm.http import HttpClient, make_client
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from llm.routing.detection import Detections
from llm.routing.fallback import LLMFallbackManager
from llm.routing.people_first import PeopleFirst
from llm.routing.pool import ModelPool
from llm.routing.recovery import RecoveryWatch
from llm.routing.seating import Seating
from llm.routing.serving_model import ServingModel
from llm.routing.spending import Spending
from llm.routing.traffic import Traffic
from llm.transcription import Transcriber

if TYPE_CHECKING:
    from bot.metrics import Metrics  # most installations do without


@dataclass(frozen=True, slots=True)
class Models:
    """The models of the settings and all that has to do with asking them; `make` makes those of other settings."""

    http: HttpClient
    make: Make
    pool: ModelPool
    manager: LLMFallbackManager
    choosing: Choosing
    spending: Spending
    alerts: Alerts
    control: ModelControl
    detections: Detections
    remembering: Remembering
    tasks: Tasks
    transcriber: Transcriber
    monitor: ModelPerformanceMonitor
    metrics: Metrics | None

    @property
    def parts(self) -> ModelParts:
        """What is exchanged when the settings change."""
        return ModelParts(self.make, self.pool, self.manager, self.alerts, self.detections)


async def open_models(stack: AsyncExitStack, ground: Ground, stores: Stores, front: Front) -> Models:
    """Make them; nobody has been asked yet. What was learned before the last end is taken over."""
    settings, clock, randomness = ground.settings, ground.clock, ground.randomness
    http = await stack.enter_async_context(make_client(mounts=demo_mounts(clock)))

    def make(wanted: Settings, before: Sequence[ServingModel]) -> ModelPool:
        return make_models(wanted, http, clock, ground.search, stores.book.at_hand, before)

    pool, metrics = make(settings, ()), make_metrics(settings)
    monitor = ModelPerformanceMonitor(stores.rows, clock, also=metrics.count if metrics is not None else None)
    spending = await make_spending(settings, stores.rows, clock)
    alerts = Alerts(spending=spending, notices=front.notices, database=stores.database, clock=clock)
    traffic, choosing = Traffic(clock), make_choosing(settings, clock, randomness, spending)
    seating = Seating(Balancer(clock.monotonic, randomness), clock)
    manager = make_manager(settings, pool, clock, randomness, monitor, alerts, spending, traffic, seating, choosing)
    transcriber = Transcriber(http, clock, transcription_config(settings))
    people_first = PeopleFirst(traffic, monitor=monitor, spending=spending)
    detections = make_detections(settings, pool, stores.book, clock, people_first)
    memories = {
        "balancing": memory_of_balancing(seating.balancer),
        "breakers": memory_of_breakers(manager),
        "selection": Memory(choosing.values, choosing.take_over),
    }
    found = Models(
        http=http,
        make=make,
        pool=pool,
        manager=manager,
        choosing=choosing,
        spending=spending,
        alerts=alerts,
        control=ModelControl(pool, manager, transcriber),
        detections=await stack.enter_async_context(detections),
        remembering=await stack.enter_async_context(Remembering(stores.learned, memories, clock)),
        tasks=await stack.enter_async_context(
            open_tasks(settings, manager, stores.conversations, stores.summaries, clock)
        ),
        transcriber=transcriber,
        monitor=monitor,
        metrics=metrics,
    )
    await stack.enter_async_context(RecoveryWatch(lambda: manager.targets, clock, seating.back))
    return found
