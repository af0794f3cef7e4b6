"""Has files read by processes of their own, so that the bot answers meanwhile and survives what a file does to them."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from bot.reading.outcome import FileContent, FileError, Limits, Unreadable
from bot.reading.passing import read_content, write_limits

logger = structlog.get_logger()

MOST_AT_ONCE = 2
SPARE_SECONDS = 8.0
"""On top of the time for the reading itself: a process has to be started, on a machine that may be busy."""
_ROOT = Path(__file__).parents[2]
_KEPT_NAMES = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Reading:
    """Reads files, a few at a time; each process reads one file and is gone."""

    def __init__(self, limits: Limits | None = None, *, spare_seconds: float = SPARE_SECONDS) -> None:
        self.limits = limits or Limits()
        self._spare_seconds = spare_seconds
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def read(self, data: bytes) -> FileContent:
        """What is in a file. Raises `FileError`, `TOO_SLOW` and `BROKEN` also for what brought its process down."""
        if not data:
            raise FileError(Unreadable.EMPTY)
        if len(data) > self.limits.packed_bytes:
            raise FileError(Unreadable.TOO_LARGE)
        async with self._places:
            written = await self._written(data)
        return read_content(written)

    async def _written(self, data: bytes) -> bytes:
        """What the process has written; nothing when it was brought down."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.reading.worker",
            write_limits(self.limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the bot
        )
        try:
            async with asyncio.timeout(self.limits.seconds + self._spare_seconds):
                written, _ = await process.communicate(data)
        except TimeoutError:
            raise FileError(Unreadable.TOO_SLOW) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            logger.warning("file_reader_died", code=process.returncode)
            return b""
        return written


def _environment() -> dict[str, str]:
    """Nothing of the settings: a token has no business where a stranger's file is read."""
    kept = {name: os.environ[name] for name in _KEPT_NAMES if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
