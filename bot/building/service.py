"""The service to people: how an update comes in, is worked on and answered, and what watches that it does."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aiogram import Dispatcher

from bot.answer_buttons import AnswerButtons
from bot.answering import Answering
from bot.building.front import Front
from bot.building.ground import Ground
from bot.building.models import Models
from bot.building.stores import Stores
from bot.delivery.choose import Deliveries
from bot.feeding import feed_of, remember_numbers
from bot.health import HealthCheck, LoopLag
from bot.inline import InlineAnswers
from bot.intake.inbox import InboxWorker
from bot.intake.polling import Polling
from bot.jobs import Jobs
from bot.limits import Limits
from bot.other_models import OtherModels
from bot.overlaps import Overlaps
from bot.parts import limit_rules, make_intake
from bot.running import RunningAnswers
from bot.self_checkup import SelfCheckup
from bot.turns import Turns

if TYPE_CHECKING:
    from bot.intake.webhook import Webhook  # most installations poll


@dataclass(frozen=True, slots=True)
class Service:
    """What is at work while the bot runs; `intake`, `jobs` and `checkup` are still to be entered."""

    dispatcher: Dispatcher
    running: RunningAnswers
    limits: Limits
    others: OtherModels
    buttons: AnswerButtons
    turns: Turns
    inline: InlineAnswers
    overlaps: Overlaps
    worker: InboxWorker
    intake: Polling | Webhook
    jobs: Jobs
    health: HealthCheck
    checkup: SelfCheckup


async def open_service(stack: AsyncExitStack, ground: Ground, stores: Stores, front: Front, models: Models) -> Service:
    """Put it together; nothing is taken in yet."""
    settings, clock = ground.settings, ground.clock
    running, others = RunningAnswers(), OtherModels(models.manager)
    limits = Limits(stores.usage, clock, front.groups.personal, **limit_rules(settings))
    buttons = await stack.enter_async_context(AnswerButtons(stores.answers, others, clock))
    answering = Answering(
        models.manager,
        stores.conversations,
        front.notices.tell,
        sorter=models.tasks.sorter,
        summaries=stores.summaries,
    )
    overlaps = await stack.enter_async_context(Overlaps(front.bot, stores.people, stores.answers, running))
    dispatcher = Dispatcher()
    feed = feed_of(dispatcher, front.bot, front.once.numbers)
    worker = InboxWorker(stores.inbox, feed, clock=clock, waits=(overlaps.waits, front.groups.eyes.waits))
    intake = make_intake(settings, front.bot, stores.inbox, worker.wake, clock, ground.randomness, front.notices.tell)
    jobs = _jobs(ground, stores, models)
    lag = await stack.enter_async_context(LoopLag(clock))
    await remember_numbers(front.once.numbers, stores.conversations, stores.inbox)
    return Service(
        dispatcher=dispatcher,
        running=running,
        limits=limits,
        others=others,
        buttons=buttons,
        turns=_turns(ground, stores, front, models, answering, running, limits, buttons),
        inline=InlineAnswers(answering, stores.conversations, limits, running, clock),
        overlaps=overlaps,
        worker=worker,
        intake=intake,
        jobs=jobs,
        health=_health(ground, stores, lag, intake, running, jobs),
        checkup=SelfCheckup(
            settings, ground.file, models.control, stores.database, models.http, clock, ground.search, front.texts
        ),
    )


def _turns(
    ground: Ground,
    stores: Stores,
    front: Front,
    models: Models,
    answering: Answering,
    running: RunningAnswers,
    limits: Limits,
    buttons: AnswerButtons,
) -> Turns:
    return Turns(
        answering=answering,
        conversations=stores.conversations,
        inbox=stores.inbox,
        deliveries=Deliveries(front.flood, ground.clock, ground.randomness),
        once=front.once,
        running=running,
        limits=limits,
        rich=ground.settings.rich_messages,
        summaries=models.tasks.rolling,
        buttons=buttons,
    )


def _jobs(ground: Ground, stores: Stores, models: Models) -> Jobs:
    return Jobs(
        models.pool,
        models.detections,
        stores.inbox,
        stores.rows,
        models.remembering,
        stores.attachments,
        partial(models.alerts.look, models.control),
        ground.clock,
    )


def _health(
    ground: Ground, stores: Stores, lag: LoopLag, intake: Polling | Webhook, running: RunningAnswers, jobs: Jobs
) -> HealthCheck:
    return HealthCheck(
        clock=ground.clock,
        lag=lag,
        intake=intake,
        inbox=stores.inbox,
        running=running,
        rows=stores.rows,
        jobs=jobs,
        database_file=stores.database.file,
    )
