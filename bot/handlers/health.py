"""/health and /errors: how the bot itself does, and what failed lately."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.health import HealthCheck
from bot.i18n import Translator
from bot.model_control import ModelControl
from bot.period import Period
from bot.self_checkup import SelfCheckup
from bot.views.errors import errors_text
from bot.views.health import health_text
from llm.clock import Clock
from llm.monitoring import ModelPerformanceMonitor

KEPT = timedelta(days=30)
"""Single failures are known for so long."""


def add_health(router: Router) -> None:
    """Register what this file handles; the router lets only admins through."""
    router.message.register(on_health, Command("health"))
    router.message.register(on_errors, Command("errors"))


async def on_health(message: Message, t: Translator, health: HealthCheck, checkup: SelfCheckup, clock: Clock) -> None:
    """The bot's own state, and what the checks find amiss."""
    seen, report = await asyncio.gather(health.look(), checkup.report())
    await message.answer(health_text(t, seen, clock.now(), report), parse_mode=ParseMode.HTML)


async def on_errors(
    message: Message,
    command: CommandObject,
    t: Translator,
    monitor: ModelPerformanceMonitor,
    control: ModelControl,
    clock: Clock,
) -> None:
    """`/errors`, `/errors 24h`: the failures of a week or another period."""
    period = Period.parse(command.args) if command.args else Period.WEEK
    if period is None:
        await message.answer(t("errors-usage", periods=" ".join(Period)))
        return
    groups = await monitor.get_failures(period=period.length or KEPT)
    prefixes = {one.model.name: one.target.setting for one in control.models}
    await message.answer(errors_text(t, period, groups, prefixes, clock.now()), parse_mode=ParseMode.HTML)
