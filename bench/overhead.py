"""What the language-model layer costs beside clients that do less, and beside those that others build on.

    python -m bench.overhead

All ask the same instant server in one run, by turns: short streamed chats, one after another (median and 99th
percentile) and 32 at a time (chats a second). "ours" goes through the whole of it: manager, breaker, budget, deadline,
preparation, client, record. Then the processor time of one decision and record, and how long `llm` takes to import
beside its HTTP client. The exit code is 1 when a limit is missed. The server works in another process, so that its own
work is not counted; peers come with the dependency group `peers`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import random
import statistics
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from multiprocessing.connection import Connection

from bench.peers import (
    MODEL,
    AskOne,
    MakePeer,
    NotInstalled,
    bare_aiohttp,
    bare_httpx,
    body,
    litellm_router,
    openai_sdk,
    text_of,
)
from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import make_client
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor, Subjects
from llm.routing.call import Ask, Call
from llm.routing.choosing import Choosing
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.selection.selector import ModelSelector
from llm.types import ChatRequest, Message, Role
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Stream

WARM_UP = 30
CHATS = 1000
BLOCK = 25
CONCURRENT = 32
BURSTS = 12
ANSWER = "Hello there!"
REQUEST = ChatRequest((Message(Role.USER, "Hi"),))
# The limits are 0.15 ms at the median and 0.4 ms at the 99th percentile, on a machine on which the bare transport takes
# 0.42 ms: so many of its medians, which holds on a slower one as well.
MOST_SHARE = 0.15 / 0.42
MOST_SHARE_P99 = 0.4 / 0.42
LEAST_THROUGHPUT = 0.75
MOST_DECISION_US = 50.0
MOST_CHOICE_US = 30.0
MOST_IMPORT_SECONDS = 0.25
DECISIONS = 5000
TARGETS = 8


def serve(tell: Connection) -> None:
    """The server's process."""

    async def forever() -> None:
        async with ModelServer() as server:
            server.get["/v1/models"] = Json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            server.otherwise(Stream(ANSWER))
            tell.send(server.base)
            while True:
                await asyncio.sleep(1)
                server.requests.clear()  # it remembers everything, which would slow it down

    asyncio.run(forever())


async def bare_transport(base: str, stack: AsyncExitStack) -> AskOne:
    """The HTTP client that ours is built on, as ours makes it."""
    http = await stack.enter_async_context(make_client())

    async def ask() -> str:
        async with http.stream("POST", f"{base}/chat/completions", json=body()) as response:
            return await text_of(response.aiter_lines())

    return ask


async def ours(base: str, stack: AsyncExitStack) -> AskOne:
    """Through the whole manager."""
    manager = await make_manager(base, stack)

    async def ask() -> str:
        return (await manager.chat_with_fallback(REQUEST)).result.text

    return ask


async def client_alone(base: str, stack: AsyncExitStack) -> AskOne:
    """`LLMClient` without the manager."""
    http = await stack.enter_async_context(make_client())
    client = LLMClient(ModelConfig(name=MODEL, api_base=base), http, clock=SystemClock(), timeouts=Timeouts())

    async def ask() -> str:
        return (await client.chat(REQUEST)).text

    return ask


WAYS: dict[str, MakePeer] = {
    "bare aiohttp": bare_aiohttp,
    "bare transport": bare_transport,
    "ours": ours,
    "client alone": client_alone,
    "bare httpx": bare_httpx,
    "openai": openai_sdk,
    "litellm.Router": litellm_router,
}


class _Rows:
    """Where records go: somewhere that costs nothing of its own."""

    def add(self, record: AttemptRecord) -> None:
        pass

    async def stats(self, **_: object) -> tuple[()]:
        return ()

    async def series(self, **_: object) -> tuple[()]:
        return ()

    async def failures(self, **_: object) -> tuple[()]:
        return ()

    async def attempts_of(self, request_id: int) -> tuple[()]:
        return ()

    async def subjects(self) -> Subjects:
        return Subjects()


async def make_manager(base: str, stack: AsyncExitStack, targets: int = 1) -> LLMFallbackManager:
    """A manager over so many models of the server, looked at once."""
    clock, chance = SystemClock(), random.Random()
    http = await stack.enter_async_context(make_client())
    models = []
    for number in range(targets):
        config = ModelConfig(name=MODEL, api_base=base)
        model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), configured=config)
        await model.refresh()
        models.append(Target(model, setting=f"MODELS__{number}", monotonic=clock.monotonic, randomness=chance))
    monitor = ModelPerformanceMonitor(_Rows(), clock)
    return LLMFallbackManager(models, clock=clock, randomness=chance, monitor=monitor)


async def compare(base: str) -> dict[str, tuple[float, float, float]]:
    """For each way: median and 99th percentile of a chat in milliseconds, chats a second with many at a time."""
    async with AsyncExitStack() as stack:
        asks: dict[str, AskOne] = {}
        for name, make in WAYS.items():
            try:
                asks[name] = await make(base, stack)
            except NotInstalled:
                continue
        for ask in asks.values():
            for _ in range(WARM_UP):
                if await ask() != ANSWER:
                    raise RuntimeError("not the answer that the server gave")
        gc.collect()
        gc.freeze()
        alone: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(CHATS // BLOCK):
            for name, ask in asks.items():
                for _ in range(BLOCK):
                    began = time.perf_counter()
                    await ask()
                    alone[name].append((time.perf_counter() - began) * 1e3)
        rates: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(BURSTS):
            for name, ask in asks.items():
                began = time.perf_counter()
                await asyncio.gather(*(_several(ask, 4) for _ in range(CONCURRENT)))
                rates[name].append(4 * CONCURRENT / (time.perf_counter() - began))
    return {
        name: (statistics.median(each), statistics.quantiles(each, n=100)[98], statistics.median(rates[name]))
        for name, each in alone.items()
    }


async def _several(ask: AskOne, times: int) -> None:
    for _ in range(times):
        await ask()


async def decision(base: str) -> float:
    """Microseconds of processor time for choosing among eight targets and handing the pass back."""
    async with AsyncExitStack() as stack:
        manager = await make_manager(base, stack, TARGETS)
        clock, chance, limits = SystemClock(), random.Random(), CallLimits()
        began = time.process_time()
        for _ in range(DECISIONS):
            call = Call(REQUEST, manager.targets, limits, clock, chance)
            step = call.next_step()
            if not isinstance(step, Ask):
                raise RuntimeError("nobody was chosen")
            step.target.breaker.succeeded(step.target.breaker.began(step.granted))
        return (time.process_time() - began) / DECISIONS * 1e6


async def choice(base: str) -> float:
    """Microseconds, in the median, for choosing by what was learned who of eight targets is asked first."""
    async with AsyncExitStack() as stack:
        manager = await make_manager(base, stack, TARGETS)
        clock, chance = SystemClock(), random.Random(1)
        choosing = Choosing(ModelSelector(randomness=chance, monotonic=clock.monotonic), clock)
        taken = []
        for number in range(DECISIONS):
            began = time.perf_counter()
            choosing.order(REQUEST, manager.targets, number)
            taken.append(time.perf_counter() - began)
        return statistics.median(taken) * 1e6


def import_seconds() -> float:
    """How much longer the import of the whole layer takes than that of its HTTP client, the median of some runs."""

    def once(statement: str) -> float:
        code = f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(told.stdout)

    whole = [once("import httpx2, aiohttp; import llm.routing.fallback, llm.routing.serving_model") for _ in range(7)]
    client = [once("import httpx2, aiohttp") for _ in range(7)]
    return statistics.median(whole) - statistics.median(client)


def main() -> int:
    """Start the server, measure, stop it, judge."""
    logging.disable(logging.CRITICAL)
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(tell,), daemon=True)
    server.start()
    try:
        base = told.recv()
        figures = asyncio.run(compare(base))
        deciding = asyncio.run(decision(base))
        choosing = asyncio.run(choice(base))
    finally:
        server.kill()
        server.join()
    for name in WAYS:
        if name not in figures:
            print(f"{name:<16} not installed")
            continue
        median, worst, rate = figures[name]
        print(f"{name:<16} p50 {median:6.2f} ms   p99 {worst:6.2f} ms   {rate:6.0f} chats/s at {CONCURRENT}")
    bare, own = figures["bare transport"], figures["ours"]
    importing = import_seconds()
    limits = {
        "p50 over the transport's, in medians": ((own[0] - bare[0]) / bare[0], MOST_SHARE),
        "p99 over the transport's, in medians": ((own[1] - bare[1]) / bare[0], MOST_SHARE_P99),
        "throughput lost": (1 - own[2] / bare[2], 1 - LEAST_THROUGHPUT),
        f"decision among {TARGETS} targets, us": (deciding, MOST_DECISION_US),
        f"choice among {TARGETS} targets, us": (choosing, MOST_CHOICE_US),
        "import of llm, s": (importing, MOST_IMPORT_SECONDS),
    }
    print()
    for name, (reached, limit) in limits.items():
        print(f"{name:<36} {reached:7.3f}   limit {limit:.2f}{'' if reached <= limit else '   MISSED'}")
    return 0 if all(reached <= limit for reached, limit in limits.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
