"""A real llama-server as a process that a test can start, slow down, kill and start again on the same port."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

MODEL_FILE = Path(__file__).parents[1] / "data" / "tiny-chat-q8_0.gguf"
MODEL = "tiny-chat"
SLOTS = 2
CONTEXT = 512
"""Tokens that one conversation may have: the server divides its context among its slots (servers.md 4)."""

_START_SECONDS = 10.0
# The tiny model writes its 500 tokens in a quarter of a second. Running for 1 part in 13 it takes some seconds.
_RUN_SECONDS = 0.005
_REST_SECONDS = 0.06


class Engine:
    """One llama-server with the tiny model, answering always with the likeliest token; a context manager.

    `key` is what it wants as `--api-key`, nothing when empty; `context` are the tokens of one conversation; `more` are
    further arguments of the program. What it logs goes to a file, to be read when it fails.
    """

    def __init__(
        self, program: Path, log: Path, *, key: str = "", context: int = CONTEXT, more: Sequence[str] = ()
    ) -> None:
        self._program = program
        self._log = log
        self._key = key
        self._context = context
        self._more = more
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def base(self) -> str:
        """The root of its OpenAI-compatible interface."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Start it, on the same port each time, and wait until it can answer."""
        command: list[str | Path] = [self._program, "-m", MODEL_FILE, "--alias", MODEL]
        command += ["-c", str(self._context * SLOTS), "-np", str(SLOTS), "-t", "1", "--temp", "0"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        command += self._more
        if self._key:
            command += ["--api-key", self._key]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"llama-server did not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as a crash or a lack of memory does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @asynccontextmanager
    async def slowed(self) -> AsyncIterator[None]:
        """Let it write as slowly as a big model does, about 150 tokens a second, by stopping it again and again."""
        pacing = asyncio.create_task(self._pace())
        try:
            yield
        finally:
            pacing.cancel()
            with suppress(asyncio.CancelledError):
                await pacing

    async def busy_slots(self) -> int:
        """How many answers it is writing, as it says itself."""
        status, body = await asyncio.to_thread(self._ask, "/slots")
        assert status == 200, body
        return sum(slot["is_processing"] for slot in json.loads(body))

    async def get(self, path: str) -> tuple[int, Any]:
        """As `post`, for what it tells of itself."""
        status, answer = await asyncio.to_thread(self._ask, path)
        return status, json.loads(answer)

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Ask it directly, with no code of ours between: status and parsed body."""
        status, answer = await asyncio.to_thread(self._ask, path, json.dumps(body).encode())
        return status, json.loads(answer)

    async def wait_idle(self, within: float) -> None:
        """Wait until it writes nothing; it must be asked, it does not tell. Raises `TimeoutError`."""
        async with asyncio.timeout(within):
            while await self.busy_slots():  # noqa: ASYNC110 - another process has no event for us
                await asyncio.sleep(0.02)

    async def _pace(self) -> None:
        try:
            while True:
                self._signal(signal.SIGCONT)
                await asyncio.sleep(_RUN_SECONDS)
                self._signal(signal.SIGSTOP)
                await asyncio.sleep(_REST_SECONDS)
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _healthy(self) -> bool:
        try:
            return self._ask("/health")[0] == 200
        except OSError:
            return False

    def _ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET" if body is None else "POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
