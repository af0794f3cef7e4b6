"""The models as an admin steers them until the next start: which one is asked first, and which not at all."""

from __future__ import annotations

from dataclasses import dataclass

from bot.callbacks import mark_of
from llm.routing.attempts import Answered
from llm.routing.fallback import LLMFallbackManager
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.transcription import Transcriber


@dataclass(frozen=True, slots=True)
class SteeredModel:
    """A model of the configuration; `mark` stands for it in buttons, `first`: it is the first to be asked.

    `pinned`: whatever is learned of the others.
    """

    mark: str
    model: ServingModel
    target: Target
    first: bool
    primary: bool
    pinned: bool


class ModelControl:
    """Puts together what is known of each model and what may be done with it."""

    def __init__(self, pool: ModelPool, manager: LLMFallbackManager, transcriber: Transcriber | None = None) -> None:
        """`transcriber` is who writes down what is spoken."""
        self._pool = pool
        self._manager = manager
        self._transcriber = transcriber

    @property
    def models(self) -> tuple[SteeredModel, ...]:
        """All of them as configured, the primary one first."""
        order = self._manager.order
        return tuple(
            SteeredModel(
                mark=mark_of(f"{target.setting} {model.name}"),
                model=model,
                target=target,
                first=bool(order) and order[0] is target,
                primary=model is self._pool.primary,
                pinned=target is self._manager.preferred or (self._manager.ordered and target in order[:1]),
            )
            for model, target in zip(self._pool.every, self._manager.targets, strict=True)
        )

    @property
    def first(self) -> ServingModel:
        """The model that is asked first; the primary one when all are paused."""
        return next((one.model for one in self.models if one.first), self._pool.primary)

    @property
    def anyone_sees(self) -> bool:
        """Whether some model that may be asked sees pictures; one of which that is not known is tried."""
        return any(target.source.sees is not False for target in self._manager.targets if not target.paused)

    @property
    def any_cloud(self) -> bool:
        """Whether something that people say may go to a cloud: to a model, for whatever it is asked, or as speech."""
        return self.speech_in_cloud or any(not target.source.local for target in self._manager.targets)

    @property
    def speech_in_cloud(self) -> bool:
        """Whether what is spoken is written down in a cloud."""
        return self._transcriber is not None and self._transcriber.in_cloud

    def find(self, mark: str) -> SteeredModel | None:
        """The model that a button means; None when the settings have changed since."""
        return next((one for one in self.models if one.mark == mark), None)

    def prefer(self, one: SteeredModel) -> None:
        """Ask this one first, whatever was learned of the others."""
        self._manager.prefer(one.target)
        one.target.paused = False

    def pause(self, one: SteeredModel, *, paused: bool) -> None:
        """Ask it no more, or again."""
        one.target.paused = paused

    async def probe(self, one: SteeredModel) -> Answered:
        """Look at its server and send it a short request. Raises NoAnswer."""
        await one.model.refresh()
        return await self._manager.probe(one.target)
