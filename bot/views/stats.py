"""Figures of models: a table for all of them, details for one; as the caption of a picture or for native tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from bot.i18n import Translator
from bot.period import Period
from bot.views.failures import kind_key
from bot.views.numbers import bare_seconds, compact, count, decimal, duration, money, percent, seconds, shortened
from llm.monitoring import ModelStats, Percentiles
from llm.types import Task

MOST_MODELS = 12
"""So many lines fit into a caption of 1024 characters."""
NAME_WIDTH = 14
TITLE_WIDTH = 80
MOST_KINDS = 4
RICH_NAME_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are wanted; `model` and `task` None: all."""

    period: Period
    model: str | None = None
    task: Task | None = None


def stats_title(t: Translator, asked: Asked) -> str:
    """What the figures are of, as plain text."""
    parts = [t(f"stats-title-{asked.period.value}")]
    if asked.task is not None:
        parts.append(t(f"task-{asked.task.value}"))
    if asked.model is not None:
        parts.insert(0, shortened(asked.model, TITLE_WIDTH))
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """Rows of cells, the first one above the others in a table with `headed`; `title` stands above it."""

    rows: Sequence[tuple[str, ...]]
    headed: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class StatsView:
    """What there is to say of figures, whichever way it is shown."""

    title: str
    tables: Sequence[FiguresTable] = ()
    notes: Sequence[str] = ()


def stats_view(
    t: Translator, asked: Asked, stats: Sequence[ModelStats], now: datetime, *, name_width: int = NAME_WIDTH
) -> StatsView:
    """A table of all models, or everything about the one that was asked for."""
    title = stats_title(t, asked)
    if not stats:
        return StatsView(title, notes=(t("stats-empty"),))
    return _details(t, title, stats[0], now) if asked.model is not None else _overview(t, title, stats, name_width)


def stats_caption(view: StatsView) -> str:
    """HTML for the caption of a picture, tables in letters of one width."""
    parts = [f"<b>{escape(view.title)}</b>"]
    for table in view.tables:
        if table.title:
            parts.append(escape(table.title))
        parts.append(f"<pre>{escape(aligned(table.rows))}</pre>")
    if not view.tables:
        parts.append("")
    return "\n".join([*parts, *map(escape, view.notes)])


def _overview(t: Translator, title: str, stats: Sequence[ModelStats], name_width: int) -> StatsView:
    rows = [("", t("stats-column-requests"), t("stats-column-success"), "p50", "p95")]
    for one in stats[:MOST_MODELS]:
        p50, p95 = (one.latency.p50, one.latency.p95) if one.latency is not None else (None, None)
        rows.append(
            (
                shortened(one.model, name_width),
                compact(t, one.requests_count),
                percent(t, one.success_rate).removesuffix("%"),
                bare_seconds(t, p50),
                bare_seconds(t, p95),
            )
        )
    notes = [t("stats-more-models", number=len(stats) - MOST_MODELS)] if len(stats) > MOST_MODELS else []
    return StatsView(title, (FiguresTable(rows, headed=True),), (*notes, _sums(t, stats)))


def _sums(t: Translator, stats: Sequence[ModelStats]) -> str:
    def total(of: Callable[[ModelStats], float]) -> float:
        return sum(of(one) for one in stats)

    text = t(
        "stats-sums",
        number=int(total(lambda one: one.requests_count)),
        requests=count(t, int(total(lambda one: one.requests_count))),
        read=compact(t, total(lambda one: one.prompt_tokens)),
        written=compact(t, total(lambda one: one.completion_tokens)),
    )
    parts = [text]
    if fallbacks := int(total(lambda one: one.fallbacks_taken)):
        parts.append(t("stats-sums-fallbacks", number=fallbacks))
    if cost := total(lambda one: one.cost):
        parts.append(t("stats-sums-cost", cost=money(t, cost)))
    return " ".join(parts)


def _details(t: Translator, title: str, stats: ModelStats, now: datetime) -> StatsView:
    times: list[tuple[str, ...]] = [("", "p50", "p90", "p95", "p99")]
    times += [
        (t(key), *(bare_seconds(t, value) for value in (found.p50, found.p90, found.p95, found.p99)))
        for key, found in (("stats-whole-answer", stats.latency), ("stats-first-token", stats.ttft))
        if isinstance(found, Percentiles)
    ]
    tables = [FiguresTable(_figures(t, stats), headed=False)]
    if len(times) > 1:
        tables.append(FiguresTable(times, headed=True, title=t("stats-times")))
    notes = []
    if stats.failures:
        most = list(stats.failures.items())[:MOST_KINDS]
        kinds = [f"{t(kind_key(kind))} {count(t, number)}" for kind, number in most]
        more = len(stats.failures) - len(kinds)
        notes.append(t("stats-failures", kinds=", ".join(kinds) + (f" +{more}" if more > 0 else "")))
    if stats.last_failure is not None and stats.last_failure_at is not None:
        ago = duration(t, (now - stats.last_failure_at).total_seconds())
        notes.append(t("stats-last-failure", kind=t(kind_key(stats.last_failure)), ago=ago))
    return StatsView(title, tables, notes)


def _figures(t: Translator, stats: ModelStats) -> list[tuple[str, ...]]:
    speed = None if stats.tokens_per_second is None else decimal(t, stats.tokens_per_second, 1)
    rows: list[tuple[str, str | None]] = [
        ("stats-requests", count(t, stats.requests_count)),
        ("stats-stopped", count(t, stats.cancelled_count) if stats.cancelled_count else None),
        ("stats-success", percent(t, stats.success_rate)),
        ("stats-average", seconds(t, stats.avg_latency)),
        ("stats-speed", speed),
        ("stats-tokens-in", count(t, stats.prompt_tokens)),
        ("stats-tokens-cached", count(t, stats.cached_tokens) if stats.cached_tokens else None),
        ("stats-tokens-out", count(t, stats.completion_tokens)),
        ("stats-cost", money(t, stats.cost) if stats.cost else None),
        ("stats-taken", count(t, stats.fallbacks_taken) if stats.fallbacks_taken else None),
        ("stats-given", count(t, stats.fallbacks_given) if stats.fallbacks_given else None),
        ("stats-hedges", count(t, stats.hedges) if stats.hedges else None),
    ]
    return [(t(key), value) for key, value in rows if value is not None]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side: the first to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        " ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
