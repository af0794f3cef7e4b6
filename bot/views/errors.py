"""What failed, in groups: how often, when, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from bot.i18n import Translator
from bot.period import Period
from bot.views.failures import kind_key
from bot.views.numbers import count, duration
from llm.monitoring import FailureGroup

LONGEST = 3600
"""Characters of a message, with room for its last line."""


def errors_text(
    t: Translator, period: Period, groups: Sequence[FailureGroup], prefixes: Mapping[str, str], now: datetime
) -> str:
    """HTML: a block for each group, the newest first. `prefixes`: what a model's settings begin with, by its name."""
    title = f"<b>{escape(t('errors-title', period=t(f'stats-title-{period.value}')))}</b>"
    if not groups:
        return f"{title}\n\n{escape(t('errors-none'))}"
    blocks = [title]
    for place, group in enumerate(groups):
        block = _block(t, group, prefixes.get(group.model, "PRIMARY_MODEL__"), now)
        if sum(map(len, blocks)) + len(block) > LONGEST:
            blocks.append(escape(t("errors-more", number=len(groups) - place)))
            break
        blocks.append(block)
    return "\n\n".join(blocks)


def _block(t: Translator, group: FailureGroup, prefix: str, now: datetime) -> str:
    marks = ", ".join(mark for mark in (group.code, f"HTTP {group.status}" if group.status else None) if mark)
    ago = duration(t, (now - group.last_at).total_seconds())
    first = duration(t, (now - group.first_at).total_seconds())
    remedy = t(f"remedy-{group.kind.value}".replace("_", "-"), prefix=prefix)
    lines = [
        f"<b>{escape(t(kind_key(group.kind)))}</b> × {count(t, group.count)}",
        escape(f"{group.model} · {group.server}" + (f" · {marks}" if marks else "")),
        escape(t("errors-once", ago=ago) if group.count == 1 else t("errors-when", first=first, last=ago)),
        f"→ {escape(remedy)}",
    ]
    return "\n".join(lines)
