"""Makes each part of the bot as the settings want it; `app.py` puts them together."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer

from bot.access import Doorkeeper, OwnerCode
from bot.alerts import Alerts
from bot.health import HealthCheck
from bot.model_control import ModelControl
from bot.playground.server import Playground
from bot.settings import Selection, Settings
from bot.settings.given_models import variable_of
from llm.capabilities.book import CapabilityBook
from llm.capabilities.conditions import ProbeConditions
from llm.capabilities.detector import ModelCapabilityDetector
from llm.capabilities.plan import DetectionLimits
from llm.clock import Clock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from llm.routing.detection import Detections
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.pool import ModelPool
from llm.routing.seating import Seating
from llm.routing.serving_model import KnownBy, Search, ServingModel
from llm.routing.spending import Spending
from llm.routing.target import Target
from llm.routing.traffic import Traffic
from llm.selection.selector import ModelSelector
from storage import People, PerformanceRows, Statistics

if TYPE_CHECKING:
    from bot.metrics import Metrics, MetricsServer

# The page's own bot and its admin (the page offers to be either of its people).
PLAYGROUND_TOKEN = "42:playground"  # noqa: S105 - opens nothing but the page on this machine
PLAYGROUND_ADMIN = 1
# So many of all requests may be sent a second time when the first takes unusually long to begin.
HEDGE_SHARE = 0.03


def make_models(
    settings: Settings, http: HttpClient, clock: Clock, search: Search | None, known: KnownBy | None = None
) -> ModelPool:
    """The models that are asked, as the settings have them."""
    timeouts = Timeouts(first_token=settings.timeout_seconds)
    primary = ServingModel(
        http=http,
        clock=clock,
        timeouts=timeouts,
        configured=settings.primary_model,
        wanted_base=settings.llm_api_base,
        wanted_model=settings.llm_model,
        key=settings.llm_api_key,
        search=search,
        known=known,
    )

    def configured(model: ModelConfig) -> ServingModel:
        return ServingModel(http=http, clock=clock, timeouts=timeouts, configured=model, known=known)

    fallbacks = settings.fallback_models if settings.fallback_enabled else ()
    tasks = {task: configured(model) for task, model in settings.models_by_task.items()}
    return ModelPool(primary, [configured(model) for model in fallbacks], tasks)


def make_manager(
    settings: Settings,
    pool: ModelPool,
    clock: Clock,
    randomness: random.Random,
    monitor: ModelPerformanceMonitor,
    alerts: Alerts,
    spending: Spending,
    traffic: Traffic,
    seating: Seating,
    choosing: Choosing,
) -> LLMFallbackManager:
    """Who is asked for answers, in which order and within which limits."""
    primary = "LLM_" if settings.primary_model is None else "PRIMARY_MODEL__"
    parts = [(primary, ""), *((f"FALLBACK_MODELS__{number}__", "") for number in range(len(pool.fallbacks)))]
    parts += [(f"{variable_of(task)}__", task) for task in pool.tasks]
    targets = [
        Target(model, setting=setting, monotonic=clock.monotonic, randomness=randomness, task=task)
        for model, (setting, task) in zip(pool.every, parts, strict=True)
    ]
    return LLMFallbackManager(
        targets,
        clock=clock,
        randomness=randomness,
        limits=CallLimits(begin=settings.timeout_seconds, max_retries=settings.max_retries),
        monitor=monitor,
        fallback_enabled=settings.fallback_enabled,
        hedge_share=HEDGE_SHARE if settings.hedging else 0.0,
        tell=alerts.misconfigured,
        spending=spending,
        traffic=traffic,
        seating=seating,
        choosing=choosing,
    )


def make_choosing(settings: Settings, clock: Clock, randomness: random.Random, spending: Spending) -> Choosing:
    """Who is asked first: as learned, or as configured."""
    ordered = settings.selection is Selection.ORDERED
    return Choosing(ModelSelector(randomness=randomness, monotonic=clock.monotonic, ordered=ordered), clock, spending)


def make_detections(
    settings: Settings, pool: ModelPool, book: CapabilityBook, clock: Clock, conditions: ProbeConditions
) -> Detections:
    """What finds out again and again what models can do."""
    limits = DetectionLimits(tokens=settings.detect_tokens)
    detector = ModelCapabilityDetector(clock, limits=limits, store=book, conditions=conditions)
    return Detections(pool, detector, book, clock, every=settings.redetect_every, ask_clouds=settings.detect_cloud)


def make_metrics(settings: Settings) -> Metrics | None:
    """What Prometheus may ask for, where it is switched on."""
    if not settings.metrics_port:
        return None
    from bot.metrics import Metrics  # most installations do without

    return Metrics()


def make_metrics_server(
    settings: Settings, metrics: Metrics, health: HealthCheck, control: ModelControl
) -> MetricsServer:
    """Where Prometheus asks."""
    from bot.metrics import MetricsServer

    return MetricsServer(metrics, settings.metrics_host, settings.metrics_port, health, control)


async def make_spending(settings: Settings, rows: PerformanceRows | Statistics, clock: Clock) -> Spending:
    """What the cloud may cost, and what it has cost so far."""
    spending = Spending(clock, settings.cloud_budgets)
    for span in settings.cloud_budgets:
        spending.begin_with(span, await rows.spent(since=span.begin(clock.now())))
    return spending


def make_bot(settings: Settings, playground: Playground | None) -> Bot:
    """The client of Telegram, of a Bot API server of one's own, or of the page on this machine."""
    if playground is not None:
        return Bot(PLAYGROUND_TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url)))
    base = settings.telegram_api_base
    server = TelegramAPIServer.from_base(base) if base else PRODUCTION
    return Bot(settings.bot_token.get_secret_value(), AiohttpSession(api=server))


async def make_doorkeeper(
    settings: Settings, people: People, randomness: random.Random
) -> tuple[Doorkeeper, OwnerCode | None]:
    """Who may come in, and the code for the owner of a bot that has no admin yet."""
    admin_ids = settings.admin_ids
    if settings.playground and not admin_ids:
        admin_ids = (PLAYGROUND_ADMIN,)
    code = None if admin_ids or await people.admins() else OwnerCode(randomness)
    doorkeeper = Doorkeeper(
        people,
        mode=settings.effective_access,
        admin_ids=admin_ids,
        allowed_ids=settings.allowed_ids,
        owner_code=code,
    )
    return doorkeeper, code
