"""The bot's own state as text for a phone's width."""

from __future__ import annotations

from datetime import datetime
from html import escape

from bot.checkup.finding import Report
from bot.health import Health
from bot.i18n import Translator
from bot.views.checkup import amiss_lines, summary_text
from bot.views.numbers import count, decimal, duration, shortened, size

MOST_OF_ERROR = 200
SILENT_SECONDS = 90.0
"""A long poll ends after 30 seconds: who has said nothing for so long is away."""
MOST_AMISS = 6
"""What is grave comes first; more of it would not fit a message."""


def health_text(t: Translator, health: Health, now: datetime, report: Report) -> str:
    """HTML: what is amiss and what to do, then a list of what there is to know.

    One of the messages that wait is the question itself.
    """
    lines = [
        (t("health-uptime"), duration(t, health.uptime_seconds)),
        (t("health-telegram"), _telegram(t, health)),
        *_hook(t, health),
        (t("health-answers"), count(t, health.answers_running)),
        (t("health-updates"), count(t, max(0, health.updates_waiting - 1))),
        (t("health-rows"), count(t, health.rows_waiting) + (t("health-failing") if health.rows_failing else "")),
        (t("health-lag"), _lag(t, health)),
        (t("health-memory"), size(t, health.memory_bytes)),
    ]
    if health.database_bytes is not None:
        lines.append((t("health-database"), size(t, health.database_bytes)))
    if health.disk_free_bytes is not None:
        lines.append((t("health-disk"), size(t, health.disk_free_bytes)))
    text = [f"<b>{escape(t('health-title'))}</b>", escape(summary_text(t, report))]
    text += amiss_lines(t, report.amiss[:MOST_AMISS])
    text.append("")
    text += [f"{escape(name)}: {escape(value)}" for name, value in lines]
    text += ["", f"<b>{escape(t('health-jobs'))}</b>"]
    text += [f"{escape(t(f'job-{name}'.replace('_', '-')))}: {escape(_next(t, at, now))}" for name, at in health.jobs]
    text += ["", escape(" · ".join(f"{name} {number}" for name, number in health.versions))]
    return "\n".join(text)


def _telegram(t: Translator, health: Health) -> str:
    if health.telegram_seconds is None:
        return t("health-telegram-never")
    if health.telegram_failures or health.telegram_seconds > SILENT_SECONDS:
        return t("health-telegram-away", time=duration(t, health.telegram_seconds), failures=health.telegram_failures)
    return t("health-telegram-well", time=duration(t, health.telegram_seconds))


def _hook(t: Translator, health: Health) -> list[tuple[str, str]]:
    """What waits with Telegram, and what it says went wrong: its own words, in English."""
    if health.hook is None:
        return []
    lines = [(t("health-webhook"), count(t, health.hook.pending))]
    return (
        [*lines, (t("health-webhook-error"), shortened(health.hook.error, MOST_OF_ERROR))]
        if health.hook.error
        else lines
    )


def _lag(t: Translator, health: Health) -> str:
    usual, worst = (decimal(t, seconds * 1000, 1) for seconds in (health.lag_usual, health.lag_worst))
    return t("health-lag-value", usual=usual, worst=worst)


def _next(t: Translator, at: datetime | None, now: datetime) -> str:
    if at is None:
        return t("health-job-never")
    return t("health-job-in", time=duration(t, (at - now).total_seconds()))
