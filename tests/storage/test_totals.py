"""What the figures say is what the servers counted: whole, failed, hedged and cancelled requests alike."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.errors import FailureKind
from llm.http import make_client
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.attempts import Answered, NoAnswer
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.types import ChatRequest, Message, Role, TextDelta, Why
from storage import PerformanceRows, open_database
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Reply, Request, Sse, Step, Stream, chunk, error, text_chunk

REQUESTS = 2000
AT_ONCE = 12
EVER = datetime.min.replace(tzinfo=UTC)
OPENED = chunk({"role": "assistant", "content": ""})
SLOW_SECONDS = 6.0


class SteadyTarget(Target):
    """Counts as unusually slow after two seconds, which no other answer needs on however busy a machine."""

    @property
    def slow_after(self) -> float | None:
        return 2.0


class Counting:
    """Plays a server at random and counts what it plays; each whole answer has token counts of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.played: Counter[str] = Counter()
        self.whole: dict[int, int] = {}

    def __call__(self, request: Request) -> Reply:
        if "stop me" in str(request.json["messages"]):
            self.played["stopped"] += 1
            return Sse((OPENED, text_chunk("One moment"), 60.0))
        kind = self.chance.choices(("whole", "error", "busy", "cut", "slow"), (85, 5, 4, 4, 2))[0]
        self.played[kind] += 1
        match kind:
            case "error":
                return error("boom", status=500)
            case "busy":
                return error("busy", status=503)
            case "cut":
                return Sse((OPENED, text_chunk("Half of it"), Step.CLOSE), chunked=False)
            case "slow":
                return Sse((SLOW_SECONDS, OPENED, text_chunk("Late"), Step.CLOSE))
        words, number = self.chance.randint(1, 30), 1000 + len(self.whole)
        self.whole[number] = words
        return Stream(tokens=["word "] * words, prompt_tokens=number)


@pytest.fixture
async def servers() -> AsyncIterator[list[ModelServer]]:
    async with ModelServer() as one, ModelServer() as two:
        yield [one, two]


async def ask(manager: LLMFallbackManager, *, stop: bool) -> str:
    """Ask for an answer, and stop it when it has begun; gives what became of it."""
    request = ChatRequest((Message(Role.USER, "stop me" if stop else "hello"),))
    try:
        async with aclosing(manager.stream_with_fallback(request)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    return "answered"
                if stop and isinstance(event, TextDelta):
                    return "stopped"
    except NoAnswer:
        return "failed"
    raise AssertionError("a stream ends with an answer or an error")


@pytest.mark.timeout(240)
async def test_the_totals_agree_with_what_the_servers_counted(servers: list[ModelServer], tmp_path: Path) -> None:
    seed = int(os.environ.get("TOTALS_SEED") or random.SystemRandom().randrange(2**32))
    print(f"TOTALS_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance, clock = random.Random(seed), SystemClock()
    plays = [Counting(random.Random(chance.random())) for _ in servers]
    for server, play in zip(servers, plays, strict=True):
        server.otherwise(play)
    async with (
        make_client() as http,
        open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", clock) as database,
        PerformanceRows(database, clock) as rows,
    ):
        targets: list[Target] = []
        for name, server in zip("ab", servers, strict=True):
            config = ModelConfig(name=name, api_base=server.base)
            model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), configured=config)
            targets.append(SteadyTarget(model, setting=name, monotonic=clock.monotonic, randomness=chance))
        manager = LLMFallbackManager(
            targets,
            clock=clock,
            randomness=chance,
            limits=CallLimits(begin=30, max_retries=1),
            monitor=ModelPerformanceMonitor(rows, clock),
            hedge_share=0.5,
        )
        outcomes: Counter[str] = Counter()
        stops = [chance.random() < 0.05 for _ in range(REQUESTS)]

        async def person() -> None:
            while stops:
                outcomes[await ask(manager, stop=stops.pop())] += 1

        await asyncio.gather(*(person() for _ in range(AT_ONCE)))
        stats = {one.model: one for one in await rows.stats(since=EVER)}
        kept: list[AttemptRecord] = []
        await rows.export(kept.extend)
        series = await rows.series(since=None)

    played = [sum(play.played.values()) for play in plays]
    assert [len(server.chats) for server in servers] == played
    assert [stats[name].requests_count for name in "ab"] == played
    assert len(kept) == sum(played)
    for name, play in zip("ab", plays, strict=True):
        mine = stats[name]
        whole = [row for row in kept if row.model == name and row.success]
        # No answer counts that was not given, none twice, each with the tokens that the server has told.
        told = [(row.prompt_tokens, row.completion_tokens) for row in whole]
        assert len(set(told)) == len(told)
        assert set(told) <= set(play.whole.items())
        assert (mine.prompt_tokens, mine.completion_tokens) == tuple(map(sum, zip(*told, strict=True)))
        assert mine.failures.get(FailureKind.SERVER_ERROR, 0) == play.played["error"]
        assert mine.failures.get(FailureKind.OVERLOAD, 0) == play.played["busy"]
        assert mine.failures.get(FailureKind.TRANSPORT, 0) >= play.played["cut"]
        # What neither failed nor was whole was stopped by a person or lost a race.
        assert mine.cancelled_count == mine.requests_count - len(whole) - sum(mine.failures.values())
        assert mine.cancelled_count >= play.played["stopped"]
    assert (
        sum(one.requests_count - one.cancelled_count - sum(one.failures.values()) for one in stats.values())
        == (outcomes["answered"])
    )
    assert sum(one.hedges for one in stats.values()) == sum(row.why is Why.HEDGE for row in kept) > 0
    assert sum(sum(point.requests.values()) for point in series) == sum(played)
    assert outcomes.total() == REQUESTS
    assert len({row.request_id for row in kept}) == REQUESTS
