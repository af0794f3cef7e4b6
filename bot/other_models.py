"""Which other model could answer a question that one has answered."""

from __future__ import annotations

from collections.abc import Collection

from llm.routing.breaker import BreakerState
from llm.routing.fallback import LLMFallbackManager
from llm.servers.kinds import ServerKind


class OtherModels:
    """Looks among those that are asked for answers."""

    def __init__(self, manager: LLMFallbackManager) -> None:
        self._manager = manager

    def beside(self, models: Collection[str], *, local: bool) -> str | None:
        """The name of the first that is none of these and works, at home or in a cloud; None: there is none."""
        for target in self._manager.order:
            source = target.source
            able = source.local is local and source.kind is not ServerKind.DEMO
            if able and source.name not in models and target.breaker.state is not BreakerState.OPEN:
                return source.name
        return None
