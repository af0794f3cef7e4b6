"""The bot's own state: how long it runs, what waits, how well it breathes."""

from __future__ import annotations

import asyncio
import platform
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from bot.checkup.places import DISK_FULL_BYTES, disk_free
from bot.intake.contact import HookState
from bot.jobs import Jobs
from bot.running import RunningAnswers
from llm.background import Background
from llm.clock import Clock
from storage import Inbox, PerformanceRows

LAG_EVERY_SECONDS = 1.0
LAGS_KEPT = 300
"""Five minutes."""
AWAY_SECONDS = 300.0
"""Telegram, or the way to it, may be away for so long before whoever watches over the bot is told."""


class LoopLag(Background):
    """Measures by how much the event loop comes late: a task that wants to run every second."""

    task_name = "loop lag"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lags: deque[float] = deque(maxlen=LAGS_KEPT)

    @property
    def worst(self) -> float:
        """The longest delay of the last five minutes, in seconds."""
        return max(self._lags, default=0.0)

    @property
    def usual(self) -> float:
        """What half of the delays stay below, in seconds."""
        return sorted(self._lags)[len(self._lags) // 2] if self._lags else 0.0

    async def _run(self) -> None:
        while True:
            began = self._clock.monotonic()
            await self._clock.sleep(LAG_EVERY_SECONDS)
            self._lags.append(max(0.0, self._clock.monotonic() - began - LAG_EVERY_SECONDS))


@dataclass(frozen=True, slots=True)
class Health:
    """One look at the bot. Times are seconds, sizes bytes; None: it can't be told.

    `telegram_seconds` is how long ago Telegram has answered last, `telegram_failures` how often it has not since then.
    `hook` is what it says of the webhook, where there is one.
    """

    versions: Sequence[tuple[str, str]]
    uptime_seconds: float
    memory_bytes: int
    lag_usual: float
    lag_worst: float
    telegram_seconds: float | None
    telegram_failures: int
    hook: HookState | None
    updates_waiting: int
    answers_running: int
    rows_waiting: int
    rows_failing: bool
    database_bytes: int | None
    disk_free_bytes: int | None
    jobs: Sequence[tuple[str, datetime | None]]

    @property
    def ills(self) -> tuple[str, ...]:
        """What keeps the bot from its work, in words for machines; empty: nothing. Its models are not the bot."""
        away = self.telegram_failures > 0 and (self.telegram_seconds or self.uptime_seconds) > AWAY_SECONDS
        full = self.disk_free_bytes is not None and self.disk_free_bytes < DISK_FULL_BYTES
        found = {"telegram": away, "database": self.rows_failing, "disk": full}
        return tuple(name for name, ill in found.items() if ill)


class Contacts(Protocol):
    """What brings updates, and knows how the contact with Telegram is."""

    @property
    def last_contact(self) -> float | None:
        """When Telegram has answered last, as the clock's monotonic time; None: not yet."""

    @property
    def failures(self) -> int:
        """How often it has not since then."""

    @property
    def hook(self) -> HookState | None:
        """What Telegram says of the webhook, where there is one."""


class HealthCheck:
    """Looks at the parts of the bot."""

    def __init__(
        self,
        *,
        clock: Clock,
        lag: LoopLag,
        intake: Contacts,
        inbox: Inbox,
        running: RunningAnswers,
        rows: PerformanceRows,
        jobs: Jobs,
        database_file: Path | None,
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._intake = intake
        self._inbox = inbox
        self._running = running
        self._rows = rows
        self._jobs = jobs
        self._file = database_file
        self._started = clock.monotonic()

    async def look(self) -> Health:
        """How things stand now."""
        contact = self._intake.last_contact
        size, free = await asyncio.to_thread(_sizes, self._file)
        return Health(
            versions=_versions(),
            uptime_seconds=self._clock.monotonic() - self._started,
            memory_bytes=memory_bytes(),
            lag_usual=self._lag.usual,
            lag_worst=self._lag.worst,
            telegram_seconds=None if contact is None else self._clock.monotonic() - contact,
            telegram_failures=self._intake.failures,
            hook=self._intake.hook,
            updates_waiting=await self._inbox.count_waiting(),
            answers_running=self._running.count,
            rows_waiting=self._rows.waiting,
            rows_failing=self._rows.failing,
            database_bytes=size,
            disk_free_bytes=free,
            jobs=self._jobs.next_runs(),
        )


def memory_bytes() -> int:
    """What the program holds in memory."""
    import psutil  # only who asks needs it

    return int(psutil.Process().memory_info().rss)


def _sizes(file: Path | None) -> tuple[int | None, int | None]:
    """The database with its journal, and the room on its disk. Blocks."""
    if file is None:
        return None, None
    parts = [file, file.with_name(f"{file.name}-wal")]
    return sum(part.stat().st_size for part in parts if part.exists()), disk_free(file)


def _versions() -> tuple[tuple[str, str], ...]:
    from aiogram import __api_version__, __version__

    return (
        ("Domovoy", version("domovoy")),
        ("Python", platform.python_version()),
        ("aiogram", __version__),
        ("Bot API", __api_version__),
        ("httpx2", version("httpx2")),
    )
