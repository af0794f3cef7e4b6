"""The picture that goes with the figures: what is in it, in the words of a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.charts.chart import Chart, Point, Words
from bot.i18n import Translator
from bot.views.numbers import decimal_sign
from bot.views.stats import Asked, stats_title
from llm.monitoring import SeriesPoint


def stats_chart(t: Translator, asked: Asked, series: Sequence[SeriesPoint]) -> Chart:
    """Latency, requests and shares over the period."""
    shares: Counter[str] = Counter()
    for point in series:
        shares.update(point.requests)
    return Chart(
        title=stats_title(t, asked),
        words=Words(
            latency=t("chart-latency"),
            requests=t("chart-requests"),
            answered=t("chart-answered"),
            failed=t("chart-failed"),
            share=t("chart-share"),
            nothing=t("chart-nothing"),
            others=t("chart-others"),
            decimal_comma=decimal_sign(t) == ",",
        ),
        points=_points(series),
        shares=tuple(shares.most_common()),
    )


def _points(series: Sequence[SeriesPoint]) -> tuple[Point, ...]:
    step = series[1].began - series[0].began if len(series) > 1 else timedelta(hours=1)
    long = bool(series) and series[-1].began - series[0].began > timedelta(days=300)
    # In the time of the machine: whoever runs a bot at home lives by the same clock.
    pattern = "%H:%M" if step < timedelta(hours=6) else "%m.%Y" if long else "%d.%m"
    return tuple(
        Point(
            label=point.began.astimezone().strftime(pattern),
            answered=sum(point.requests.values()) - point.failed - point.cancelled,
            failed=point.failed,
            seconds=None
            if point.latency is None
            else (point.latency.p50, point.latency.p90, point.latency.p95, point.latency.p99),
        )
        for point in series
    )
