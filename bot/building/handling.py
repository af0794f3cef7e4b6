"""What handlers get, and what each update passes before it reaches one."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.building.front import Front
from bot.building.ground import Ground
from bot.building.models import Models
from bot.building.service import Service
from bot.building.stores import Stores
from bot.bursts import Bursts
from bot.charts.maker import ChartMaker
from bot.detection_cards import DetectionCards
from bot.handlers.errors import ErrorReporter
from bot.handlers.routers import make_routers
from bot.middlewares.group import GroupMiddleware
from bot.middlewares.inline import InlineMiddleware
from bot.middlewares.lateness import LatenessMiddleware
from bot.middlewares.person import PersonMiddleware
from bot.reading.reading import Reading
from bot.sent.receiving import Receiving
from bot.wiring import Wiring


@dataclass(frozen=True, slots=True)
class _Display:
    """What shows handlers' figures and findings, by work of its own."""

    charts: ChartMaker
    cards: DetectionCards


async def open_handling(
    stack: AsyncExitStack, ground: Ground, stores: Stores, front: Front, models: Models, service: Service
) -> LatenessMiddleware:
    """Let the dispatcher know its handlers; gives what puts late updates off, which can be told of other settings."""
    clock, dispatcher = ground.clock, service.dispatcher
    charts = await stack.enter_async_context(ChartMaker())
    cards = await stack.enter_async_context(DetectionCards(models.detections, clock))
    display = _Display(charts, cards)
    dispatcher.workflow_data.update(**_wiring(ground, stores, front, models, service, display))
    dispatcher.update.outer_middleware(GroupMiddleware(front.groups, clock))
    dispatcher.update.outer_middleware(InlineMiddleware(front.doorkeeper, front.texts))
    dispatcher.update.outer_middleware(
        PersonMiddleware(front.doorkeeper, front.texts, front.menus, front.cards, front.inviting, front.notices, clock)
    )
    lateness = LatenessMiddleware(stores.inbox, clock, ground.settings.answer_within)
    dispatcher.update.outer_middleware(lateness)
    reporter = ErrorReporter(front.texts, ground.randomness, clock, front.groups.personal)
    dispatcher.include_routers(*make_routers(reporter))
    return lateness


def _wiring(
    ground: Ground, stores: Stores, front: Front, models: Models, service: Service, display: _Display
) -> Wiring:
    return Wiring(
        answers=stores.answers,
        attachments=stores.attachments,
        augmenter=models.tasks.augmenter,
        bursts=Bursts(stores.inbox, ground.clock),
        buttons=service.buttons,
        cards=front.cards,
        choosing=models.choosing,
        charts=display.charts,
        checkup=service.checkup,
        clock=ground.clock,
        control=models.control,
        conversations=stores.conversations,
        detection_cards=display.cards,
        detections=models.detections,
        doorkeeper=front.doorkeeper,
        forgetting=stores.forgetting,
        groups=front.groups.groups,
        health=service.health,
        inbox=stores.inbox,
        inline=service.inline,
        inviting=front.inviting,
        limits=service.limits,
        menus=front.menus,
        pool=models.pool,
        monitor=models.monitor,
        notices=front.notices,
        others=service.others,
        overlaps=service.overlaps,
        own_data=stores.own_data,
        past=stores.past,
        people=stores.people,
        personal=front.groups.personal,
        receiving=Receiving(Reading(), models.transcriber, lambda: models.control.anyone_sees),
        rich_mode=ground.settings.rich_messages,
        rows=stores.rows,
        running=service.running,
        texts=front.texts,
        turns=service.turns,
        usage=stores.usage,
        worker=service.worker,
    )
