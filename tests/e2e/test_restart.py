"""The program as a process: killed or told to stop in the middle of an answer, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from llm.clock import SystemClock
from storage import Database, Inbox, open_database
from tests.e2e.conftest import ME
from tests.e2e.talk import asked, kept_attempts, kept_updates, served_by, stored_messages, until
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import DONE, Sse, Step, Stream, chunk, text_chunk

pytestmark = pytest.mark.timeout(60)  # programs are started, on a machine that may be busy

ROOT = Path(__file__).parents[2]
PART = "A beginning"
WHOLE = "The whole answer."
END = (chunk({}, finish="stop"), DONE)
STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk(PART), Step.HANG))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Program:
    """`python -m bot` in a folder of its own, and the page's interface to it."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._environ = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "PLAYGROUND_PORT": str(self.port),
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
            **settings,
        }
        self._page: aiohttp.ClientSession | None = None

    @property
    def page(self) -> aiohttp.ClientSession:
        assert self._page is not None
        return self._page

    @asynccontextmanager
    async def started(self) -> AsyncIterator[asyncio.subprocess.Process]:
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", cwd=self.folder, env=self._environ, stdout=log, stderr=log
            )
        try:
            async with aiohttp.ClientSession(self.url) as self._page:
                await until(self._online, within=15)
                yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _online(self) -> bool:
        try:
            return bool((await self.state())["bot"]["online"])
        except aiohttp.ClientError:
            return False

    async def state(self) -> dict[str, Any]:
        async with self.page.get("/playground/state") as reply:
            state: dict[str, Any] = await reply.json()
            return state

    async def say(self, text: str) -> None:
        async with self.page.post("/playground/send", json={"person_id": ME, "text": text}) as reply:
            assert reply.status == 200

    async def chat(self) -> dict[str, Any]:
        chat: dict[str, Any] = (await self.state())["chats"][str(ME)]
        return chat

    async def bot_texts(self) -> list[str]:
        return [message["text"] for message in (await self.chat())["messages"] if message["from"] == "bot"]

    async def streaming(self) -> None:
        """Wait until the beginning of an answer shows and the page has written down who said what."""

        async def shows() -> bool:
            return any(PART in draft["text"] for draft in (await self.chat())["drafts"])

        async def kept() -> bool:
            file = self.folder / "data" / "playground.json"
            return file.exists() and b"Tell me" in file.read_bytes()

        await until(shows)
        await until(kept)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The database, while the program does not run."""
        async with open_database(f"sqlite+aiosqlite:///{self.folder}/bot.db", SystemClock()) as database:
            yield database


@pytest.fixture
def program(tmp_path: Path, model_server: ModelServer) -> Program:
    return Program(tmp_path, served_by(model_server, LOG_FORMAT="json"))


async def obeys(process: asyncio.subprocess.Process, order: signal.Signals, *, within: float) -> None:
    """Give the order to stop; it ends well, and soon."""
    began = time.monotonic()
    process.send_signal(order)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert time.monotonic() - began < within


async def answered_once(program: Program, server: ModelServer) -> None:
    """Start again: the message is answered by one message of the bot, and stored once."""
    async with program.started() as process:

        async def answered() -> bool:
            return WHOLE in await program.bot_texts()

        await until(answered, within=10)
        await asyncio.sleep(0.2)
        assert await program.bot_texts() == [WHOLE]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
    assert [asked(request) for request in server.chats] == [[("user", "Tell me a story")]] * 2
    async with program.database() as database:
        assert await stored_messages(database) == [
            ("user", "complete", "Tell me a story"),
            ("assistant", "complete", WHOLE),
        ]
        assert await kept_updates(database) == [("done", b"")]


async def test_a_killed_program_answers_exactly_once_after_its_next_start(
    program: Program, model_server: ModelServer
) -> None:
    model_server.script(STUCK, Stream(WHOLE))
    async with program.started() as process:
        await program.say("Tell me a story")
        await program.streaming()
        process.kill()
        await process.wait()
    await answered_once(program, model_server)


async def test_an_answer_that_comes_is_brought_to_its_end_after_the_order_to_stop(
    program: Program, model_server: ModelServer
) -> None:
    slow = Sse((chunk({"role": "assistant", "content": ""}), text_chunk(PART), 1.5, text_chunk(" and an end."), *END))
    model_server.script(slow)
    async with program.started() as process:
        await program.say("Tell me a story")
        await program.streaming()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    async with program.database() as database:
        assert await stored_messages(database) == [
            ("user", "complete", "Tell me a story"),
            ("assistant", "complete", f"{PART} and an end."),
        ]
        assert await kept_updates(database) == [("done", b"")]


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_order_is_obeyed_at_once_and_the_answer_comes_after_the_next_start(
    program: Program, model_server: ModelServer, order: signal.Signals
) -> None:
    model_server.script(STUCK, Stream(WHOLE))
    async with program.started() as process:
        await program.say("Tell me a story")
        await program.streaming()
        process.send_signal(order)
        await asyncio.sleep(0.3)
        assert process.returncode is None, "it waits for the answer"
        await obeys(process, order, within=3)
        await model_server.wait_disconnect()
    async with program.database() as database:
        assert [update.attempts for update in await Inbox(database, SystemClock()).waiting()] == [0]
    await answered_once(program, model_server)
    async with program.database() as database:
        rows = await kept_attempts(database, 2)
        assert [row.failure and row.failure.value for row in rows] == ["cancelled", None]


async def test_the_order_to_stop_an_idle_program_is_obeyed_at_once_and_nothing_bad_is_logged(program: Program) -> None:
    async with program.started() as process:
        await obeys(process, signal.SIGTERM, within=2)
    log = (program.folder / "log").read_text()
    assert '"level": "error"' not in log
    assert "Traceback" not in log
