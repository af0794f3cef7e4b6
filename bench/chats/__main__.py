"""Two hundred chats whose answers are streamed at once, against a Bot API server with Telegram's limits.

    python -m bench.chats [chats] [seconds]

The server is the playground's, in a process of its own: 30 calls a second over all, one a second and 20 a minute for
the messages and edits of a chat. Each answer is some 2,500 characters of Markdown in 20 pieces a second, for so many
seconds. Beside our two ways stand what most bots do (an edit each second, three tries at the end) and the least
that can be done (the final text alone). Printed for each: answers that arrived whole; calls, and how many of them
were refused with 429; frames a chat saw; how long after its last piece an answer stood there whole; how late the
event loop came, and how late that of an idle process came in the same time; CPU for one answer. Ends with 1 when ours
loses a text, has more than 1 % of its calls refused, or comes late by over 50 ms more than the idle one at p99.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import random
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from bot.lean_import import load_aiogram

load_aiogram()

from aiogram import Bot  # noqa: E402 - after the lean import
from aiogram.client.session.aiohttp import AiohttpSession  # noqa: E402
from aiogram.client.session.middlewares.base import BaseRequestMiddleware  # noqa: E402
from aiogram.client.telegram import TelegramAPIServer  # noqa: E402
from aiogram.exceptions import TelegramRetryAfter  # noqa: E402

from bench.chats.lag import measure_lag  # noqa: E402
from bench.chats.telegram import FIRST_CHAT, TOKEN  # noqa: E402
from bench.chats.ways import WAYS, Show  # noqa: E402
from bot.events import AnswerCompleted, AnswerEvent, AnswerStarted, AnswerText  # noqa: E402
from bot.log import set_up_logging  # noqa: E402
from llm.types import ChatResult, FinishReason  # noqa: E402

PIECES_A_SECOND = 20
STARTS_WITHIN_SECONDS = 5.0
WORST_LAG_SECONDS = 0.050
MOST_REFUSED = 0.01
MOST_SECONDS = 90.0
FRAMES = ("sendMessageDraft", "sendMessage", "editMessageText")


@dataclass
class Counted:
    """What one way has cost."""

    calls: int = 0
    refused: int = 0
    cpu: float = 0.0
    lags: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    frames: dict[int, int] = field(default_factory=dict)
    whole: int = 0


class Counting(BaseRequestMiddleware):
    """Counts what really goes out: it stands behind all other middlewares."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted

    async def __call__(self, make_request, bot, method):  # type: ignore[no-untyped-def]
        self._counted.calls += 1
        try:
            response = await make_request(bot, method)
        except TelegramRetryAfter:
            self._counted.refused += 1
            raise
        if method.__api_method__ in FRAMES:
            self._counted.frames[method.chat_id] = self._counted.frames.get(method.chat_id, 0) + 1
        return response


def text_of(number: int, pieces: int) -> list[str]:
    """One answer in pieces: numbered words in paragraphs, lists and a table, with some bold and code."""
    words = []
    for index in range(pieces):
        word = f"a{number}w{index}"
        match index % 25:
            case 0:
                words.append(f"\n\n## {word}\n\n")
            case 5:
                words.append(f"**{word}** ")
            case 9:
                words.append(f"`{word}` ")
            case 14 | 16 | 18:
                words.append(f"\n- {word} ")
            case 24:
                words.append(f"{word}.\n\n```python\nx = {index}\n```\n")
            case _:
                words.append(f"{word} ")
    return words


async def events_of(pieces: list[str]) -> AsyncIterator[AnswerEvent]:
    """An answer as a model writes it: in its own time, whoever is slow to read it."""
    yield AnswerStarted()
    began = time.monotonic()
    for number, piece in enumerate(pieces, 1):
        if (wait := began + number / PIECES_A_SECOND - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        yield AnswerText(piece)
    yield AnswerCompleted(
        ChatResult(text="".join(pieces), finish_reason=FinishReason.STOP, model="m", elapsed_seconds=1)
    )


async def one_chat(show: Show, number: int, pieces: list[str], begins: float, counted: Counted) -> None:
    """One chat from its beginning until its answer is there."""
    ended = time.monotonic()

    async def told() -> AsyncIterator[AnswerEvent]:
        nonlocal ended
        async for event in events_of(pieces):
            if isinstance(event, AnswerCompleted):
                ended = time.monotonic()
            yield event

    await asyncio.sleep(begins)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(MOST_SECONDS):
            await show(FIRST_CHAT + number, told())
    counted.waits.append(time.monotonic() - ended)


async def play(way: str, port: int, chats: int, seconds: float) -> tuple[Counted, list[list[str]]]:
    """All chats in one way; the pieces of each answer come back too."""
    counted, chance = Counted(), random.Random(1)
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{port}"))
    async with Bot(TOKEN, session=session) as bot:
        show = WAYS[way](bot)
        session.middleware(Counting(counted))
        answers = [text_of(number, int(seconds * PIECES_A_SECOND)) for number in range(chats)]
        gc.collect()
        gc.freeze()  # as the bot does once it has started
        began = time.process_time()
        watch = asyncio.create_task(measure_lag(counted.lags))
        async with asyncio.TaskGroup() as group:
            for number, pieces in enumerate(answers):
                group.create_task(one_chat(show, number, pieces, chance.uniform(0, STARTS_WITHIN_SECONDS), counted))
        counted.cpu = time.process_time() - began
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    return counted, answers


def is_whole(pieces: list[str], shown: str) -> bool:
    """Whether all words of an answer stand in the chat, in their order."""
    found = iter(re.findall(r"a\d+w\d+", shown))
    return all(word in found for word in re.findall(r"a\d+w\d+", "".join(pieces)))


def line(way: str, counted: Counted, idle: list[float], chats: int) -> str:
    """One row of the table."""
    share = counted.refused / max(1, counted.calls)
    waits = sorted(counted.waits)
    frames = [counted.frames.get(FIRST_CHAT + number, 0) for number in range(chats)]
    return (
        f"| {way} | {counted.whole}/{chats} | {counted.calls} | {share:.1%} | {min(frames)} · "
        f"{statistics.median(frames):.0f} | {_at(waits, 0.5):.1f} · {_at(waits, 0.95):.1f} s | "
        f"{_late(sorted(counted.lags))} | {_late(idle)} | "
        f"{counted.cpu / chats * 1000:.0f} ms |"
    )


def _late(lags: list[float]) -> str:
    return f"{_at(lags, 0.5) * 1000:.1f} · {_at(lags, 0.99) * 1000:.0f} · {lags[-1] * 1000:.0f} ms"


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


async def measure(way: str, chats: int, seconds: float) -> tuple[Counted, list[float]]:
    """One way beside an idle process: what it has cost, and how late the idle loop came in the same time."""
    async with _child("bench.chats.telegram", str(chats)) as server, _child("bench.chats.lag") as idle:
        counted, answers = await play(way, json.loads(await server.stdout.readline()), chats, seconds)
        server.stdin.write(b"\n")
        texts = json.loads(await server.stdout.readline())
        idle.stdin.close()
        idle_lags = sorted(json.loads(await idle.stdout.readline()))
    shown = ("\n".join(texts[str(FIRST_CHAT + number)]) for number in range(chats))
    counted.whole = sum(is_whole(pieces, text) for pieces, text in zip(answers, shown, strict=True))
    return counted, idle_lags


@contextlib.asynccontextmanager
async def _child(module: str, *arguments: str) -> AsyncIterator[Any]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=pipe, stdout=pipe, limit=2**26
    )
    try:
        yield process
    finally:
        assert process.stdin is not None  # noqa: S101 - it was asked for
        process.stdin.close()
        await process.wait()


async def main(chats: int, seconds: float) -> int:
    """Play each way and print the table."""
    print(f"{chats} chats, answers of {seconds:.0f} s\n")
    print(
        "| way | whole | calls | 429 | frames min · median | whole after p50 · p95 | loop late p50 · p99 · most "
        "| an idle loop | CPU |"
    )
    print("|:--|--:|--:|--:|--:|--:|--:|--:|--:|")
    wrong = 0
    for way in WAYS:
        counted, idle = await measure(way, chats, seconds)
        print(line(way, counted, idle, chats), flush=True)
        late = _at(sorted(counted.lags), 0.99) > WORST_LAG_SECONDS + _at(idle, 0.99)
        if way.startswith("ours"):
            wrong += counted.whole < chats or counted.refused > MOST_REFUSED * counted.calls or late
    return 1 if wrong else 0


if __name__ == "__main__":
    set_up_logging(level="CRITICAL", form="console", secrets=())
    given = (*sys.argv[1:], *("200", "20")[len(sys.argv) - 1 :])
    sys.exit(asyncio.run(main(int(given[0]), float(given[1]))))
