"""The uppermost floor: changes of the settings file, told to every part that goes by them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from aiogram import Dispatcher

from bot.building.front import Front
from bot.building.ground import Ground
from bot.building.models import Models
from bot.building.service import Service
from bot.live.applying import Applier, LiveParts
from bot.live.live_settings import LiveSettings
from bot.live.models import LiveModels
from bot.live.settings_file import SettingsFile
from bot.log import Log
from bot.middlewares.lateness import LatenessMiddleware
from bot.settings import RichMode
from bot.startup import Announcer
from bot.turns import Turns


async def open_live_settings(
    stack: AsyncExitStack,
    ground: Ground,
    file: SettingsFile,
    front: Front,
    models: Models,
    service: Service,
    *,
    lateness: LatenessMiddleware,
    announcer: Announcer,
    log: Log | None,
) -> None:
    """Go by what the file says from now on, the `log` too."""
    live_models = await stack.enter_async_context(LiveModels(models.parts, ground.clock, ground.randomness))
    parts = LiveParts(
        models=live_models,
        choosing=models.choosing,
        sorter=models.tasks.sorter,
        doorkeeper=front.doorkeeper,
        limits=service.limits,
        spending=models.spending,
        detections=models.detections,
        jobs=service.jobs,
        lateness=lateness,
        menus=front.menus,
        cards=front.cards,
        announcer=announcer,
        check_by=service.checkup.work_by,
        set_rich=partial(_set_rich, service.dispatcher, service.turns),
        transcriber=models.transcriber,
        log=log,
        randomness=ground.randomness,
    )
    applier = await stack.enter_async_context(Applier(parts))
    await stack.enter_async_context(LiveSettings(file, ground.settings, applier, front.notices))


def _set_rich(dispatcher: Dispatcher, turns: Turns, mode: RichMode) -> None:
    turns.rich = dispatcher["rich_mode"] = mode
