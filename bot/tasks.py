"""What models do beside answering people, put together: sorting messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.settings import Settings
from llm.clock import Clock
from llm.routing.fallback import LLMFallbackManager
from llm.tasks.sorting import MessageSorter
from llm.types import ChatRequest, ChatResult


@dataclass(frozen=True, slots=True)
class Tasks:
    """Everything that models do beside answering people."""

    sorter: MessageSorter


@asynccontextmanager
async def open_tasks(settings: Settings, manager: LLMFallbackManager, clock: Clock) -> AsyncIterator[Tasks]:
    """Make it, and end what is under way when the context ends."""

    async def ask(request: ChatRequest) -> ChatResult:
        return (await manager.chat_with_fallback(request)).result

    async with MessageSorter(ask, clock, settings.task_models) as sorter:
        yield Tasks(sorter)
