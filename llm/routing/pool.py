"""All models that may be asked: primary, fallbacks, those of single tasks; looked at and listed together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from llm.routing.candidates import Candidate
from llm.routing.serving_model import ServingModel


class ModelPool:
    """The primary model, those that answer when it can't, in their order, and those of single tasks by its name."""

    def __init__(
        self,
        primary: ServingModel,
        fallbacks: Sequence[ServingModel] = (),
        tasks: Mapping[str, ServingModel] = MappingProxyType({}),
    ) -> None:
        self.primary = primary
        self.fallbacks = tuple(fallbacks)
        self.tasks = MappingProxyType(dict(tasks))

    def replace(self, other: ModelPool) -> None:
        """Consist of the models of another one from now on."""
        self.primary, self.fallbacks, self.tasks = other.primary, other.fallbacks, other.tasks

    @property
    def every(self) -> tuple[ServingModel, ...]:
        """All of them, the primary one first."""
        return (self.primary, *self.fallbacks, *self.tasks.values())

    @property
    def needs_refresh(self) -> bool:
        """Whether a look at some of them may change something."""
        return any(model.needs_refresh for model in self.every)

    async def refresh(self) -> None:
        """Look again at those where that may change something, at all of them at the same time."""
        await asyncio.gather(*(model.refresh() for model in self.every if model.needs_refresh))

    def candidates(self) -> tuple[Candidate, ...]:
        """A row for each server that was met; the primary model's is chosen, the others say what they are for."""
        rows = list(self.primary.candidates())
        for fallback in self.fallbacks:
            rows += [replace(row, chosen=False, fallback=True) for row in fallback.candidates()]
        for task, model in self.tasks.items():
            rows += [replace(row, chosen=False, task=task) for row in model.candidates()]
        return tuple(rows)
