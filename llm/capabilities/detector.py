"""Finds out what one model on its server can do: facts first, then one probe after the other, kept as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from llm.capabilities.conclude import conclude
from llm.capabilities.conditions import NoConditions, ProbeConditions
from llm.capabilities.facts import Detection, Known, ModelKey, joined
from llm.capabilities.measured import adjustments_after
from llm.capabilities.needles import CHARACTERS_PER_TOKEN
from llm.capabilities.observation import Observation
from llm.capabilities.plan import DetectionLimits, next_probe, probes_left
from llm.capabilities.probing import DetectionUnfinished, Probing
from llm.capabilities.questions import Question, question
from llm.capabilities.store import CapabilitiesInMemory, CapabilityStore
from llm.capabilities.told import Told, fingerprint_of, told_of
from llm.client import LLMClient
from llm.clock import Clock
from llm.learned import Adjustments

__all__ = ["DetectionUnfinished", "ModelCapabilityDetector", "Progress", "Tell"]

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a detection has come: requests made, about how many are to come, the probe that is next."""

    key: ModelKey
    made: int
    left: int
    probe: str = ""


Tell = Callable[[Progress], None]


class ModelCapabilityDetector:
    """Detects by asking: few short questions, one after the other, never while somebody else wants the server."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: DetectionLimits = DetectionLimits(),  # noqa: B008 - frozen
        store: CapabilityStore | None = None,
        conditions: ProbeConditions | None = None,
    ) -> None:
        self._clock = clock
        self.limits = limits
        self._store: CapabilityStore = store if store is not None else CapabilitiesInMemory()
        self._conditions: ProbeConditions = conditions if conditions is not None else NoConditions()

    async def detect_capabilities(
        self, client: LLMClient, *, tell: Tell | None = None, without_asking: str = ""
    ) -> Detection:
        """Find out what the model of a client can do, and keep it.

        A run that was cut off, by its cancellation or a crash, is gone on with where it was. `tell` hears of each
        probe before it is made. With `without_asking`, which says why, only what is known without a probe counts.
        Raises DetectionUnfinished when the server does not answer; nothing that was known is lost by that.
        """
        key = ModelKey(client.server, client.config.name)
        fingerprint = fingerprint_of(client.served)
        before = await self._store.known(key)
        told = told_of(client.config, client.served, self._clock.now())
        seen: list[Observation] = []
        skipped = without_asking
        if not skipped:
            seen = list(await self._store.begun(key, fingerprint))
            skipped = await self._ask(client, key, fingerprint, told, seen, tell or _nobody)
        now = self._clock.now()
        facts = joined(conclude(told, seen, now), before, fingerprint)
        if seen or not skipped:
            await self._store.conclude(key, Known(fingerprint, facts, now))
        calls = sum(one.calls for one in seen)
        logger.info("capabilities_detected", model=key.model, server=key.server, calls=calls, skipped=skipped or None)
        return Detection(key, fingerprint, facts, before, calls, skipped)

    async def _ask(
        self, client: LLMClient, key: ModelKey, fingerprint: str, told: Told, seen: list[Observation], tell: Tell
    ) -> str:
        """Make the probes that are left, adding to `seen`; gives why it ended early, or nothing."""
        while (name := next_probe(told, seen, self.limits)) is not None:
            tell(Progress(key, sum(one.calls for one in seen), probes_left(told, seen, self.limits), name))
            asked = question(name, reasons=told.reasons or any(one.flag("thought") for one in seen))
            if not self._conditions.affordable(client.config, _tokens(asked)):
                return "budget"
            left = self.limits.calls - sum(one.calls for one in seen)
            seconds = self.limits.longest_seconds
            probing = Probing(client, asked, self._clock, self._conditions, seconds, first=not seen, most_calls=left)
            seen.append(await probing.observe(_adjustments(seen)))
            await self._store.observe(key, fingerprint, seen)
        return ""


def _adjustments(seen: list[Observation]) -> Adjustments:
    return adjustments_after(seen[-1].seen) if seen else Adjustments()


def _tokens(asked: Question) -> int:
    return int(sum(len(message.text) for message in asked.request.messages) / CHARACTERS_PER_TOKEN)


def _nobody(progress: Progress) -> None:
    pass
