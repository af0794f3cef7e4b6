"""What is done again and again in the background: looking for model servers, forgetting old updates."""

from __future__ import annotations

from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from llm.clock import Clock
from llm.routing.pool import ModelPool
from storage import Inbox

logger = structlog.get_logger()

REFRESH_SECONDS = 10
# Telegram repeats an update for at most 24 hours; what is older can no longer come twice.
KEEP_DONE = timedelta(hours=48)


class Jobs:
    """Owns the scheduler; an async context manager, so that no job outlives the program's parts."""

    def __init__(self, models: ModelPool, inbox: Inbox, clock: Clock) -> None:
        self._models = models
        self._inbox = inbox
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    async def __aenter__(self) -> Jobs:
        for job, trigger in (
            (self.look_for_models, IntervalTrigger(seconds=REFRESH_SECONDS)),
            (self.forget_old_updates, IntervalTrigger(hours=6)),
        ):
            self._scheduler.add_job(job, trigger, max_instances=1, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)

    async def look_for_models(self) -> None:
        """Find a server that has appeared, or what a server that is back can do; asks nothing while all is well."""
        if self._models.needs_refresh:
            await self._models.refresh()

    async def forget_old_updates(self) -> None:
        """Drop the ids of updates that Telegram will not deliver again."""
        await self._inbox.forget_done(self._clock.now() - KEEP_DONE)
