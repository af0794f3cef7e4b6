"""What the rest of the program has to say about probes: people come first, the cloud has a budget, figures are kept."""

from __future__ import annotations

import asyncio
from typing import Protocol

from llm.config import ModelConfig
from llm.monitoring import AttemptRecord


class ProbeConditions(Protocol):
    """Is asked before each probe, and watched while one is under way."""

    async def until_quiet(self, server: str) -> None:
        """Wait until nobody else has anything to ask of a server, named as in logs."""

    async def until_wanted(self, server: str) -> None:
        """Wait until somebody wants the server: the probe is then given up, and made again later."""

    def affordable(self, config: ModelConfig, prompt_tokens: int) -> bool:
        """Whether a probe of so many tokens may be paid for."""

    def record(self, record: AttemptRecord) -> None:
        """Keep the figures of one probe."""


class NoConditions:
    """For who has the server to themselves."""

    async def until_quiet(self, server: str) -> None:
        """It is."""

    async def until_wanted(self, server: str) -> None:
        """Never."""
        await asyncio.get_running_loop().create_future()

    def affordable(self, config: ModelConfig, prompt_tokens: int) -> bool:
        """It is."""
        return True

    def record(self, record: AttemptRecord) -> None:
        """Nobody keeps them."""
