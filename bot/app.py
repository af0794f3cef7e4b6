"""The composition root: builds everything in order, closes it in reverse."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramUnauthorizedError

from bot.access import OwnerCode
from bot.access_cards import AccessCards
from bot.alerts import Alerts
from bot.answer_buttons import AnswerButtons
from bot.answering import Answering
from bot.bursts import Bursts
from bot.charts.maker import ChartMaker
from bot.commands import CommandMenus
from bot.delivery.choose import Deliveries
from bot.delivery.flood import FloodControl
from bot.delivery.sent_once import MessageNumbers, SentOnce
from bot.detection_cards import DetectionCards
from bot.errors import StartError
from bot.feeding import feed_of, remember_numbers
from bot.greeting import Greeting
from bot.groups.parts import open_groups
from bot.handlers.errors import ErrorReporter
from bot.handlers.routers import make_routers
from bot.health import HealthCheck, LoopLag
from bot.i18n import Texts
from bot.inline import InlineAnswers
from bot.intake.inbox import InboxWorker
from bot.invitations import Inviting
from bot.jobs import Jobs
from bot.limits import Limits
from bot.live.applying import Applier, LiveParts
from bot.live.live_settings import LiveSettings
from bot.live.models import LiveModels, ModelParts
from bot.live.settings_file import SettingsFile
from bot.log import Log
from bot.middlewares.group import GroupMiddleware
from bot.middlewares.inline import InlineMiddleware
from bot.middlewares.lateness import LatenessMiddleware
from bot.middlewares.person import PersonMiddleware
from bot.model_control import ModelControl
from bot.notices import AdminNotices
from bot.other_models import OtherModels
from bot.overlaps import Overlaps
from bot.parts import (
    PLAYGROUND_TOKEN,
    limit_rules,
    make_bot,
    make_choosing,
    make_detections,
    make_doorkeeper,
    make_intake,
    make_manager,
    make_metrics,
    make_metrics_server,
    make_models,
    make_spending,
    transcription_config,
)
from bot.playground.errors import PortTaken
from bot.playground.server import Playground
from bot.reading.reading import Reading
from bot.remembering import Memory, Remembering, memory_of_balancing, memory_of_breakers
from bot.running import RunningAnswers
from bot.self_checkup import SelfCheckup
from bot.sent.receiving import Receiving
from bot.settings import RichMode, Settings
from bot.signals import listen
from bot.startup import Announcer
from bot.tasks import open_tasks
from bot.turns import Turns
from bot.wiring import Wiring
from bot.working import Crew, Patience, at_work
from llm.balancing.balancer import Balancer
from llm.capabilities.book import CapabilityBook
from llm.clock import Clock, SystemClock
from llm.demo import demo_mounts
from llm.http import make_client
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.people_first import PeopleFirst
from llm.routing.pool import ModelPool
from llm.routing.recovery import RecoveryWatch
from llm.routing.seating import Seating
from llm.routing.serving_model import Search, ServingModel
from llm.routing.traffic import Traffic
from llm.transcription import Transcriber
from storage import (
    Answers,
    Attachments,
    CapabilityRows,
    Conversations,
    Database,
    Forgetting,
    Inbox,
    Invitations,
    LearnedValues,
    OwnData,
    PastConversations,
    People,
    PerformanceRows,
    StorageError,
    Summaries,
    Usage,
    open_database,
)

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
    clock, randomness = clock or SystemClock(), randomness or random.SystemRandom()
    started = clock.monotonic()
    announcer = Announcer(settings)
    try:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(open_database(settings.effective_database_url, clock))
            http = await stack.enter_async_context(make_client(mounts=demo_mounts(clock)))
            book = CapabilityBook(CapabilityRows(database))
            await book.load()

            def make(wanted: Settings, before: Sequence[ServingModel]) -> ModelPool:
                return make_models(wanted, http, clock, search, book.at_hand, before)

            pool = make(settings, ())
            playground = await _playground(stack, settings, clock, playground_state)
            bot = make_bot(settings, playground)
            stack.push_async_callback(bot.session.close)
            flood = FloodControl(clock)
            bot.session.middleware(flood)
            once = SentOnce(MessageNumbers())
            bot.session.middleware(once)
            rows = await stack.enter_async_context(PerformanceRows(database, clock))
            people, inbox, running = People(database, clock), Inbox(database, clock), RunningAnswers()
            conversations = Conversations(database, clock)
            texts, metrics = Texts(), make_metrics(settings)
            monitor = ModelPerformanceMonitor(rows, clock, also=metrics.count if metrics is not None else None)
            doorkeeper, code = await make_doorkeeper(settings, people, randomness)
            notices = await stack.enter_async_context(AdminNotices(bot, doorkeeper, texts))
            in_groups = await stack.enter_async_context(open_groups(bot, database, doorkeeper, texts, clock))
            spending = await make_spending(settings, rows, clock)
            alerts = Alerts(spending=spending, notices=notices, database=database, clock=clock)
            traffic = Traffic(clock)
            choosing = make_choosing(settings, clock, randomness, spending)
            seating = Seating(Balancer(clock.monotonic, randomness), clock)
            manager = make_manager(
                settings, pool, clock, randomness, monitor, alerts, spending, traffic, seating, choosing
            )
            people_first = PeopleFirst(traffic, monitor=monitor, spending=spending)
            detections = await stack.enter_async_context(make_detections(settings, pool, book, clock, people_first))
            detection_cards = await stack.enter_async_context(DetectionCards(detections, clock))
            memories = {
                "balancing": memory_of_balancing(seating.balancer),
                "breakers": memory_of_breakers(manager),
                "selection": Memory(choosing.values, choosing.take_over),
            }
            remembering = await stack.enter_async_context(Remembering(LearnedValues(database, clock), memories, clock))
            control = ModelControl(pool, manager)
            await stack.enter_async_context(RecoveryWatch(lambda: manager.targets, clock, seating.back))
            summaries = Summaries(database, clock)
            tasks = await stack.enter_async_context(open_tasks(settings, manager, conversations, summaries, clock))
            answers, others = Answers(database, clock), OtherModels(manager)
            buttons = await stack.enter_async_context(AnswerButtons(answers, others, clock))
            answering = Answering(manager, conversations, notices.tell, sorter=tasks.sorter, summaries=summaries)
            usage = Usage(database, clock, rows.settle)
            limits = Limits(usage, clock, in_groups.personal, **limit_rules(settings))
            turns = Turns(
                answering=answering,
                conversations=conversations,
                inbox=inbox,
                deliveries=Deliveries(flood, clock, randomness),
                once=once,
                running=running,
                limits=limits,
                rich=settings.rich_messages,
                summaries=tasks.rolling,
                buttons=buttons,
            )
            transcriber = Transcriber(http, clock, transcription_config(settings))
            menus, cards = CommandMenus(bot, texts), AccessCards(bot, doorkeeper, texts)
            inviting = Inviting(bot, Invitations(database, clock), clock, randomness)
            charts = await stack.enter_async_context(ChartMaker())
            lag = await stack.enter_async_context(LoopLag(clock))
            dispatcher = Dispatcher()
            overlaps = await stack.enter_async_context(Overlaps(bot, people, answers, running))
            feed = feed_of(dispatcher, bot, once.numbers)
            worker = InboxWorker(inbox, feed, clock=clock, waits=(overlaps.waits, in_groups.eyes.waits))
            intake = make_intake(settings, bot, inbox, worker.wake, clock, randomness)
            kept = Attachments(database)
            jobs = Jobs(pool, detections, inbox, rows, remembering, kept, partial(alerts.look, control), clock)
            health = HealthCheck(
                clock=clock,
                lag=lag,
                intake=intake,
                inbox=inbox,
                running=running,
                rows=rows,
                jobs=jobs,
                database_file=database.file,
            )
            checkup = SelfCheckup(settings, file, control, database, http, clock, search, texts)
            dispatcher.workflow_data.update(
                **Wiring(
                    answers=answers,
                    attachments=kept,
                    augmenter=tasks.augmenter,
                    bursts=Bursts(inbox, clock),
                    buttons=buttons,
                    cards=cards,
                    choosing=choosing,
                    charts=charts,
                    checkup=checkup,
                    clock=clock,
                    control=control,
                    conversations=conversations,
                    detection_cards=detection_cards,
                    detections=detections,
                    doorkeeper=doorkeeper,
                    forgetting=Forgetting(database, clock),
                    groups=in_groups.groups,
                    health=health,
                    inbox=inbox,
                    inline=InlineAnswers(answering, conversations, limits, running, clock),
                    inviting=inviting,
                    limits=limits,
                    menus=menus,
                    pool=pool,
                    monitor=monitor,
                    notices=notices,
                    others=others,
                    overlaps=overlaps,
                    own_data=OwnData(database, rows.settle),
                    past=PastConversations(database, clock),
                    people=people,
                    personal=in_groups.personal,
                    receiving=Receiving(Reading(), transcriber, lambda: control.anyone_sees),
                    rich_mode=settings.rich_messages,
                    rows=rows,
                    running=running,
                    texts=texts,
                    turns=turns,
                    usage=usage,
                    worker=worker,
                )
            )
            dispatcher.update.outer_middleware(GroupMiddleware(in_groups, clock))
            dispatcher.update.outer_middleware(InlineMiddleware(doorkeeper, texts))
            dispatcher.update.outer_middleware(
                PersonMiddleware(doorkeeper, texts, menus, cards, inviting, notices, clock)
            )
            lateness = LatenessMiddleware(inbox, clock, settings.answer_within)
            dispatcher.update.outer_middleware(lateness)
            dispatcher.include_routers(*make_routers(ErrorReporter(texts, randomness, clock, in_groups.personal)))
            if metrics is not None:
                await stack.enter_async_context(make_metrics_server(settings, metrics, health, control))
            await remember_numbers(once.numbers, conversations, inbox)
            greeting = Greeting(bot, menus, doorkeeper, clock, polls=not settings.webhook_url)
            await pool.refresh()
            announcer.models(pool.candidates())
            await stack.enter_async_context(checkup)
            await stack.enter_async_context(jobs)
            await stack.enter_async_context(intake)
            crew = Crew(intake, worker, running, greeting.run)
            work = await stack.enter_async_context(at_work(crew, patience or Patience()))
            if code is not None:
                announcer.owner_code(code)
            page = None if playground is None else playground.base_url
            if file is not None:
                model_parts = ModelParts(make, pool, manager, alerts, detections)
                live_models = await stack.enter_async_context(LiveModels(model_parts, clock, randomness))
                live_parts = LiveParts(
                    models=live_models,
                    choosing=choosing,
                    sorter=tasks.sorter,
                    doorkeeper=doorkeeper,
                    limits=limits,
                    spending=spending,
                    detections=detections,
                    jobs=jobs,
                    lateness=lateness,
                    menus=menus,
                    cards=cards,
                    announcer=announcer,
                    check_by=checkup.work_by,
                    set_rich=partial(_set_rich, dispatcher, turns),
                    transcriber=transcriber,
                    log=log,
                    randomness=randomness,
                )
                applier = await stack.enter_async_context(Applier(live_parts))
                await stack.enter_async_context(LiveSettings(file, settings, applier, notices))
            announcer.ready(page=page, seconds=clock.monotonic() - started)
            yield App(bot, dispatcher, database, inbox, pool, worker, running, code, playground, work)
            if work.done():
                work.result()
    except TelegramUnauthorizedError as error:
        raise StartError("Telegram does not know this BOT_TOKEN; copy it again from @BotFather") from error
    except PortTaken as error:
        raise StartError(f"{error}; set PLAYGROUND_PORT to a free port") from error
    except StorageError as error:
        raise StartError(f"the database cannot be used: {error}; see DATABASE_URL") from error


def _set_rich(dispatcher: Dispatcher, turns: Turns, mode: RichMode) -> None:
    turns.rich = dispatcher["rich_mode"] = mode


async def _playground(stack: AsyncExitStack, settings: Settings, clock: Clock, state_path: Path) -> Playground | None:
    if not settings.playground:
        return None
    playground = Playground(
        settings.playground_host, settings.playground_port, PLAYGROUND_TOKEN, clock, state_path=state_path
    )
    return await stack.enter_async_context(playground)
