"""What the language-model layer costs beside a bare HTTP client that does the least possible.

    python -m bench.overhead

Both ask the same fake server in one run, by turns, over the same kind of connection. Prints the median time of short
chats one after another, and the processor time for each piece of a long streamed answer; both as ratios to the bare
client. The fake server works in another process, so that its own work is not counted.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient, make_client
from llm.types import ChatRequest, Message, Role
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream

MODEL = "bench"
WARM_UP = 20
CHATS = 300
PIECES = 3000
STREAMS = 7
SHORT = "Hello there!"
LONG = "Tell me everything."

Ask = Callable[[str], Awaitable[str]]


def serve(tell: Connection) -> None:
    """The server's process: answers a long question in many pieces and any other one shortly."""

    async def forever() -> None:
        async with ModelServer() as server:
            long = Stream(tokens=["word "] * PIECES)
            server.otherwise(lambda request: long if LONG.encode() in request.body else Stream(SHORT))
            tell.send(server.base)
            await asyncio.get_running_loop().create_future()

    asyncio.run(forever())


def make_bare(http: HttpClient, base: str) -> Ask:
    """The least that gets a streamed answer: every line parsed, texts joined, nothing checked, no limits of time."""

    async def ask(text: str) -> str:
        body = {
            "model": MODEL,
            "messages": [{"role": "user", "content": text}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        pieces = []
        async with http.stream("POST", f"{base}/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    continue
                choices = json.loads(line[6:])["choices"]
                pieces.append(choices[0]["delta"].get("content", "") if choices else "")
        return "".join(pieces)

    return ask


def make_ours(http: HttpClient, base: str) -> Ask:
    """The same through `LLMClient`."""
    client = LLMClient(ModelConfig(name=MODEL, api_base=base), http, clock=SystemClock(), timeouts=Timeouts())

    async def ask(text: str) -> str:
        return (await client.chat(ChatRequest((Message(Role.USER, text),)))).text

    return ask


async def seconds_of(ask: Ask, text: str, expected: str) -> tuple[float, float]:
    """Wall time and processor time of one question; fails when the answer is not the right one."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = await ask(text)
    spent = time.perf_counter() - wall, time.process_time() - processor
    if answer != expected:
        raise RuntimeError("not the answer that the server gave")
    return spent


async def compare(base: str) -> None:
    """Ask by turns and print."""
    async with make_client() as http:
        ways = {"bare": make_bare(http, base), "ours": make_ours(http, base)}
        for ask in ways.values():
            for _ in range(WARM_UP):
                await ask(SHORT)
            await ask(LONG)
        gc.collect()
        chats: dict[str, list[float]] = {name: [] for name in ways}
        streams: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(CHATS):
            for name, ask in ways.items():
                chats[name].append((await seconds_of(ask, "Hi", SHORT))[0])
        for _ in range(STREAMS):
            for name, ask in ways.items():
                streams[name].append((await seconds_of(ask, LONG, "word " * PIECES))[1])
    show("short chat, median", {name: statistics.median(each) * 1e3 for name, each in chats.items()}, "ms")
    show(
        "processor time of a piece",
        {name: statistics.median(each) / PIECES * 1e6 for name, each in streams.items()},
        "us",
    )


def show(what: str, values: dict[str, float], unit: str) -> None:
    """Print one comparison."""
    bare, ours = values["bare"], values["ours"]
    print(f"{what:<28} bare {bare:8.3f} {unit}   ours {ours:8.3f} {unit}   ratio {ours / bare:.2f}")


def main() -> int:
    """Start the server, measure, stop it."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(tell,), daemon=True)
    server.start()
    try:
        asyncio.run(compare(told.recv()))
    finally:
        server.kill()
        server.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
