"""How the last answer of a chat came about, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.i18n import Translator
from bot.views.failures import kind_key
from bot.views.numbers import count, decimal, money, seconds
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord

MOST_TRIED = 8


def why_text(t: Translator, attempts: Sequence[AttemptRecord], *, admin: bool) -> str:
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
