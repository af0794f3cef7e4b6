"""The figures in a terminal: `domovoy stats`, `models` and `errors`, as tables or as JSON; a bot may run meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.i18n import DEFAULT_LANGUAGE, Texts, Translator
from bot.parts import make_models
from bot.period import Period
from bot.settings import Settings
from bot.startup import servers_table
from bot.views.failures import kind_key
from bot.views.numbers import NOTHING, bare_seconds, compact, count, decimal, duration, money, percent
from llm.clock import SystemClock
from llm.demo import demo_mounts
from llm.http import make_client
from llm.monitoring import FailureGroup, ModelStats
from llm.types import Task
from storage import Statistics, read_database

WORDS = frozenset({"Model", "Server", "Failure", "Code"})
ALL_TIME = timedelta(days=36500)
_KEPT = timedelta(days=30)


class Terminal:
    """Answers one question and writes it."""

    def __init__(self, settings: Settings, *, as_json: bool) -> None:
        self._settings = settings
        self._console = Console(highlight=False)
        self._json = as_json
        self._clock = SystemClock()
        self._t: Translator = Texts().translator(DEFAULT_LANGUAGE)

    async def stats(self, model: str | None, period: Period, task: Task | None) -> None:
        """Figures of each model, or of one. Raises `StorageError`."""
        async with read_database(self._settings.effective_database_url) as database:
            length = period.length or ALL_TIME
            found = await Statistics(database, self._clock).stats(
                since=self._clock.now() - length, model=model, task=task
            )
        if self._json:
            self._write_json([{**asdict(one), "total_tokens": one.total_tokens} for one in found])
            return
        self._console.print(self._stats_table(found, period))

    async def errors(self, period: Period) -> None:
        """What failed, in groups. Raises `StorageError`."""
        async with read_database(self._settings.effective_database_url) as database:
            since = self._clock.now() - (period.length or _KEPT)
            found = await Statistics(database, self._clock).failures(since=since)
        if self._json:
            self._write_json([asdict(one) for one in found])
            return
        self._console.print(self._errors_table(found, period))

    async def models(self) -> None:
        """The servers and models as they are now: each is looked at."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(make_client(mounts=demo_mounts(self._clock)))
            pool = make_models(self._settings, http, self._clock, None)
            await pool.refresh()
            rows = pool.candidates()
        if self._json:
            self._write_json([asdict(row) for row in rows])
            return
        self._console.print(servers_table(rows))

    def _write_json(self, value: Sequence[dict[str, Any]]) -> None:
        written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
        self._console.file.write(written.decode() + "\n")

    def _stats_table(self, found: Sequence[ModelStats], period: Period) -> Table:
        t = self._t
        table = _table(
            t(f"stats-title-{period.value}"),
            *("Model", "Asked", "OK", "p50", "p95", "First", "Tok/s", "Read", "Written", "Cost", "Instead"),
        )
        for one in found:
            table.add_row(
                Text(one.model),
                count(t, one.requests_count),
                percent(t, one.success_rate),
                bare_seconds(t, one.latency.p50 if one.latency else None),
                bare_seconds(t, one.latency.p95 if one.latency else None),
                bare_seconds(t, one.ttft.p50 if one.ttft else None),
                NOTHING if one.tokens_per_second is None else decimal(t, one.tokens_per_second, 1),
                compact(t, one.prompt_tokens),
                compact(t, one.completion_tokens),
                money(t, one.cost),
                count(t, one.fallbacks_taken),
            )
        return table

    def _errors_table(self, found: Sequence[FailureGroup], period: Period) -> Table:
        t, now = self._t, self._clock.now()
        table = _table(t(f"stats-title-{period.value}"), "Failure", "Times", "Last", "First", "Model", "Server", "Code")
        for one in found:
            table.add_row(
                t(kind_key(one.kind)),
                count(t, one.count),
                f"{duration(t, (now - one.last_at).total_seconds())} ago",
                f"{duration(t, (now - one.first_at).total_seconds())} ago",
                Text(one.model),
                Text(one.server),
                Text(" ".join(mark for mark in (one.code, str(one.status or "")) if mark)),
            )
        return table


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0), header_style="bold"
    )
    for name in columns:
        # Numbers are never broken; what is left of the line is for names.
        table.add_column(name, overflow="fold", justify="left" if name in WORDS else "right", no_wrap=name not in WORDS)
    return table
