"""How the last answer of a chat came about, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.i18n import Translator
from bot.views.failures import kind_key
from bot.views.numbers import count, decimal, money, seconds
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.selection.explanation import Explanation
from llm.selection.values import Because

MOST_TRIED = 8
_NOTHING_NEW = frozenset({Because.ORDERED, Because.ONLY, Because.NOBODY})


def why_text(
    t: Translator, attempts: Sequence[AttemptRecord], explanation: Explanation | None = None, *, admin: bool
) -> str:
    """HTML: who answered, why that one, how fast, and who was asked before. Addresses are for admins only."""
    if not attempts:
        return escape(t("why-nothing"))
    answered = next((one for one in attempts if one.success), None)
    stopped = None if answered else next((o for o in attempts if o.failure is FailureKind.CANCELLED), None)
    chosen = answered or stopped
    parts = []
    if chosen is None:
        parts.append(f"<b>{escape(t('why-nobody'))}</b>")
    else:
        parts += _chosen(t, chosen, admin=admin)
        if explanation is not None:
            parts[1] = f"{parts[1]}{_explained(t, explanation)}"
    others = [one for one in attempts if one is not chosen]
    if others:
        lines = [escape(t("why-tried"))]
        lines += [f"{place}. {escape(_tried(t, one, admin=admin))}" for place, one in enumerate(others[:MOST_TRIED], 1)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _chosen(t: Translator, one: AttemptRecord, *, admin: bool) -> list[str]:
    where = t("why-place-local" if one.local else "why-place-cloud")
    server = f" · {one.server}" if admin else ""
    key = "why-answered" if one.success else "why-stopped"
    title = f"<b>{escape(t(key, model=one.model))}</b>\n{escape(where + server)}"
    reason = t(f"why-{one.why.value}".replace("_", "-"), model=one.instead_of or "–")
    times = []
    if one.ttft_seconds is not None:
        times.append(t("why-first", time=seconds(t, one.ttft_seconds)))
    times.append(t("why-whole", time=seconds(t, one.latency_seconds)))
    if one.waited_seconds >= 0.1:
        times.append(t("why-waited", time=seconds(t, one.waited_seconds)))
    tokens = []
    if one.prompt_tokens is not None:
        tokens.append(t("why-read", tokens=count(t, one.prompt_tokens)))
        if one.cached_tokens:
            tokens.append(t("why-cached", tokens=count(t, one.cached_tokens)))
    if one.completion_tokens is not None:
        tokens.append(t("why-written", tokens=count(t, one.completion_tokens)))
    if one.decode_seconds and one.completion_tokens:
        tokens.append(t("why-speed", speed=decimal(t, one.completion_tokens / one.decode_seconds, 1)))
    if one.cost:
        tokens.append(t("why-cost", cost=money(t, one.cost)))
    return [title, escape(reason), "\n".join(escape(" · ".join(line)) for line in (times, tokens) if line)]


def _tried(t: Translator, one: AttemptRecord, *, admin: bool) -> str:
    what = t(kind_key(one.failure)) if one.failure is not None else t("why-was-whole")
    server = f" ({one.server})" if admin else ""
    return t("why-line", model=one.model + server, what=what, time=seconds(t, one.latency_seconds))


def _explained(t: Translator, explanation: Explanation) -> str:
    """HTML: why the first choice was the first, and what kept the others back."""
    lines = []
    first = explanation.order[0].model if explanation.order else None
    if first is not None and explanation.because not in _NOTHING_NEW:
        key = f"why-because-{explanation.because.value}".replace("_", "-")
        lines.append(t(key, model=first, leader=explanation.leader or first))
    for obstacle in explanation.obstacles[:MOST_TRIED]:
        bar = f"why-bar-{obstacle.hindrance.bar.value}".replace("_", "-")
        lines.append(t("why-obstacle", model=obstacle.model, what=t(bar)))
    return "".join(f"\n{escape(line)}" for line in lines)
