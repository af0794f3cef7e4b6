"""One probe until it has an observation: given up for people, sent again to a server that was busy for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from datetime import datetime
from typing import Any

from llm.capabilities.conditions import ProbeConditions
from llm.capabilities.facts import ModelKey
from llm.capabilities.measured import failed_observation, heard_observation
from llm.capabilities.observation import Observation
from llm.capabilities.questions import Heard, Question
from llm.client import MOST_CURES, LLMClient
from llm.clock import Clock
from llm.config import Timeouts
from llm.errors import AttemptFailed, Failure, FailureKind, LLMError, Phase
from llm.learned import Adjustments
from llm.monitoring import AttemptRecord
from llm.servers.kinds import ServerState
from llm.types import ChatResult, Finished, Task, TextDelta, TextRetracted

_K = FailureKind
SHOWS_THE_MODEL = frozenset({_K.CONTEXT_OVERFLOW, _K.BAD_REQUEST, _K.INVALID_OUTPUT, _K.CONTENT_FILTER})
"""Failures that are an answer to the probe and would come again; all others are of the moment, or of the settings."""
ENDS_IT = frozenset({_K.AUTH, _K.QUOTA, _K.MODEL_MISSING})
"""Nothing can be found out before somebody has changed something."""
BUSY = frozenset({_K.RATE_LIMIT, _K.OVERLOAD, _K.MODEL_LOADING})

FIRST_SECONDS = 300.0
"""So long the first answer may take to begin: the model may have to be loaded for it."""
MOST_TRIES = 3
"""So often one probe is sent to a server that is busy, or broken at just this one."""
PAUSES = (2.0, 5.0, 10.0)
LONGEST_PAUSE = 120.0
LOADING_SECONDS = 600.0
LOOK_SECONDS = 2.0
"""While a server loads its model it is looked at again so often, by a page that costs nothing."""

BUSY_SECONDS = 600.0
FIRST_BUSY_LOOK = 0.1
LAST_BUSY_LOOK = 5.0
"""A server that somebody else keeps at work is looked at again after so long, at first soon: it may only be clearing up
after our own last probe."""


class DetectionUnfinished(LLMError):
    """The server does not answer now; what was seen so far is kept, and another run goes on with it."""

    def __init__(self, key: ModelKey, failure: Failure) -> None:
        self.key = key
        self.failure = failure
        super().__init__(f"{key.model} at {key.server}: {failure.kind}")


class Probing:
    """One probe until it has an observation: given up for people, sent again to a server that was busy."""

    def __init__(
        self,
        client: LLMClient,
        asked: Question,
        clock: Clock,
        conditions: ProbeConditions,
        longest_seconds: float,
        *,
        first: bool,
        most_calls: int,
    ) -> None:
        """`first`: nothing has been asked before it, so that the model may have to be loaded for it.

        It takes `most_calls` requests at most; where they were not enough it tells nothing.
        """
        self._clock = clock
        self._conditions = conditions
        self._client = client
        self._key = ModelKey(client.server, client.config.name)
        self._asked = asked
        begin = max(longest_seconds, FIRST_SECONDS) if first else longest_seconds
        self._timeouts = Timeouts(first_token=begin, total=begin + longest_seconds)
        self._first = first
        self._most_calls = most_calls
        self._calls = 0

    async def observe(self, adjustments: Adjustments) -> Observation:
        """Make it. Raises DetectionUnfinished."""
        tries = 0
        while True:
            await self._until_free()
            cures = min(MOST_CURES, self._most_calls - self._calls - 1) if self._asked.cured else 0
            client = self._client.untaught(adjustments, most_cures=cures)
            attempt = self._attempt(client)
            observed = await _unless(attempt, self._conditions.until_wanted(self._client.server))
            if observed is None:
                continue
            if isinstance(observed, Observation):
                return observed
            tries += 1
            adjustments = client.learned.adjustments
            await self._after(observed, tries)
            if tries >= MOST_TRIES or self._spent:
                return failed_observation(self._asked, observed, adjustments, calls=self._calls)

    @property
    def _spent(self) -> bool:
        return self._calls >= self._most_calls

    async def _until_free(self) -> None:
        """Wait until neither we nor anybody else has anything to ask of the server. Raises DetectionUnfinished."""
        until = self._clock.monotonic() + BUSY_SECONDS
        await self._conditions.until_quiet(self._client.server)
        pause = FIRST_BUSY_LOOK
        while await self._client.busy():
            if self._clock.monotonic() >= until:
                failure = Failure(FailureKind.OVERLOAD, Phase.CONNECT, BUSY_SECONDS, code="busy")
                raise DetectionUnfinished(self._key, failure)
            await self._clock.sleep(pause)
            pause = min(2 * pause, LAST_BUSY_LOOK)
            await self._conditions.until_quiet(self._client.server)

    async def _attempt(self, client: LLMClient) -> Observation | Failure:
        """Send it once; a failure of the moment is given, one that tells something of the model is an observation."""
        started, moment = self._clock.monotonic(), self._clock.now()
        try:
            result, deltas = await _answer(client, self._asked, self._timeouts)
        except AttemptFailed as failed:
            failure = failed.failure
            self._calls += client.requests
            self._record(moment, started, None, failure)
            if failure.kind not in SHOWS_THE_MODEL:
                return failure
            return failed_observation(self._asked, failure, client.learned.adjustments, calls=max(1, self._calls))
        self._calls += client.requests
        self._record(moment, started, result, None)
        heard = Heard(result, client.learned.adjustments)
        return heard_observation(self._asked, heard, calls=self._calls, deltas=deltas)

    async def _after(self, failure: Failure, tries: int) -> None:
        """Wait for a server that is busy or was gone for a moment. Raises DetectionUnfinished when it stays so."""
        if failure.kind in ENDS_IT or (failure.retry_after_seconds or 0.0) > LONGEST_PAUSE:
            raise DetectionUnfinished(self._key, failure)
        if self._spent:
            if self._first:
                raise DetectionUnfinished(self._key, failure)
            return
        if failure.kind is FailureKind.MODEL_LOADING:
            await self._until_loaded(failure)
        if tries >= MOST_TRIES:
            # Whoever fails at this alone is broken at it; who fails at all, or says to be busy, is asked another time.
            if self._first or failure.kind in BUSY or await self._client.health() is not ServerState.UP:
                raise DetectionUnfinished(self._key, failure)
            return
        await self._clock.sleep(max(PAUSES[tries - 1], failure.retry_after_seconds or 0.0))

    async def _until_loaded(self, failure: Failure) -> None:
        until = self._clock.monotonic() + LOADING_SECONDS
        while await self._client.health() is not ServerState.UP:
            if self._clock.monotonic() >= until:
                raise DetectionUnfinished(self._key, failure)
            await self._clock.sleep(LOOK_SECONDS)

    def _record(self, moment: datetime, started: float, result: ChatResult | None, failure: Failure | None) -> None:
        config, usage = self._client.config, result.usage if result is not None else None
        prompt = usage.prompt_tokens if usage is not None else None
        written = usage.completion_tokens if usage is not None else None
        self._conditions.record(
            AttemptRecord(
                started_at=moment,
                model=config.name,
                server=self._client.server,
                task=Task.PROBE,
                latency_seconds=self._clock.monotonic() - started,
                ttft_seconds=result.ttft_seconds if result is not None else None,
                prompt_tokens=prompt,
                completion_tokens=written,
                failure=failure.kind if failure is not None else None,
                cached_tokens=usage.cached_tokens if usage is not None else None,
                cost=((prompt or 0) * config.price_in + (written or 0) * config.price_out) / 1_000_000,
                local=config.local is not False,
                phase=failure.phase if failure is not None else None,
                status=failure.status if failure is not None else None,
                code=failure.code if failure is not None else None,
            )
        )


async def _answer(client: LLMClient, asked: Question, timeouts: Timeouts) -> tuple[ChatResult, int]:
    """The whole answer, and in how many pieces it came."""
    deltas = 0
    async with aclosing(client.stream(asked.request, timeouts)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                deltas += 1
            elif isinstance(event, TextRetracted):
                deltas = 0
            elif isinstance(event, Finished):
                return event.result, deltas
    raise AssertionError("a stream ends with Finished or an error")


async def _unless(
    attempt: Coroutine[Any, Any, Observation | Failure], wanted: Coroutine[Any, Any, None]
) -> Observation | Failure | None:
    """What an attempt gives; None when somebody wanted the server first, and the attempt was given up for them."""
    probing = asyncio.create_task(attempt, name="probe")
    waiting = asyncio.create_task(wanted, name="probe way")
    try:
        await asyncio.wait({probing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if probing.done():
            return probing.result()
        waiting.result()
        return None
    finally:
        for task in (probing, waiting):
            task.cancel()
        await asyncio.gather(probing, waiting, return_exceptions=True)
