"""Figures as a caption: within Telegram's limit, aligned, and never better than they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from aiogram.types import InputRichBlockParagraph, InputRichBlockSectionHeading, InputRichBlockTable

from bot.callbacks import StatsPress
from bot.i18n import LANGUAGES, Texts
from bot.period import Period
from bot.views.keyboards import stats_keyboard, with_photo
from bot.views.rich_tables import stats_rich
from bot.views.stats import Asked, stats_caption, stats_view
from bot.views.stats_chart import stats_chart
from llm.errors import FailureKind
from llm.monitoring import ModelStats, Percentiles, SeriesPoint
from llm.types import Task

T = Texts().translator("en")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
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
FULL = replace(
    STATS,
    requests_count=1_234_567,
    cancelled_count=12_345,
    ttft=Percentiles(0.1, 0.2, 0.3, 123.4),
    tokens_per_second=123.45,
    cached_tokens=999_999,
    cost=1234.5,
    failures=dict.fromkeys(FailureKind, 12_345),
    fallbacks_taken=123,
    fallbacks_given=321,
    hedges=99,
    last_failure=FailureKind.FIRST_TOKEN_TIMEOUT,
    last_failure_at=NOW - timedelta(days=3, hours=5),
)
LONG_NAME = "hf.co/unsloth/Qwen3-Coder-480B-A35B-Instruct-GGUF:UD-Q4_K_XL"


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def shown(stats: ModelStats, label: str) -> str:
    caption = plain(stats_caption(stats_view(T, Asked(Period.DAY, stats.model), [stats], NOW)))
    line = next(line for line in caption.splitlines() if line.startswith(label))
    return line.removeprefix(label).strip()


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "–"), (1.0, "100%"), (0.0, "0%"), (2 / 3, "66.7%"), (0.9996, "99.9%"), (0.99999, "99.9%"), (1e-9, "0.1%")],
)
def test_a_rate_never_looks_better_or_worse_than_it_is(rate: float | None, text: str) -> None:
    assert shown(replace(STATS, success_rate=rate), "Success") == text


def test_details_are_short_and_aligned() -> None:
    assert shown(STATS, "On average") == "1.23 s"
    assert shown(STATS, "Tokens read") == "1,234,567"
    assert shown(STATS, "Answer") == "1.00 5.00 12.6 20.0"
    assert shown(FULL, "First word") == "0.10 0.20 0.30  123"
    for table in re.findall(
        r"<pre>(.*?)</pre>", stats_caption(stats_view(T, Asked(Period.DAY, "tiny"), [FULL], NOW)), re.S
    ):
        assert len({len(line) for line in table.splitlines()[1:]}) == 1


def test_what_never_happened_has_no_line() -> None:
    caption = stats_caption(stats_view(T, Asked(Period.DAY, "tiny"), [STATS], NOW))
    assert not any(word in caption for word in ("Stopped", "Spent", "Stepped in", "Failed", "Last failure"))
    assert shown(replace(STATS, cancelled_count=2), "Stopped") == "2"
    assert shown(FULL, "Last failure: no beginning in time,") == "3 d 5 h ago"


def test_a_models_name_is_no_markup() -> None:
    for asked in (Asked(Period.DAY), Asked(Period.DAY, "<i>x&")):
        caption = stats_caption(stats_view(T, asked, [replace(STATS, model="<i>x&")], NOW))
        assert "<i>" not in caption
        assert "&lt;i&gt;x&amp;" in caption


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("period", Period)
def test_every_view_fits_into_a_caption_and_a_phones_width(language: str, period: Period) -> None:
    t = Texts().translator(language)
    many = [replace(FULL, model=f"{place}-{LONG_NAME}") for place in range(40)]
    for asked, stats in (
        (Asked(period, task=Task.CLASSIFICATION), many),
        (Asked(period, LONG_NAME * 3, Task.CLASSIFICATION), [replace(FULL, model=LONG_NAME * 3)]),
        (Asked(period), []),
    ):
        caption = stats_caption(stats_view(t, asked, stats, NOW))
        assert len(plain(caption).encode("utf-16-le")) // 2 <= 1024
        for table in re.findall(r"<pre>(.*?)</pre>", caption, re.S):
            assert max(len(unescape(line)) for line in table.splitlines()) <= 38


def test_native_tables_say_the_same_with_whole_names() -> None:
    view = stats_view(T, Asked(Period.DAY), [replace(FULL, model="<b>|*_[x](y)")], NOW, name_width=40)
    blocks = stats_rich(view).blocks
    assert blocks is not None
    heading, table, note = blocks
    assert isinstance(table, InputRichBlockTable)
    assert [[cell.text for cell in row] for row in table.cells] == [list(row) for row in view.tables[0].rows]
    assert table.cells[1][0].text == "<b>|*_[x](y)"
    assert [cell.is_header for cell in table.cells[0]] == [True] * 5
    assert isinstance(heading, InputRichBlockSectionHeading)
    assert isinstance(note, InputRichBlockParagraph)
    assert len(stats_rich(stats_view(T, Asked(Period.DAY, "tiny"), [FULL], NOW)).blocks or ()) == 5


def test_every_button_fits_and_says_what_it_does() -> None:
    asked = Asked(Period.WEEK, LONG_NAME, Task.CLASSIFICATION)
    for keyboard in (
        stats_keyboard(T, asked, [], list(Task)),
        stats_keyboard(T, Asked(Period.WEEK, task=Task.CHAT), [f"{n}-{LONG_NAME}" for n in range(20)], list(Task)),
    ):
        data = [button.callback_data or "" for row in keyboard.inline_keyboard for button in row]
        assert len(set(data)) == len(data) - 1  # the chosen period and the chosen task are the view itself
        assert all(0 < len(one.encode()) <= 64 for one in data)
        beside = [b.callback_data or "" for row in with_photo(keyboard, 2**31).inline_keyboard for b in row]
        assert all(len(one.encode()) <= 64 for one in beside)
        assert [StatsPress.unpack(one).photo_id for one in beside] == [2**31] * len(data)
    chosen = [b.text for row in stats_keyboard(T, asked, [], list(Task)).inline_keyboard for b in row if "•" in b.text]
    assert chosen == ["• 7 d", "• Sorting"]


def test_tasks_are_offered_only_where_there_are_several() -> None:
    texts = [b.text for row in stats_keyboard(T, Asked(Period.DAY), ["tiny"], [Task.CHAT]).inline_keyboard for b in row]
    assert texts == ["• 24 h", "7 d", "30 d", "All", "tiny"]


def test_the_chart_counts_what_is_in_the_figures() -> None:
    series = [
        SeriesPoint(NOW, {"a": 5, "b": 1}, 2, 1, Percentiles(1, 2, 3, 4)),
        SeriesPoint(NOW + timedelta(hours=1), {"b": 9}, 0, 0, None),
    ]
    chart = stats_chart(T, Asked(Period.DAY), series)
    assert [(point.answered, point.failed, point.seconds) for point in chart.points] == [
        (3, 2, (1, 2, 3, 4)),
        (9, 0, None),
    ]
    assert chart.shares == (("b", 10), ("a", 5))


@pytest.mark.parametrize(
    ("text", "period"), [("24h", Period.DAY), (" 7D ", Period.WEEK), ("30d", Period.MONTH), ("all", Period.ALL)]
)
def test_periods_are_read_as_people_write_them(text: str, period: Period) -> None:
    assert Period.parse(text) is period
    assert Period.parse("a year") is None
