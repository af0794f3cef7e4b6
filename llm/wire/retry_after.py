"""Finds how long a server asks us to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"\d{1,9}(\.\d{0,9})?")
_DURATION_PART = re.compile(r"(\d{1,9}(?:\.\d{0,9})?)(ms|s|m|h|d)", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"(?:try again|retry|available again|wait)[^.\d]{0,40}?\b(?:in|after|for)?\s*"
    r"(\d{1,9}(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)?"
    r"((?:\d+(?:\.\d+)?(?:ms|s|m|h))*)",
    re.IGNORECASE,
)


def retry_after_seconds(headers: Mapping[str, str], message: str, now: datetime) -> float | None:
    """Seconds to wait, or None when the server says nothing; `headers` are looked up in lower case.

    Read, in this order: `retry-after-ms` (Azure: `x-ms-retry-after-ms`), `retry-after` as seconds or as a date, the
    reset time of the limit that is spent (`x-ratelimit-reset-requests: 6m0s`; servers.md 10), and words such as
    `try again in 46.7s`.
    """
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if (milliseconds := _number(headers.get(name))) is not None:
            return milliseconds / 1000
    if (waiting := _retry_after(headers.get("retry-after"), now)) is not None:
        return waiting
    resets = [
        duration_seconds(headers.get(f"x-ratelimit-reset-{limit}"))
        for limit in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{limit}") == "0"
    ]
    known = [reset for reset in resets if reset is not None]
    return max(known) if known else _from_words(message)


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What `x-should-retry` says (servers.md 10); None where the server does not send it."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def _retry_after(value: str | None, now: datetime) -> float | None:
    if value is None or (seconds := _number(value)) is not None:
        return None if value is None else seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _number(value: str | None) -> float | None:
    return float(value) if value is not None and _NUMBER.fullmatch(value.strip()) else None


def duration_seconds(value: str | None) -> float | None:
    """A time as `1h2m3.5s`, `20ms` or a bare number of seconds; None when it is none of these."""
    if value is None or (seconds := _number(value)) is not None:
        return None if value is None else seconds
    parts = _DURATION_PART.findall(value)
    return sum(float(number) * _UNITS[unit.lower()] for number, unit in parts) if parts else None


def _from_words(message: str) -> float | None:
    found = _IN_TEXT.search(message)
    if found is None:
        return None
    number, unit, rest = found.groups()
    return float(number) * _UNITS[_short(unit)] + (duration_seconds(rest) or 0.0)


def _short(unit: str | None) -> str:
    word = (unit or "s").lower()
    return "ms" if word.startswith(("ms", "milli")) else word[0]
