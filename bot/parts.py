"""Makes each part of the bot as the settings want it; `app.py` puts them together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer

from bot.access import Doorkeeper, OwnerCode
from bot.alerts import Alerts
from bot.events import Notify
from bot.health import HealthCheck
from bot.intake.polling import Polling
from bot.model_control import ModelControl
from bot.playground.server import Playground
from bot.settings import AccessMode, Selection, Settings
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
from llm.routing.spending import SPANS, Spending
from llm.routing.target import Target
from llm.routing.traffic import Traffic
from llm.selection.selector import ModelSelector
from llm.transcription import TranscriptionConfig
from storage import Inbox, People, PerformanceRows, Statistics

if TYPE_CHECKING:
    from bot.intake.webhook import Webhook
    from bot.metrics import Metrics, MetricsServer

# The page's own bot and its admin (the page offers to be either of its people).
PLAYGROUND_TOKEN = "42:playground"  # noqa: S105 - opens nothing but the page on this machine
PLAYGROUND_ADMIN = 1
# So many of all requests may be sent a second time when the first takes unusually long to begin.
HEDGE_SHARE = 0.03


class CallRules(TypedDict):
    """What holds for each call, under the names that `LLMFallbackManager` has for it."""

    limits: CallLimits
    fallback_enabled: bool
    hedge_share: float


class DetectionRules(TypedDict):
    """What holds for detections, under the names that `Detections` has for it."""

    every: timedelta
    ask_clouds: bool
    limits: DetectionLimits


class AccessRules(TypedDict):
    """Who may come in, under the names that `Doorkeeper` has for it."""

    mode: AccessMode
    admin_ids: tuple[int, ...]
    allowed_ids: tuple[int, ...]


class LimitRules(TypedDict):
    """What people may use, under the names that `Limits` has for it."""

    messages_minute: int | None
    tokens_day: int | None


def limit_rules(settings: Settings) -> LimitRules:
    """What everybody may use who has no limits of their own."""
    return LimitRules(messages_minute=settings.limit_messages_minute, tokens_day=settings.limit_tokens_day)


def call_rules(settings: Settings) -> CallRules:
    """How long, how often and whom a call may ask."""
    return CallRules(
        limits=CallLimits(begin=settings.timeout_seconds, max_retries=settings.max_retries),
        fallback_enabled=settings.fallback_enabled,
        hedge_share=HEDGE_SHARE if settings.hedging else 0.0,
    )


def detection_rules(settings: Settings) -> DetectionRules:
    """How often, whom and how much detections may ask."""
    return DetectionRules(
        every=settings.redetect_every,
        ask_clouds=settings.detect_cloud,
        limits=DetectionLimits(tokens=settings.detect_tokens),
    )


def access_rules(settings: Settings) -> AccessRules:
    """Who is let in. The page has an admin where none is named: who can open it has the machine."""
    admin_ids = settings.admin_ids
    if settings.playground and not admin_ids:
        admin_ids = (PLAYGROUND_ADMIN,)
    return AccessRules(mode=settings.effective_access, admin_ids=admin_ids, allowed_ids=settings.allowed_ids)


def transcription_config(settings: Settings) -> TranscriptionConfig | None:
    """Where speech is written down; None: nowhere."""
    if not settings.transcription_api_base:
        return None
    return TranscriptionConfig(
        settings.transcription_api_base, settings.transcription_model, settings.transcription_api_key
    )


def model_timeouts(settings: Settings) -> Timeouts:
    """The limits of a request that is no part of a call."""
    return Timeouts(first_token=settings.timeout_seconds)


def make_models(
    settings: Settings,
    http: HttpClient,
    clock: Clock,
    search: Search | None,
    known: KnownBy | None = None,
    before: Sequence[ServingModel] = (),
) -> ModelPool:
    """The models that are asked, as the settings have them; those of `before` that are still wanted are kept."""
    timeouts = model_timeouts(settings)
    left = list(before)
    primary = _kept(
        ServingModel(
            http=http,
            clock=clock,
            timeouts=timeouts,
            configured=settings.primary_model,
            wanted_base=settings.llm_api_base,
            wanted_model=settings.llm_model,
            key=settings.llm_api_key,
            search=search,
            known=known,
        ),
        left,
    )

    def configured(model: ModelConfig) -> ServingModel:
        return _kept(ServingModel(http=http, clock=clock, timeouts=timeouts, configured=model, known=known), left)

    fallbacks = settings.fallback_models if settings.fallback_enabled else ()
    tasks = {task: configured(model) for task, model in settings.models_by_task.items()}
    return ModelPool(primary, [configured(model) for model in fallbacks], tasks)


def _kept(model: ServingModel, left: list[ServingModel]) -> ServingModel:
    """The one that is there already in the place of a new one; a new one follows who was the same model before it."""
    for one in left:
        if one.wanted == model.wanted:
            left.remove(one)
            return one
    before = next((one for one in left if one.same_model(model)), None)
    if before is not None:
        model.follow(before)
    return model


def model_settings(settings: Settings, pool: ModelPool) -> list[tuple[str, str]]:
    """For each model of the pool the beginning of the variables by which it is configured, and its task."""
    primary = "LLM_" if settings.primary_model is None else "PRIMARY_MODEL__"
    fallbacks = ((f"FALLBACK_MODELS__{number}__", "") for number in range(len(pool.fallbacks)))
    return [(primary, ""), *fallbacks, *((f"{variable_of(task)}__", task) for task in pool.tasks)]


def make_targets(
    settings: Settings, pool: ModelPool, clock: Clock, randomness: random.Random, before: Iterable[Target] = ()
) -> tuple[Target, ...]:
    """A target for each model of the pool; those of `before` whose model is kept are kept."""
    there = {id(target.source): target for target in before}
    targets = []
    for model, (setting, task) in zip(pool.every, model_settings(settings, pool), strict=True):
        target = there.get(id(model))
        if target is None:
            target = Target(model, setting=setting, monotonic=clock.monotonic, randomness=randomness)
        target.setting, target.task = setting, task
        targets.append(target)
    return tuple(targets)


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
    return LLMFallbackManager(
        make_targets(settings, pool, clock, randomness),
        clock=clock,
        randomness=randomness,
        monitor=monitor,
        tell=alerts.misconfigured,
        spending=spending,
        traffic=traffic,
        seating=seating,
        choosing=choosing,
        **call_rules(settings),
    )


def make_choosing(settings: Settings, clock: Clock, randomness: random.Random, spending: Spending) -> Choosing:
    """Who is asked first: as learned, or as configured."""
    ordered = settings.selection is Selection.ORDERED
    return Choosing(ModelSelector(randomness=randomness, monotonic=clock.monotonic, ordered=ordered), clock, spending)


def make_detections(
    settings: Settings, pool: ModelPool, book: CapabilityBook, clock: Clock, conditions: ProbeConditions
) -> Detections:
    """What finds out again and again what models can do."""
    rules = detection_rules(settings)
    detector = ModelCapabilityDetector(clock, limits=rules["limits"], store=book, conditions=conditions)
    return Detections(pool, detector, book, clock, every=rules["every"], ask_clouds=rules["ask_clouds"])


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
    for span in SPANS:  # also where there is no cap: there may be one later
        spending.begin_with(span, await rows.spent(since=span.begin(clock.now())))
    return spending


def make_bot(settings: Settings, playground: Playground | None) -> Bot:
    """The client of Telegram, of a Bot API server of one's own, or of the page on this machine."""
    if playground is not None:
        return Bot(PLAYGROUND_TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(playground.base_url)))
    base = settings.telegram_api_base
    server = TelegramAPIServer.from_base(base) if base else PRODUCTION
    return Bot(settings.bot_token.get_secret_value(), AiohttpSession(api=server))


def make_intake(
    settings: Settings,
    bot: Bot,
    inbox: Inbox,
    wake: Callable[[], None],
    clock: Clock,
    randomness: random.Random,
    notify: Notify,
) -> Polling | Webhook:
    """How updates come; a webhook is to be entered before it runs."""
    if not settings.webhook_url:
        return Polling(bot, inbox, wake, clock=clock, randomness=randomness, notify=notify)
    from bot.intake.webhook import Webhook, WebhookPlace  # most installations poll

    secret = settings.webhook_secret.get_secret_value()
    place = WebhookPlace(settings.webhook_url, settings.webhook_host, settings.webhook_port, secret)
    return Webhook(bot, inbox, wake, place, clock=clock, randomness=randomness)


async def make_doorkeeper(
    settings: Settings, people: People, randomness: random.Random
) -> tuple[Doorkeeper, OwnerCode | None]:
    """Who may come in, and the code for the owner of a bot that has no admin yet."""
    rules = access_rules(settings)
    code = None if rules["admin_ids"] or await people.admins() else OwnerCode(randomness)
    return Doorkeeper(people, owner_code=code, **rules), code
