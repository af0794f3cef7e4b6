"""What models do beside answering people, put together: sorting messages, summing up, wording better, titles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.settings import Settings
from bot.summaries import RollingSummaries
from llm.clock import Clock
from llm.errors import NoModelAvailable
from llm.routing.fallback import LLMFallbackManager
from llm.servers.kinds import ServerKind
from llm.tasks.augmentation import Augmenter
from llm.tasks.sorting import MessageSorter
from llm.types import ChatRequest, ChatResult
from storage import Conversations, Summaries


@dataclass(frozen=True, slots=True)
class Tasks:
    """Everything that models do beside answering people."""

    sorter: MessageSorter
    augmenter: Augmenter
    rolling: RollingSummaries


@asynccontextmanager
async def open_tasks(
    settings: Settings,
    manager: LLMFallbackManager,
    conversations: Conversations,
    summaries: Summaries,
    clock: Clock,
) -> AsyncIterator[Tasks]:
    """Make it, and end what is under way when the context ends."""

    async def ask(request: ChatRequest) -> ChatResult:
        first = manager.order_for(request)[:1]
        if any(target.source.kind is ServerKind.DEMO for target in first):
            raise NoModelAvailable("only_the_demo")  # which can do nothing but talk
        return (await manager.chat_with_fallback(request)).result

    augmenter = Augmenter(ask)
    async with (
        MessageSorter(ask, clock, settings.task_models) as sorter,
        RollingSummaries(conversations, summaries, augmenter) as rolling,
    ):
        yield Tasks(sorter, augmenter, rolling)
