"""What is done again and again in the background: looking at model servers, watching, adding up figures, forgetting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.remembering import Remembering
from llm.clock import Clock
from llm.routing.detection import Detections
from llm.routing.pool import ModelPool
from storage import Attachments, Inbox, PerformanceRows

logger = structlog.get_logger()

REFRESH_SECONDS = 10
DETECT_SECONDS = 15
REMEMBER_SECONDS = 300
SETTLED_AFTER = timedelta(minutes=1)
# Of the period of detection, up or down.
JITTER = 0.05
WATCH_SECONDS = 5
# Telegram repeats an update for at most 24 hours; what is older can no longer come twice.
KEEP_DONE = timedelta(hours=48)


Watch = Callable[[], Awaitable[None]]
"""Looks whether admins have to be told something."""


class Jobs:
    """Owns the scheduler; an async context manager, so that no job outlives the program's parts."""

    def __init__(
        self,
        models: ModelPool,
        detections: Detections,
        inbox: Inbox,
        figures: PerformanceRows,
        remembering: Remembering,
        attachments: Attachments,
        watch: Watch,
        clock: Clock,
    ) -> None:
        self._models = models
        self._detections = detections
        self._inbox = inbox
        self._figures = figures
        self._remembering = remembering
        self._attachments = attachments
        self._watch = watch
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._closing = False
        self._running: set[asyncio.Future[None]] = set()

    async def __aenter__(self) -> Jobs:
        for job, trigger in (
            (self.look_for_models, IntervalTrigger(seconds=REFRESH_SECONDS)),
            (self.watch, IntervalTrigger(seconds=WATCH_SECONDS)),
            (self.remember, IntervalTrigger(seconds=REMEMBER_SECONDS)),
            (self.forget_old_updates, IntervalTrigger(hours=6)),
            (self.forget_old_attachments, IntervalTrigger(hours=6)),
            # A little after midnight, when the last answers of the day have been written; at the start for what is due.
            (self.add_up_figures, OrTrigger([DateTrigger(), CronTrigger(hour=0, minute=10, timezone="UTC")])),
            (self.forget_old_figures, CronTrigger(hour=0, minute=40, timezone="UTC")),
        ):
            self._add(job, trigger)
        self.plan_detections()
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._scheduler.shutdown(wait=False)
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def plan_detections(self) -> None:
        """Look for models to be detected as often as is wanted now; a detection that is under way goes on."""
        for planned in (self.detect_due, self.detect_all):
            if self._scheduler.get_job(planned.__name__) is not None:
                self._scheduler.remove_job(planned.__name__)
        for job, trigger in self._detecting():
            self._add(job, trigger)

    def _add(self, job: Callable[[], Awaitable[None]], trigger: BaseTrigger) -> None:
        options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler.add_job(self._owned(job), trigger, id=job.__name__, **options)

    def _detecting(self) -> Iterator[tuple[Callable[[], Awaitable[None]], BaseTrigger]]:
        every = self._detections.every
        if not every:
            return
        yield self.detect_due, IntervalTrigger(seconds=DETECT_SECONDS)
        # Counted from the last time, which may have been before this start; not all bots of a house at once.
        soonest = self._clock.now() + SETTLED_AFTER
        first = max(soonest, (self._detections.oldest or self._clock.now()) + every)
        jitter = int(every.total_seconds() * JITTER) or None
        yield self.detect_all, IntervalTrigger(seconds=every.total_seconds(), start_date=first, jitter=jitter)

    def _owned(self, job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The job as a task of our own: the scheduler cancels its tasks at the end, but waits for none of them."""

        async def run() -> None:
            task = asyncio.ensure_future(job())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                if not self._closing:
                    raise
                return  # the program ends, which is no error to be told; the task is ended beside this
            if not task.cancelled():
                task.result()

        return run

    def next_runs(self) -> list[tuple[str, datetime | None]]:
        """Each job by name with the time of its next run, None: never again."""
        return [(job.id, job.next_run_time) for job in self._scheduler.get_jobs()]

    async def look_for_models(self) -> None:
        """Find a server that has appeared, or what a server that is back can do; asks nothing while all is well."""
        if self._models.needs_refresh:
            await self._models.refresh()

    async def detect_due(self) -> None:
        """Find out what models can do that are new, have changed, or are back."""
        await self._detections.detect_due()

    async def detect_all(self) -> None:
        """Find out anew what every model can do."""
        await self._detections.detect_all()

    async def watch(self) -> None:
        """Tell the admins what they have to hear of."""
        await self._watch()

    async def remember(self) -> None:
        """Keep what was learned of servers and models."""
        await self._remembering.keep()

    async def forget_old_updates(self) -> None:
        """Drop the ids of updates that Telegram will not deliver again."""
        await self._inbox.forget_done(self._clock.now() - KEEP_DONE)

    async def forget_old_attachments(self) -> None:
        """Give up the oldest pictures and files when all together take too much room."""
        await self._attachments.forget_oldest()

    async def add_up_figures(self) -> None:
        """Add up the days and months that have ended."""
        await self._figures.roll_up()

    async def forget_old_figures(self) -> None:
        """Drop single requests and hours that are older than anybody asks for."""
        await self._figures.forget_old()
