"""Numbers, durations and sizes as each language writes them, short enough for a phone."""

from __future__ import annotations

import math

from babel.numbers import format_decimal, get_decimal_symbol

from bot.i18n import Translator

NOTHING = "–"
LEAST_MONEY = 1e-6
_STEPS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
_SIZES = ("kb", "mb", "gb", "tb")


def count(t: Translator, number: int) -> str:
    """All its digits: 1,234,567."""
    return format_decimal(number, locale=t.language)


def compact(t: Translator, number: float) -> str:
    """At most five characters: 9999, 12.3k, 4.5M."""
    for step, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # One less than the next step is rounded up to it.
        if number >= 10 * step or (step > 1e3 and number >= 0.9995 * step):
            return decimal(t, number / step, 1 if number < 99.95 * step else 0) + letter
    return decimal(t, number, 0, group=False)


def decimal(t: Translator, number: float, places: int, *, group: bool = True) -> str:
    """A number with so many places after the point."""
    pattern = "0" + ("." + "0" * places if places else "")
    return format_decimal(number, ("#,##" if group else "") + pattern, locale=t.language)


def decimal_sign(t: Translator) -> str:
    """What stands before the places of a number: a point, a comma."""
    return get_decimal_symbol(t.language)


def percent(t: Translator, rate: float | None) -> str:
    """A share. 99.96 % must not read as a round hundred while something failed."""
    if rate is None:
        return NOTHING
    if rate in (0.0, 1.0):
        return f"{rate:.0%}"
    return f"{decimal(t, min(max(rate, 0.001), 0.999) * 100, 1)}%"


def seconds(t: Translator, value: float | None) -> str:
    """How long something took, with its unit: 0.84 s, 12 s, 2 min 5 s."""
    if value is None:
        return NOTHING
    if value >= 99.5:
        return duration(t, value)
    return t("unit-second", number=bare_seconds(t, value))


def bare_seconds(t: Translator, value: float | None) -> str:
    """The same for a table, without its unit and in at most four characters: 0.84, 12.3, 840."""
    if value is None:
        return NOTHING
    places = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return decimal(t, value, places, group=False)


def duration(t: Translator, value: float) -> str:
    """The two largest units of a length of time, rounded down: 2 d 3 h, 5 min 40 s."""
    left = max(0, math.floor(value))
    parts = []
    for name, length in _STEPS:
        number, left = divmod(left, length)
        if number:
            parts.append((name, t(f"unit-{name}", number=str(number))))
    if not parts:
        return t("unit-second", number="0")
    # 2 d and 5 s are two days.
    names = [name for name, _ in _STEPS]
    after = names[names.index(parts[0][0]) + 1 :][:1]
    return " ".join(text for name, text in parts[:2] if name in {parts[0][0], *after})


def size(t: Translator, number: int) -> str:
    """Bytes: 812 kB, 12.3 MB."""
    value = number / 1000
    unit = 0
    while value >= 999.5 and unit < len(_SIZES) - 1:
        value /= 1000
        unit += 1
    return t(f"unit-{_SIZES[unit]}", number=decimal(t, value, 1 if unit and value < 99.95 else 0))


def money(t: Translator, amount: float) -> str:
    """A sum without its currency: 12.30, and what is small with two digits that count."""
    if not amount:
        return "0"
    if amount < LEAST_MONEY:
        return f"<{decimal(t, LEAST_MONEY, 6)}"
    return decimal(t, amount, 2 if amount >= 1 else min(6, 1 - math.floor(math.log10(amount))))


def shortened(name: str, width: int) -> str:
    """A name in at most so many characters; its end tells one version from another, so the middle goes."""
    if len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[len(name) - end :]}"
