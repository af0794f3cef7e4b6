"""Figures of models as text for a phone's width."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from html import escape

from bot.i18n import Translator
from llm.monitoring import ModelStats


class Period(StrEnum):
    """How far back figures reach."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def length(self) -> timedelta | None:
        """Its length; None for all time."""
        return {
            Period.DAY: timedelta(days=1),
            Period.WEEK: timedelta(days=7),
            Period.MONTH: timedelta(days=30),
            Period.ALL: None,
        }[self]

    @classmethod
    def parse(cls, text: str | None) -> Period | None:
        """The period that somebody asked for; a day when they named none, None when it is no period."""
        if not text or not text.strip():
            return cls.DAY
        return next((period for period in cls if period == text.strip().lower()), None)


def stats_text(t: Translator, period: Period, stats: Sequence[ModelStats]) -> str:
    """HTML: a block for each model, the most used first."""
    title = f"<b>{escape(t(f'stats-title-{period.value}'))}</b>"
    if not stats:
        return f"{title}\n\n{escape(t('stats-empty'))}"
    return "\n\n".join([title, *(_block(t, model) for model in stats)])


def _block(t: Translator, stats: ModelStats) -> str:
    rows = [
        (t("stats-requests"), _count(stats.requests_count)),
        (t("stats-success"), _percent(stats.success_rate)),
        (t("stats-average"), _seconds(t, stats.avg_latency)),
        (t("stats-p95"), _seconds(t, stats.p95_latency)),
        (t("stats-first-token"), _seconds(t, stats.avg_ttft)),
        (t("stats-tokens-in"), _count(stats.prompt_tokens)),
        (t("stats-tokens-out"), _count(stats.completion_tokens)),
    ]
    if stats.cancelled_count:
        rows.insert(1, (t("stats-stopped"), _count(stats.cancelled_count)))
    width = max(len(name) for name, _ in rows)
    value_width = max(len(value) for _, value in rows)
    lines = "\n".join(f"{name:<{width}}  {value:>{value_width}}" for name, value in rows)
    return f"<b>{escape(stats.model)}</b>\n<pre>{escape(lines)}</pre>"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _percent(rate: float | None) -> str:
    if rate is None:
        return "–"
    # 99.96 % must not read as a round hundred while something failed.
    return f"{rate:.0%}" if rate in (0.0, 1.0) else f"{min(rate, 0.999):.1%}"


def _seconds(t: Translator, seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return t("stats-seconds", seconds=f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}")
