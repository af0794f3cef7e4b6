"""Figures as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.i18n import Texts
from bot.views.stats import Period, stats_text
from llm.monitoring import ModelStats, Percentiles

T = Texts().translator("en")
STATS = ModelStats(
    "tiny",
    3,
    0,
    2 / 3,
    1.234,
    Percentiles(1.0, 5.0, 12.6, 20.0),
    None,
    None,
    None,
    prompt_tokens=1234567,
    completion_tokens=5,
)


def shown(stats: ModelStats, label: str) -> str:
    line = next(line for line in stats_text(T, Period.DAY, [stats]).splitlines() if label in line)
    return line.replace("</pre>", "").replace("<pre>", "").removeprefix(label).strip()


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "–"), (1.0, "100%"), (0.0, "0%"), (2 / 3, "66.7%"), (0.9996, "99.9%"), (0.99999, "99.9%")],
)
def test_a_rate_never_looks_better_than_it_is(rate: float | None, text: str) -> None:
    assert shown(replace(STATS, success_rate=rate), "Success") == text


def test_figures_are_short_and_aligned() -> None:
    assert shown(STATS, "Average") == "1.23 s"
    assert shown(STATS, "95th percentile") == "13 s"
    assert shown(STATS, "First token") == "–"
    assert shown(STATS, "Tokens in") == "1\u202f234\u202f567"
    block = stats_text(T, Period.DAY, [STATS]).split("<pre>")[1].removesuffix("</pre>")
    assert len({len(line) for line in block.splitlines()}) == 1


def test_stopped_answers_show_only_where_there_are_some() -> None:
    assert "Stopped" not in stats_text(T, Period.DAY, [STATS])
    assert shown(replace(STATS, cancelled_count=2), "Stopped") == "2"


def test_a_models_name_is_no_markup() -> None:
    assert "<b>&lt;i&gt;x&amp;</b>" in stats_text(T, Period.DAY, [replace(STATS, model="<i>x&")])


@pytest.mark.parametrize(
    ("text", "period"),
    [
        (None, Period.DAY),
        ("", Period.DAY),
        (" 7D ", Period.WEEK),
        ("30d", Period.MONTH),
        ("all", Period.ALL),
        ("24h", Period.DAY),
        ("7 d", None),
        ("<b>", None),
    ],
)
def test_a_period_is_read_or_not_known(text: str | None, period: Period | None) -> None:
    assert Period.parse(text) is period
