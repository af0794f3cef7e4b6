"""The conditions for probes: only while nobody wants the server, within the budget, and into the figures."""

from __future__ import annotations

from llm.config import ModelConfig
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.spending import Spending
from llm.routing.traffic import Traffic

QUIET_SECONDS = 2.0
"""So long nobody must have wanted a server before it is probed: a person who reads an answer soon writes again."""
MOST_QUIET_SECONDS = 60.0


class PeopleFirst:
    """`ProbeConditions` of a bot at work. Each probe that was given up for a person makes the next one wait longer."""

    def __init__(
        self,
        traffic: Traffic,
        *,
        monitor: ModelPerformanceMonitor | None = None,
        spending: Spending | None = None,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        self._traffic = traffic
        self._monitor = monitor
        self._spending = spending
        self._quiet_seconds = quiet_seconds
        self._given_up: dict[str, int] = {}

    async def until_quiet(self, server: str) -> None:
        """Wait until nobody has asked anything of the server for some seconds."""
        seconds = min(MOST_QUIET_SECONDS, self._quiet_seconds * 2.0 ** self._given_up.get(server, 0))
        await self._traffic.until_quiet(server, seconds)

    async def until_wanted(self, server: str) -> None:
        """Wait until a person asks something of the server."""
        await self._traffic.until_wanted(server)
        self._given_up[server] = self._given_up.get(server, 0) + 1

    def affordable(self, config: ModelConfig, prompt_tokens: int) -> bool:
        """Whether the budget for the cloud permits it."""
        return self._spending is None or self._spending.exhausted(config, prompt_tokens) is None

    def record(self, record: AttemptRecord) -> None:
        """Keep its figures and its price."""
        self._given_up.pop(record.server, None)
        if self._spending is not None and record.cost:
            self._spending.add(record.cost)
        if self._monitor is not None:
            self._monitor.log_request(record)
