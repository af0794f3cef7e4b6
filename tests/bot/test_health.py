"""The bot's own state, and the file of all requests."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.figures_export
from bot.checkup.finding import Finding, Matter, Report, Subject
from bot.figures_export import export_csv
from bot.health import Health, LoopLag
from bot.i18n import LANGUAGES, Texts
from bot.views.health import health_text
from llm.clock import SystemClock
from llm.monitoring import AttemptRecord
from llm.types import Task
from storage import PerformanceRows, open_database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WELL = Health(
    versions=(("Domovoy", "1"),),
    uptime_seconds=3700,
    memory_bytes=98_000_000,
    lag_usual=0.001,
    lag_worst=0.0123,
    telegram_seconds=3,
    telegram_failures=0,
    hook=None,
    updates_waiting=1,
    answers_running=2,
    rows_waiting=0,
    rows_failing=False,
    database_bytes=None,
    disk_free_bytes=None,
    jobs=(("watch", NOW + timedelta(seconds=4)), ("add_up_figures", None)),
)


GOOD = Report(())


class HastyClock(SystemClock):
    """Sleeps a hundredth of what it says, and blocks the loop where it is told to."""

    def __init__(self) -> None:
        self.late = 0.0
        self.moment = 0.0
        self.sleeps = 0

    def monotonic(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 100)
        self.moment += seconds + self.late
        self.sleeps += 1


async def test_the_lag_is_by_how_much_a_second_is_too_long() -> None:
    clock = HastyClock()
    async with LoopLag(clock) as lag:
        assert (lag.worst, lag.usual) == (0.0, 0.0)
        for late in (0.0, 0.0, 0.25, 0.0, 0.0):
            clock.late = late
            before = clock.sleeps
            while clock.sleeps == before:
                await SystemClock().sleep(0.005)
    assert lag.worst == pytest.approx(0.25)
    assert lag.usual == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said(language: str) -> None:
    t = Texts().translator(language)
    text = health_text(t, WELL, NOW, GOOD)
    assert "12.3" in text.replace(",", ".")
    assert "98" in text
    away = Health(
        **{**{name: getattr(WELL, name) for name in WELL.__slots__}, "telegram_failures": 3, "rows_failing": True}
    )
    assert health_text(t, away, NOW, GOOD) != text
    assert t("health-failing") in health_text(t, away, NOW, GOOD)
    taken = {"variable": "METRICS_PORT", "host": "<b>", "port": "1"}
    amiss = Report((Finding(Subject.PORTS, Matter.PORT_TAKEN, taken),))
    assert "METRICS_PORT" in health_text(t, WELL, NOW, amiss)
    assert "&lt;b&gt;" in health_text(t, WELL, NOW, amiss)


@pytest.mark.parametrize(
    ("change", "ills"),
    [
        ({}, ()),
        ({"telegram_failures": 3}, ()),
        ({"telegram_failures": 30, "telegram_seconds": 400.0}, ("telegram",)),
        ({"telegram_failures": 30, "telegram_seconds": None}, ("telegram",)),
        ({"telegram_seconds": None}, ()),
        ({"rows_failing": True, "disk_free_bytes": 1000}, ("database", "disk")),
        ({"disk_free_bytes": 10**9}, ()),
    ],
)
def test_a_bot_is_ill_when_it_cannot_do_its_work(change: dict[str, Any], ills: tuple[str, ...]) -> None:
    assert replace(WELL, **change).ills == ills


async def test_the_file_holds_what_is_kept_and_no_formulas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    async with (
        open_database(f"sqlite+aiosqlite:///{tmp_path}/a.db", clock) as database,
        PerformanceRows(database, clock) as rows,
    ):
        for name in ("=cmd()", "+1", "qwen,3\n", 'say "x"'):
            rows.add(AttemptRecord(NOW, name, "s", Task.CHAT, 1.0, None, None, None, None))
        path, number = await export_csv(rows, tmp_path / "a.csv")
        monkeypatch.setattr(bot.figures_export, "LARGEST_PLAIN", 10)
        packed, _ = await export_csv(rows, tmp_path / "b.csv")
    with path.open(newline="") as file:
        names = [row["model"] for row in csv.DictReader(file)]
    assert (number, names) == (4, ["'=cmd()", "'+1", "qwen,3\n", 'say "x"'])
    assert packed.suffix == ".gz"
    assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
