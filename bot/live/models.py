"""The models that answer, exchanged while they answer: what goes on being wanted is kept with all that was learned."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.alerts import Alerts
from bot.parts import call_rules, make_targets, model_timeouts
from bot.settings import Settings
from bot.task_owner import TaskOwner
from llm.clock import Clock
from llm.errors import NoModelAvailable
from llm.routing.detection import Detections
from llm.routing.fallback import LLMFallbackManager
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target

LOOK_SECONDS = 0.5
"""So long a new model is looked at before it answers: what it holds is then known from its first message on."""
LONGEST_LOOK_SECONDS = 5.0
"""The same for one of which nothing can be asked before it was looked at: until then the old one answers."""

Make = Callable[[Settings, Sequence[ServingModel]], ModelPool]
"""Makes the models that some settings want; those that are there already and are still wanted are kept."""


@dataclass(frozen=True, slots=True)
class ModelParts:
    """What has to do with the models that answer."""

    make: Make
    pool: ModelPool
    manager: LLMFallbackManager
    alerts: Alerts
    detections: Detections


class LiveModels(TaskOwner):
    """Exchanges the models at once for all that ask them; calls under way end with those that they began with.

    An async context: looks that take long end with it.
    """

    def __init__(self, parts: ModelParts, clock: Clock, randomness: random.Random) -> None:
        super().__init__()
        self._pool = parts.pool
        self._manager = parts.manager
        self._alerts = parts.alerts
        self._detections = parts.detections
        self._make = parts.make
        self._clock = clock
        self._randomness = randomness

    async def switch(self, before: Settings, settings: Settings) -> None:
        """Let those models answer that the settings want, within the limits that they set."""
        pool = self._make(settings, self._pool.every)
        await self._look_at([model for model in pool.every if model not in self._pool.every], pool.primary)
        # From here to the end nobody else comes in between.
        first = self._pool.primary
        targets = make_targets(settings, pool, self._clock, self._randomness, self._manager.targets)
        preferred = self._steered(list(zip(pool.every, targets, strict=True)))
        self._pool.replace(pool)
        self._manager.replace(targets)
        self._manager.prefer(preferred)
        if not pool.primary.same_model(first):
            # Who names another one wants it to answer, whatever buttons have said and whatever was learned of others.
            self._manager.prefer(targets[0])
            targets[0].paused = False
        if call_rules(before) != call_rules(settings):
            self._manager.work_by(**call_rules(settings))
        for model in pool.every:
            model.limit(model_timeouts(settings))
        self._alerts.forget_gone(targets)
        self._detections.stop_gone()

    def _steered(self, wanted: Sequence[tuple[ServingModel, Target]]) -> Target | None:
        """Hand what buttons have said over to who is the same model as before; gives the one to be asked first."""
        there = list(zip(self._pool.every, self._manager.targets, strict=True))
        preferred = None
        for model, target in wanted:
            before = next((old for _, old in there if old is target), None)
            same = (old for other, old in there if old.task == target.task and other.same_model(model))
            before = before or next(same, None)
            if before is not None:
                target.paused = before.paused
                preferred = target if before is self._manager.preferred else preferred
        return preferred

    async def _look_at(self, new: Sequence[ServingModel], primary: ServingModel) -> None:
        if not new:
            return
        look = self._begin(_refresh(new), "look at new models")
        await asyncio.wait({look}, timeout=LOOK_SECONDS)
        if primary in new and not _can_be_asked(primary):
            await asyncio.wait({look}, timeout=LONGEST_LOOK_SECONDS)


async def _refresh(models: Sequence[ServingModel]) -> None:
    # What a look could not find out, the next one will: they are made again and again.
    await asyncio.gather(*(model.refresh() for model in models), return_exceptions=True)


def _can_be_asked(model: ServingModel) -> bool:
    try:
        model.current()
    except NoModelAvailable:
        return False
    return True
