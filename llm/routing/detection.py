"""Detections of all models that may answer: which is due, one at a time, joined by who asks for the same, stoppable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from llm.capabilities.book import CapabilityBook
from llm.capabilities.detector import DetectionUnfinished, ModelCapabilityDetector, Progress, Tell
from llm.capabilities.facts import Detection, ModelKey
from llm.capabilities.plan import DetectionLimits
from llm.clock import Clock
from llm.errors import LLMError, NoModelAvailable
from llm.routing.model_in_use import ModelInUse, ModelSource
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel, key_of
from llm.servers.kinds import ServerState

logger = structlog.get_logger()

LEAST_AGE = timedelta(hours=1)
"""A server that comes back is detected anew when the last time is longer ago than this."""
RETRY_AFTER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""When one could not be finished, it is gone on with after so long; the last pause holds from then on."""


class DetectionStopped(LLMError):
    """Somebody stopped it; what it has seen is kept, and the next one goes on with that."""


@dataclass(slots=True)
class _Run:
    task: asyncio.Task[Detection]
    listeners: list[Tell] = field(default_factory=list)
    last: Progress | None = None


@dataclass(slots=True)
class _Standing:
    """What is remembered of a model between detections."""

    was_away: bool = False
    unfinished: int = 0
    not_before: datetime | None = None


class Detections:
    """Owns the detections that are under way; an async context, after which there are none.

    With `every` of zero none begins by itself. Models in a cloud are never asked without `ask_clouds`.
    """

    def __init__(
        self,
        pool: ModelPool,
        detector: ModelCapabilityDetector,
        book: CapabilityBook,
        clock: Clock,
        *,
        every: timedelta,
        ask_clouds: bool = False,
    ) -> None:
        self._pool = pool
        self._detector = detector
        self._book = book
        self._clock = clock
        self._every = every
        self._ask_clouds = ask_clouds
        self._one_at_a_time = asyncio.Lock()
        self._runs: dict[ModelKey, _Run] = {}
        self._standings: dict[ModelKey, _Standing] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [run.task for run in self._runs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def work_by(self, *, every: timedelta, ask_clouds: bool, limits: DetectionLimits) -> None:
        """Keep to other rules from now on; a detection that is under way keeps its limits until its next probe."""
        self._every = every
        self._ask_clouds = ask_clouds
        self._detector.limits = limits

    def stop_gone(self) -> None:
        """End the detections of models that are no longer among those that answer."""
        wanted = {_key(model) for model in self._pool.every}
        for key, run in self._runs.items():
            if key not in wanted:
                run.task.cancel()

    @property
    def every(self) -> timedelta:
        """How often each model is detected anew; zero: never by itself."""
        return self._every

    @property
    def oldest(self) -> datetime | None:
        """When the model whose last detection is the longest ago was detected; None: some never was."""
        known = [self._book.at_hand(key_of(model)) for model in self._models()]
        moments = [one.at for one in known if one is not None]
        return min(moments) if moments and len(moments) == len(known) else None

    def under_way(self, model: ServingModel) -> bool:
        """Whether a model is being detected, or waits for its turn."""
        key = _key(model)
        return key is not None and key in self._runs

    def stop(self, model: ServingModel) -> bool:
        """End the detection of a model; gives whether there was one."""
        key = _key(model)
        run = self._runs.get(key) if key is not None else None
        return run is not None and run.task.cancel()

    async def detect(self, model: ServingModel, tell: Tell | None = None) -> Detection:
        """Detect a model now, or wait for the detection that is under way. `tell` hears how far it has come.

        Cancelling the wait leaves the detection to go on; `stop()` ends it. Raises NoModelAvailable, DetectionStopped,
        DetectionUnfinished.
        """
        in_use = model.current()
        key = key_of(in_use)
        run = self._runs.get(key)
        if run is None:
            task = asyncio.create_task(self._run(model, in_use, key), name="detection")
            run = self._runs[key] = _Run(task)
            task.add_done_callback(lambda _: self._runs.pop(key, None))
        if tell is not None:
            run.listeners.append(tell)
            if run.last is not None:
                tell(run.last)
        try:
            return await asyncio.shield(run.task)
        except asyncio.CancelledError:
            if not run.task.cancelled():
                raise
            raise DetectionStopped from None
        finally:
            if tell is not None:
                run.listeners.remove(tell)

    async def detect_due(self) -> None:
        """Detect each model for which there is a reason, one after the other. Never fails."""
        for model in self._pool.every:
            if model in self._pool.every and self._is_due(model):
                await self._quietly(model)

    async def detect_all(self) -> None:
        """Detect every model that answers, one after the other and once, whatever it is set for. Never fails."""
        done: set[ModelKey] = set()
        for model in self._pool.every:
            in_use = _in_use(model)
            if in_use is None or key_of(in_use) in done or model not in self._pool.every:
                continue
            if self._may_begin(in_use):
                done.add(key_of(in_use))
                await self._quietly(model)

    async def _quietly(self, model: ServingModel) -> None:
        try:
            await self.detect(model)
        except (DetectionUnfinished, DetectionStopped, NoModelAvailable) as error:
            logger.info("detection_unfinished", model=model.name, reason=str(error) or type(error).__name__)

    async def _run(self, model: ServingModel, in_use: ModelInUse, key: ModelKey) -> Detection:
        def tell(progress: Progress) -> None:
            if (run := self._runs.get(key)) is not None:
                run.last = progress
                for listener in tuple(run.listeners):
                    listener(progress)

        standing = self._standings.setdefault(key, _Standing())
        skip = "cloud" if _in_a_cloud(in_use) and not self._ask_clouds else ""
        try:
            async with self._one_at_a_time:
                detection = await self._detector.detect_capabilities(model.client(), tell=tell, without_asking=skip)
        except DetectionUnfinished:
            pause = RETRY_AFTER[min(standing.unfinished, len(RETRY_AFTER) - 1)]
            standing.unfinished += 1
            standing.not_before = self._clock.now() + pause
            raise
        standing.unfinished, standing.not_before, standing.was_away = 0, None, False
        for one in self._pool.every:
            one.reconsider()
        return detection

    def _models(self) -> Sequence[ModelInUse]:
        found = (_in_use(model) for model in self._pool.every)
        return [one for one in found if one is not None and self._may_begin(one)]

    def _may_begin(self, model: ModelInUse) -> bool:
        """Whether a detection may begin without anybody asking for it."""
        if not self._every or (_in_a_cloud(model) and not self._ask_clouds):
            return False
        return model.state is ServerState.UP or (model.state is ServerState.UNKNOWN and _in_a_cloud(model))

    def _is_due(self, model: ServingModel) -> bool:
        in_use = _in_use(model)
        if in_use is None:
            return False
        standing = self._standings.setdefault(key_of(in_use), _Standing())
        if in_use.state in {ServerState.UNREACHABLE, ServerState.LOADING}:
            standing.was_away = True
        now = self._clock.now()
        if not self._may_begin(in_use) or (standing.not_before is not None and now < standing.not_before):
            return False
        known = self._book.at_hand(key_of(in_use))
        if known is None or known.fingerprint != in_use.fingerprint or standing.not_before is not None:
            return True
        was_away, standing.was_away = standing.was_away, False
        return was_away and now - known.at >= LEAST_AGE


def _in_use(model: ServingModel) -> ModelInUse | None:
    """The model in use when there is one that can be asked anything."""
    try:
        in_use = model.current()
    except NoModelAvailable:
        return None
    return None if in_use.source is ModelSource.DEMO else in_use


def _key(model: ServingModel) -> ModelKey | None:
    in_use = _in_use(model)
    return None if in_use is None else key_of(in_use)


def _in_a_cloud(model: ModelInUse) -> bool:
    return model.config.local is False
