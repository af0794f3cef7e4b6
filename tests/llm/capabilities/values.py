"""Values that tests of capabilities share: facts, observations, what is told of a model."""

from __future__ import annotations

from datetime import UTC, datetime

from llm.capabilities.facts import Ability, Fact, FactValue, Source
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.told import Told, told_of
from llm.config import ModelConfig
from llm.preparation import ServedModel
from llm.servers.kinds import FoundModel, ServerKind

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def fact(value: FactValue, source: Source = Source.PROBE, confidence: float = 0.95) -> Fact:
    """A fact of now."""
    return Fact(value, source, confidence, NOW)


def seen(
    probe: str, verdict: Verdict = Verdict.PASSED, *, calls: int = 1, **measured: float | str | bool
) -> Observation:
    """What a probe has shown."""
    return Observation(probe, verdict, calls, measured)


def told(kind: ServerKind = ServerKind.VLLM, context: int | None = 8192, name: str = "m", **found: object) -> Told:
    """What is known of a model before it is asked."""
    model = FoundModel(name, context=context, **found)  # type: ignore[arg-type]
    return told_of(ModelConfig(name=name, api_base="http://127.0.0.1:1/v1"), ServedModel(kind, context, model), NOW)


def values(facts: dict[Ability, Fact]) -> dict[Ability, FactValue]:
    """The values alone."""
    return {ability: one.value for ability, one in facts.items()}
