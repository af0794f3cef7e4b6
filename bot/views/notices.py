"""What admins are told, in words."""

from __future__ import annotations

from datetime import timedelta

from bot.events import ByteCount, Notice, Said
from bot.i18n import Translator
from bot.views.numbers import duration, money, size


def notice_text(t: Translator, notice: Notice) -> str:
    """Plain text: lengths of time, sums of money and sizes as the language writes them."""
    return t(notice.key, **{name: _said(t, value) for name, value in notice.args.items()})


def _said(t: Translator, value: Said) -> str | int:
    if isinstance(value, tuple):
        return "\n".join(notice_text(t, one) for one in value)
    if isinstance(value, timedelta):
        return duration(t, value.total_seconds())
    if isinstance(value, ByteCount):
        return size(t, value)
    return money(t, value) if isinstance(value, float) else value
