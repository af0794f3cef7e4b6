"""What a streamed answer costs on its way through `LLMClient`, beside everything else that could read it.

    python -m bench.streaming

All read the same answers of the same fake server, by turns, in one run, and the processor time of each token is
printed, and as a ratio to the bare transport: aiohttp's client, each line cut and parsed with `json`, nothing checked.
Peers that are not installed are named and left out; `uv sync --group peers` (in an environment of its own:
`UV_PROJECT_ENVIRONMENT=.venv-peers`) installs them. The exit code is 1 when ours costs more than twice the bare
transport. The fake server works in another process, so that its own work is not counted.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import multiprocessing
import statistics
import sys
import time
from contextlib import AsyncExitStack
from multiprocessing.connection import Connection

from bench.peers import MODEL, AskOne, MakePeer, NotInstalled, bare_aiohttp, bare_httpx, litellm_sdk, openai_sdk
from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import make_client
from llm.preparation import ServedModel
from llm.servers.kinds import ServerKind
from llm.types import ChatRequest, Finished, Message, Role, TextDelta
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Stream

TOKENS = 200
WORDS = [f"word{number % 7} " for number in range(TOKENS)]
WHOLE = "".join(WORDS)
STREAMS = 8
ROUNDS = 5
LIMIT = 2.0
# At once, so that reading and parsing alone count; and each token alone, as models write them, which adds to all of
# them what the event loop needs to wake up.
PACES = {"": 0.0, "/paced": 0.0004}


def serve(tell: Connection) -> None:
    """The server's process: answers at /v1 in events and at /api/chat in JSON lines, at each pace."""

    async def forever() -> None:
        async with ModelServer() as server:
            for root, pause in PACES.items():
                server.post[f"{root}/v1/chat/completions"] = Stream(tokens=WORDS, chunk_delay=pause)
                lines = Sse(tuple(_lines(pause)), content_type="application/x-ndjson")
                server.post[f"{root}/api/chat"] = lines
            tell.send(server.url)
            await asyncio.get_running_loop().create_future()

    asyncio.run(forever())


def _lines(pause: float) -> list[bytes | float]:
    parts: list[bytes | float] = []
    for word in WORDS:
        said = {"role": "assistant", "content": word}
        parts += [
            _line({"model": MODEL, "created_at": "2026-11-23T12:00:00Z", "message": said, "done": False}),
            pause,
        ]
    end = {"model": MODEL, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    return [*parts, _line({**end, "prompt_eval_count": 7, "eval_count": TOKENS})]


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value).encode() + b"\n"


async def ours(base: str, stack: AsyncExitStack) -> AskOne:
    """`LLMClient` over server-sent events."""
    return await _through_client(base, stack, ServerKind.GENERIC)


async def ours_lines(base: str, stack: AsyncExitStack) -> AskOne:
    """`LLMClient` over Ollama's JSON lines."""
    return await _through_client(base, stack, ServerKind.OLLAMA)


async def _through_client(base: str, stack: AsyncExitStack, kind: ServerKind) -> AskOne:
    http = await stack.enter_async_context(make_client())
    config = ModelConfig(name=MODEL, api_base=base)
    client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts(), served=ServedModel(kind, 4096))
    request = ChatRequest((Message(Role.USER, "hi"),))

    async def ask() -> str:
        pieces, result = [], None
        async for event in client.stream(request):
            if isinstance(event, TextDelta):
                pieces.append(event.text)
            elif isinstance(event, Finished):
                result = event.result
        if result is None or result.text != "".join(pieces):
            raise RuntimeError("the pieces are not the whole")
        return result.text

    return ask


WAYS: dict[str, MakePeer] = {
    "bare transport": bare_aiohttp,
    "bare httpx": bare_httpx,
    "openai": openai_sdk,
    "litellm": litellm_sdk,
    "ours": ours,
    "ours, JSON lines": ours_lines,
}


async def measure(url: str) -> dict[str, float]:
    """Microseconds of processor time for each token, the median of the rounds."""
    async with AsyncExitStack() as stack:
        asks: dict[str, AskOne] = {}
        for name, make in WAYS.items():
            try:
                asks[name] = await make(f"{url}/v1", stack)
            except NotInstalled:
                continue
        for ask in asks.values():
            await _streams(ask)
        gc.collect()
        gc.freeze()  # what one peer has imported must not be searched for garbage while another is measured
        spent: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(ROUNDS):
            for name, ask in asks.items():
                before = time.process_time()
                await _streams(ask)
                spent[name].append((time.process_time() - before) / STREAMS / TOKENS * 1e6)
    return {name: statistics.median(each) for name, each in spent.items()}


async def _streams(ask: AskOne) -> None:
    for _ in range(STREAMS):
        if await ask() != WHOLE:
            raise RuntimeError("not the answer that the server gave")


def main() -> int:
    """Start the server, measure, stop it, judge."""
    logging.disable(logging.CRITICAL)
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(tell,), daemon=True)
    server.start()
    try:
        url = told.recv()
        ratios = [report(asyncio.run(measure(url + root)), pause) for root, pause in PACES.items()]
    finally:
        server.kill()
        server.join()
    print(f"\nlimit {LIMIT:.2f}, reached {max(ratios):.2f}")
    return 0 if max(ratios) <= LIMIT else 1


def report(figures: dict[str, float], pause: float) -> float:
    """Print one comparison; gives ours as a ratio to the bare transport."""
    bare = figures["bare transport"]
    print(f"\n{f'a token each {pause * 1e3:.1f} ms' if pause else 'all tokens at once'}")
    for name in WAYS:
        if name not in figures:
            print(f"  {name:<18} not installed")
            continue
        print(f"  {name:<18} {figures[name]:7.1f} us a token   {figures[name] / bare:5.2f} of the bare transport")
    return figures["ours"] / bare


if __name__ == "__main__":
    sys.exit(main())
