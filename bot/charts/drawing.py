"""Draws a chart as a PNG with matplotlib. Slow to load and to run: only the process of `ChartMaker` calls it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from bot.charts.chart import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES = (6.4, 7.2)
PAD_INCHES = 0.1
DOTS_PER_INCH = 160
MOST_SHARES = 6
MOST_LABELS = 6
LONGEST_NAME = 58

# A card of its own colours, neither white nor black: it stands out of a light chat and of a dark one alike. The colours
# of the lines keep apart for those who see red and green as one.
BACKGROUND, PANEL, TEXT, FAINT, GRID = "#1b2330", "#232d3d", "#e8edf4", "#9aa8bb", "#35425a"
LINES = ("#56b4e9", "#f0e442", "#e69f00", "#ff7f6e")
ANSWERED, FAILED = "#3fb58f", "#ff7f6e"
SHARES = ("#56b4e9", "#e69f00", "#3fb58f", "#cc79a7", "#f0e442", "#8fa3bf")
NAMES = ("p50", "p90", "p95", "p99")


def draw(chart: Chart) -> bytes:
    """The picture as PNG."""
    from matplotlib.figure import Figure  # takes about a second to load
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=PAD_INCHES, h_pad=PAD_INCHES)
    figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, facecolor=BACKGROUND, layout=layout)
    latency, requests, shares = figure.subplots(3, 1, height_ratios=[3, 2, 0.6 + 0.42 * _rows(chart)])
    figure.suptitle(chart.title, color=TEXT, fontsize=13, parse_math=False)
    for axes, name in ((latency, chart.words.latency), (requests, chart.words.requests), (shares, chart.words.share)):
        _dress(axes, name)
    _latency(latency, chart)
    _requests(requests, chart)
    _shares(shares, chart)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _rows(chart: Chart) -> int:
    return max(2, min(MOST_SHARES + 1, len(chart.shares)))


def _dress(axes: Axes, title: str) -> None:
    axes.set_facecolor(PANEL)
    axes.set_title(title, loc="left", color=FAINT, fontsize=10)
    axes.tick_params(colors=FAINT, labelsize=9, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _nothing(axes: Axes, text: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, color=FAINT, ha="center", va="center", transform=axes.transAxes, fontsize=11)


def _times(axes: Axes, chart: Chart) -> None:
    """Labels below, as many as can be read."""
    step = -(-len(chart.points) // MOST_LABELS)
    places = range(0, len(chart.points), step)
    axes.set_xticks(list(places), [chart.points[place].label for place in places])
    axes.set_xlim(-0.6, len(chart.points) - 0.4)


def _latency(axes: Axes, chart: Chart) -> None:
    known = [(place, point.seconds) for place, point in enumerate(chart.points) if point.seconds is not None]
    if not known:
        _nothing(axes, chart.words.nothing)
        return
    largest = max(seconds[-1] for _, seconds in known)
    smallest = min(seconds[0] for _, seconds in known)
    if largest > 20 * smallest:
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, largest * 1.12)
    axes.yaxis.set_major_formatter(lambda value, _: _number(value, comma=chart.words.decimal_comma))
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    # Where nothing was asked for a while a line would tell of something that was not: it is cut there.
    for number, name in enumerate(NAMES):
        values = [float("nan")] * len(chart.points)
        for place, seconds in known:
            values[place] = seconds[number]
        axes.plot(values, color=LINES[number], linewidth=2, marker="o", markersize=3.5, label=name)
    _times(axes, chart)
    axes.legend(ncols=4, loc="upper left", fontsize=8.5, frameon=False, labelcolor=TEXT, bbox_to_anchor=(0, 1.02))
    axes.margins(y=0.2)


def _requests(axes: Axes, chart: Chart) -> None:
    if not any(point.answered or point.failed for point in chart.points):
        _nothing(axes, chart.words.nothing)
        return
    from matplotlib.ticker import MaxNLocator

    answered = [point.answered for point in chart.points]
    failed = [point.failed for point in chart.points]
    places = range(len(chart.points))
    axes.bar(places, answered, 0.8, color=ANSWERED, label=chart.words.answered)
    axes.bar(places, failed, 0.8, bottom=answered, color=FAILED, label=chart.words.failed)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: _number(value, comma=chart.words.decimal_comma))
    axes.set_ylim(0, 1.3 * max(whole + broken for whole, broken in zip(answered, failed, strict=True)))
    _times(axes, chart)
    axes.legend(ncols=2, loc="upper left", fontsize=8.5, frameon=False, labelcolor=TEXT, bbox_to_anchor=(0, 1.04))


def _shares(axes: Axes, chart: Chart) -> None:
    if not chart.shares:
        _nothing(axes, chart.words.nothing)
        return
    shown = list(chart.shares[:MOST_SHARES])
    if len(chart.shares) > MOST_SHARES:
        shown.append((chart.words.others, sum(number for _, number in chart.shares[MOST_SHARES:])))
    whole = sum(number for _, number in shown)
    for place, (name, number) in enumerate(shown):
        # The name stands above its bar: beside it long names would leave no room for bars.
        axes.text(0, 0.02 - place, _short(name), color=TEXT, va="bottom", fontsize=9, parse_math=False)
        axes.text(1, 0.02 - place, f"{number / whole:.0%}", color=TEXT, va="bottom", ha="right", fontsize=9)
        axes.barh(-0.18 - place, 1, 0.22, color=GRID)
        axes.barh(-0.18 - place, number / whole, 0.22, color=SHARES[min(place, len(SHARES) - 1)])
    axes.set_xlim(-0.015, 1.015)
    axes.set_ylim(-max(2, len(shown)) + 0.55, 0.7)
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 2]}…{name[-(LONGEST_NAME // 2 - 1) :]}"


def _number(value: float, *, comma: bool) -> str:
    """As short as it can be without being wrong: 0.25, 3, 1200."""
    text = f"{value:.10f}".rstrip("0").rstrip(".") if value < 1 else f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if comma else text
