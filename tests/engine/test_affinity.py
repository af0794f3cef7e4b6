"""On two real engines with the same model a conversation stays where its beginning is in the cache."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from llm.balancing.balancer import Balancer
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import make_client
from llm.routing.fallback import LLMFallbackManager
from llm.routing.seating import Seating
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.types import ChatRequest, Message, Role, Usage
from tests.engine.engine import MODEL, Engine

TALKS, TURNS = 4, 6
CONTEXT = 2048
STORY = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again. "


@pytest.fixture
def engines(program: Path, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    with ExitStack() as stack:
        yield (
            stack.enter_context(Engine(program, tmp_path / "one.log", context=CONTEXT)),
            stack.enter_context(Engine(program, tmp_path / "two.log", context=CONTEXT)),
        )


async def cached_share(engines: tuple[Engine, Engine], seed: int, *, affinity: bool) -> float:
    """Which share of all prompt tokens the engines had in their caches, over some conversations side by side."""
    clock, chance = SystemClock(), random.Random(seed)
    read = cached = 0
    async with make_client() as http:
        targets = []
        for number, engine in enumerate(engines):
            config = ModelConfig(name=MODEL, api_base=engine.base)
            model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), configured=config)
            await model.refresh()
            targets.append(Target(model, setting=f"M{number}", monotonic=clock.monotonic, randomness=chance))
        seating = Seating(Balancer(clock.monotonic, chance), clock)
        manager = LLMFallbackManager(targets, clock=clock, randomness=chance, seating=seating)
        talks = {f"talk {seed} {number}": [Message(Role.SYSTEM, f"Talk {seed} {number}.")] for number in range(TALKS)}

        async def ask(name: str, turn: int) -> Usage:
            talks[name].append(Message(Role.USER, f"{turn}. {STORY * 2}"))
            request = ChatRequest(tuple(talks[name]), max_tokens=12, conversation=name if affinity else None)
            result = (await manager.chat_with_fallback(request)).result
            talks[name].append(Message(Role.ASSISTANT, result.text))
            assert result.usage is not None
            return result.usage

        for turn in range(TURNS):
            order = chance.sample(list(talks), TALKS)
            for usage in await asyncio.gather(*(ask(name, turn) for name in order)):
                read, cached = read + usage.prompt_tokens, cached + usage.cached_tokens
    return cached / read


async def test_with_affinity_more_of_the_prompts_is_in_the_caches(engines: tuple[Engine, Engine]) -> None:
    # By turns, so that neither has the engines warmer than the other.
    without = [await cached_share(engines, seed, affinity=False) for seed in (1, 3)]
    kept = [await cached_share(engines, seed, affinity=True) for seed in (2, 4)]
    shares = f"{sum(kept) / 2:.0%} of the prompt tokens from caches with affinity, {sum(without) / 2:.0%} without"
    assert sum(kept) > sum(without) * 1.1, shares
    assert min(kept) > 0.55, shares
