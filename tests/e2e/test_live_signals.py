"""SIGHUP as administrators and terminals send it, to the real program."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.e2e.talk import until

pytestmark = pytest.mark.timeout(60)  # programs are started, on a machine that may be busy

ROOT = Path(__file__).parents[2]


class Program:
    """`python -m bot` in a folder with a settings file, as the leader of a session, with or without a terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / ".env"
        self.file.write_text("LLM_API_BASE=http://127.0.0.1:9\nLLM_MODEL=first\nPLAYGROUND_PORT=0\n")

    @property
    def log(self) -> str:
        """What it has written."""
        path = self._folder / "log"
        return path.read_text() if path.exists() else ""

    async def says(self, words: str, count: int = 1) -> None:
        """Wait until its log has these words so often."""

        async def there() -> bool:
            return self.log.count(words) >= count

        await until(there, within=20)

    @contextmanager
    def started(self, terminal: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """Start it, and kill it in the end."""
        environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=self._folder,
                env={**environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if terminal is None else take_terminal,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def take_terminal() -> None:
    """Make what stands at the input the terminal of this session."""
    ioctl(0, termios.TIOCSCTTY, 0)


async def test_a_hangup_has_the_file_looked_at_and_ends_nothing(tmp_path: Path) -> None:
    program = Program(tmp_path)
    with program.started() as process:
        await program.says("bot_connected")
        process.send_signal(signal.SIGHUP)
        await program.says("settings_unchanged")
        program.file.write_text(program.file.read_text().replace("first", "second"))
        process.send_signal(signal.SIGHUP)
        await program.says("changed=LLM_MODEL")
        program.file.write_text(f"{program.file.read_text()}MAX_RETRIES=many\n")
        process.send_signal(signal.SIGHUP)
        await program.says("variable=MAX_RETRIES")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0


async def test_a_terminal_that_is_closed_ends_the_bot_that_was_started_in_it(tmp_path: Path) -> None:
    program = Program(tmp_path)
    ours, theirs = pty.openpty()
    with program.started(theirs) as process:
        os.close(theirs)
        await program.says("bot_connected")
        process.send_signal(signal.SIGHUP)
        await program.says("settings_unchanged")
        assert process.poll() is None, "the terminal is still there"
        os.close(ours)
        assert await asyncio.to_thread(process.wait, 20) == 0
    assert "stopping" in program.log
