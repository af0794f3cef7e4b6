"""Puts settings in force while the bot runs, each group where it belongs."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog

from bot.access import Doorkeeper, OwnerCode
from bot.access_cards import AccessCards
from bot.commands import CommandMenus
from bot.faults import trace_of
from bot.jobs import Jobs
from bot.limits import Limits
from bot.live.groups import (
    ACCESS,
    BUDGETS,
    CALLS,
    CHOICE,
    DETECTION,
    LATENESS,
    LIMITS,
    LOG,
    MODELS,
    OTHERS,
    TRANSCRIPTION,
)
from bot.live.models import LiveModels
from bot.log import Log
from bot.middlewares.lateness import LatenessMiddleware
from bot.parts import access_rules, detection_rules, limit_rules, transcription_config
from bot.settings import RichMode, Selection, Settings
from bot.startup import Announcer
from bot.task_owner import TaskOwner
from llm.routing.choosing import Choosing
from llm.routing.detection import Detections
from llm.routing.spending import Spending
from llm.tasks.sorting import MessageSorter
from llm.transcription import Transcriber

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LiveParts:
    """The parts of the bot that can be told of other settings; without a `log` it stays as it was set up."""

    models: LiveModels
    sorter: MessageSorter
    choosing: Choosing
    doorkeeper: Doorkeeper
    limits: Limits
    spending: Spending
    detections: Detections
    jobs: Jobs
    lateness: LatenessMiddleware
    menus: CommandMenus
    cards: AccessCards
    announcer: Announcer
    check_by: Callable[[Settings], None]
    set_rich: Callable[[RichMode], None]
    transcriber: Transcriber
    log: Log | None
    randomness: random.Random


class Applier(TaskOwner):
    """Tells the parts of the bot of other settings. An async context: it owns what is told to Telegram about it."""

    def __init__(self, parts: LiveParts) -> None:
        super().__init__()
        self._parts = parts

    def hide(self, settings: Settings) -> None:
        """Keep their secrets out of the log, whether they come in force or not."""
        if self._parts.log is not None:
            self._parts.log.hide(settings.secrets)

    async def apply(self, before: Settings, now: Settings, changed: Collection[str]) -> None:
        """Put everything in force that has changed; who may come in first, since it may be that somebody may not."""
        parts = self._parts
        parts.check_by(now)
        if not ACCESS.isdisjoint(changed):
            self._let_in(before, now)
        if not LIMITS.isdisjoint(changed):
            parts.limits.work_by(**limit_rules(now))
        if not LOG.isdisjoint(changed) and parts.log is not None:
            parts.log.change(level=now.log_level, form=now.log_format)
        if not BUDGETS.isdisjoint(changed):
            parts.spending.limit(now.cloud_budgets)
        if not CHOICE.isdisjoint(changed):
            parts.choosing.selector.ordered = now.selection is Selection.ORDERED
        if not LATENESS.isdisjoint(changed):
            parts.lateness.within = now.answer_within
        if not OTHERS.isdisjoint(changed):
            parts.set_rich(now.rich_messages)
        if not TRANSCRIPTION.isdisjoint(changed):
            parts.transcriber.work_by(transcription_config(now))
        if not DETECTION.isdisjoint(changed):
            parts.detections.work_by(**detection_rules(now))
            parts.jobs.plan_detections()
        if not (MODELS | CALLS).isdisjoint(changed):
            await parts.models.switch(before, now)
        if not MODELS.isdisjoint(changed):
            parts.sorter.work_by(now.task_models)

    def _let_in(self, before: Settings, now: Settings) -> None:
        rules = access_rules(now)
        self._parts.doorkeeper.work_by(**rules)
        old, new = set(access_rules(before)["admin_ids"]), set(rules["admin_ids"])
        if old != new:
            self._begin(self._admins_changed(new - old, old - new), "other admins")

    async def _admins_changed(self, added: Collection[int], removed: Collection[int]) -> None:
        """What admins have in their chats. Telegram may take its time for it, and nothing else waits for that."""
        parts = self._parts
        try:
            admins = await parts.doorkeeper.admins()
            if not admins:
                code = OwnerCode(parts.randomness)
                parts.doorkeeper.invite(code)
                parts.announcer.owner_code(code)
            for admin_id in sorted(added):
                await parts.menus.show_admin(admin_id)
                await parts.cards.send_waiting(admin_id)
            for admin_id in sorted(set(removed) - set(admins)):
                await parts.menus.hide_admin(admin_id)
        except Exception as error:  # noqa: BLE001 - a task of our own: nobody else would hear of it
            logger.error("admins_not_told", trace=trace_of(error))
