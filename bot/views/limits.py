"""Words about what people may use and have used."""

from __future__ import annotations

import math
from datetime import datetime

from bot.i18n import Translator
from bot.views.numbers import count, duration


def exceeded_text(t: Translator, limit: str, most: int, until: datetime, now: datetime) -> str:
    """That a message was not answered, why, and when it goes on."""
    # Rounded up: who comes back after the time that was told must not be early.
    left = max(1, math.ceil((until - now).total_seconds()))
    return t(f"limit-{limit}", number=most, limit=count(t, most), time=duration(t, left), at=f"{until:%H:%M} UTC")


def limit_words(t: Translator, limit: str, most: int | None) -> str:
    """A limit in a few words."""
    if most is None:
        return t(f"limit-none-{limit}")
    return t(f"limit-most-{limit}", number=most, limit=count(t, most))
