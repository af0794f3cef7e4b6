"""All models that may answer people: the primary one and its fallbacks, looked at and listed together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from llm.routing.candidates import Candidate
from llm.routing.serving_model import ServingModel


class ModelPool:
    """The primary model, and those that answer when it can't, in their order."""

    def __init__(self, primary: ServingModel, fallbacks: Sequence[ServingModel] = ()) -> None:
        self.primary = primary
        self.fallbacks = tuple(fallbacks)

    def replace(self, other: ModelPool) -> None:
        """Consist of the models of another one from now on."""
        self.primary, self.fallbacks = other.primary, other.fallbacks

    @property
    def every(self) -> tuple[ServingModel, ...]:
        """All of them, the primary one first."""
        return (self.primary, *self.fallbacks)

    @property
    def needs_refresh(self) -> bool:
        """Whether a look at some of them may change something."""
        return any(model.needs_refresh for model in self.every)

    async def refresh(self) -> None:
        """Look again at those where that may change something, at all of them at the same time."""
        await asyncio.gather(*(model.refresh() for model in self.every if model.needs_refresh))

    def candidates(self) -> tuple[Candidate, ...]:
        """A row for each server that was met; the one of the primary model is chosen, fallbacks say that they are."""
        rows = list(self.primary.candidates())
        for fallback in self.fallbacks:
            rows += [replace(row, chosen=False, fallback=True) for row in fallback.candidates()]
        return tuple(rows)
