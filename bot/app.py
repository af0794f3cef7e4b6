"""The composition root: the floors of the bot in their order, closed in reverse."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramUnauthorizedError

from bot.access import OwnerCode
from bot.building.front import Front, open_front
from bot.building.ground import Ground
from bot.building.handling import open_handling
from bot.building.live import open_live_settings
from bot.building.models import Models, open_models
from bot.building.service import Service, open_service
from bot.building.stores import Stores, open_stores
from bot.errors import StartError
from bot.explaining import Explaining
from bot.greeting import Greeting
from bot.intake.inbox import InboxWorker
from bot.live.settings_file import SettingsFile
from bot.log import Log
from bot.parts import make_metrics_server
from bot.playground.errors import PortTaken
from bot.playground.server import Playground
from bot.running import RunningAnswers
from bot.settings import Settings
from bot.signals import listen
from bot.startup import Announcer
from bot.working import Crew, Patience, at_work
from llm.clock import Clock, SystemClock
from llm.routing.pool import ModelPool
from llm.routing.serving_model import Search, ServingModel
from storage import Database, Inbox, StorageError

logger = structlog.get_logger()

PLAYGROUND_STATE = Path("data/playground.json")


@dataclass(frozen=True, slots=True)
class App:
    """A bot that works, for as long as its context lasts."""

    bot: Bot
    dispatcher: Dispatcher
    database: Database
    inbox: Inbox
    pool: ModelPool
    worker: InboxWorker
    running: RunningAnswers
    owner_code: OwnerCode | None
    playground: Playground | None
    work: asyncio.Task[None]

    @property
    def models(self) -> ServingModel:
        """The primary model."""
        return self.pool.primary


async def run(settings: Settings, file: SettingsFile, log: Log) -> None:
    """Run until SIGINT or SIGTERM, by what the settings file says at each moment; a second one ends all waiting.

    Raises `StartError` when something that is needed is not to be had.
    """
    stop, patience = asyncio.Event(), Patience()

    def told() -> None:
        if stop.is_set():
            patience.lose()
        stop.set()

    listen(told, file.ask)
    async with running_app(settings, file=file, log=log, patience=patience) as app:
        # What is there by now stays: looking through it again and again would hold up the loop by tens of milliseconds.
        gc.collect()
        gc.freeze()
        stopping = asyncio.create_task(stop.wait(), name="stop signal")
        await asyncio.wait({stopping, app.work}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        logger.info("stopping", answers_under_way=app.running.count)


@asynccontextmanager
async def running_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    randomness: random.Random | None = None,
    search: Search | None = None,
    playground_state: Path = PLAYGROUND_STATE,
    file: SettingsFile | None = None,
    log: Log | None = None,
    patience: Patience | None = None,
) -> AsyncIterator[App]:
    """Build the bot and let it work. `search` replaces the look for model servers on this machine.

    Changes of the `file` of the settings are applied while it works, those of the `log` among them. `patience` is how
    long its end waits for answers.
    """
    ground = Ground(settings, clock or SystemClock(), randomness or random.SystemRandom(), file, search)
    try:
        async with AsyncExitStack() as stack:
            app = await _built(stack, ground, playground_state, log, patience or Patience())
            yield app
            if app.work.done():
                app.work.result()
    except TelegramUnauthorizedError as error:
        raise StartError("Telegram does not know this BOT_TOKEN; copy it again from @BotFather") from error
    except PortTaken as error:
        raise StartError(f"{error}; set PLAYGROUND_PORT to a free port") from error
    except StorageError as error:
        raise StartError(f"the database cannot be used: {error}; see DATABASE_URL") from error


async def _built(
    stack: AsyncExitStack, ground: Ground, playground_state: Path, log: Log | None, patience: Patience
) -> App:
    """All floors, and the bot at work on them."""
    started, announcer = ground.clock.monotonic(), Announcer(ground.settings)
    stores = await open_stores(stack, ground)
    front = await open_front(stack, ground, stores, playground_state)
    models = await open_models(stack, ground, stores, front)
    service = await open_service(stack, ground, stores, front, models)
    if front.playground is not None:
        explaining = Explaining(stores.answers, models.monitor, models.choosing, front.texts)
        front.playground.inspector.explain = explaining.of
    lateness = await open_handling(stack, ground, stores, front, models, service)
    work = await _at_work(stack, ground, front, models, service, announcer, patience)
    if front.owner_code is not None:
        announcer.owner_code(front.owner_code)
    if ground.file is not None:
        await open_live_settings(
            stack, ground, ground.file, front, models, service, lateness=lateness, announcer=announcer, log=log
        )
    page = None if front.playground is None else front.playground.base_url
    announcer.ready(page=page, seconds=ground.clock.monotonic() - started)
    return _app(stores, front, models, service, work)


async def _at_work(
    stack: AsyncExitStack,
    ground: Ground,
    front: Front,
    models: Models,
    service: Service,
    announcer: Announcer,
    patience: Patience,
) -> asyncio.Task[None]:
    """Look at the models, and take updates in from then on; gives the work, which does not end by itself."""
    if models.metrics is not None:
        metrics = make_metrics_server(ground.settings, models.metrics, service.health, models.control)
        await stack.enter_async_context(metrics)
    await models.pool.refresh()
    announcer.models(models.pool.candidates())
    await stack.enter_async_context(service.checkup)
    await stack.enter_async_context(service.jobs)
    await stack.enter_async_context(service.intake)
    polls = not ground.settings.webhook_url
    greeting = Greeting(front.bot, front.menus, front.doorkeeper, ground.clock, polls=polls)
    crew = Crew(service.intake, service.worker, service.running, greeting.run)
    return await stack.enter_async_context(at_work(crew, patience))


def _app(stores: Stores, front: Front, models: Models, service: Service, work: asyncio.Task[None]) -> App:
    return App(
        bot=front.bot,
        dispatcher=service.dispatcher,
        database=stores.database,
        inbox=stores.inbox,
        pool=models.pool,
        worker=service.worker,
        running=service.running,
        owner_code=front.owner_code,
        playground=front.playground,
        work=work,
    )
