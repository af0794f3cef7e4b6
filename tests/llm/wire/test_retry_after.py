"""How long servers ask us to wait, in each of their ways to say it."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.wire.retry_after import duration_seconds, retry_after_seconds, should_retry

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0),
        ({"x-ms-retry-after-ms": "2500", "retry-after": "9"}, 2.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-tokens": "10", "x-ratelimit-reset-tokens": "1h"}, None),
        ({}, None),
    ],
)
def test_headers(headers: dict[str, str], seconds: float | None):
    assert retry_after_seconds(headers, "", NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 46.7s. Visit the page.", 46.7),
        ("Please try again in 20ms.", 0.02),
        ("Please try again in 6m0s", 360),
        ("Please try again in 1h2m3.5s", 3723.5),
        ("Too many requests, retry after 30 seconds", 30),
        ("Try again in 2 minutes", 120),
        ("Please wait 5", 5),
        ("server busy, please try again.  maximum pending requests exceeded", None),
        ("You asked for 30 tokens", None),
    ],
)
def test_words(message: str, seconds: float | None):
    assert retry_after_seconds({}, message, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("written", "seconds"), [("34s", 34), ("1m30s", 90), ("250ms", 0.25), ("7", 7), ("soon", None), ("", None)]
)
def test_durations(written: str, seconds: float | None):
    assert duration_seconds(written) == pytest.approx(seconds)


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "retry-after", "retry-after-ms", "x-ms-retry-after-ms", "x-ratelimit-reset-requests",
            "x-ratelimit-remaining-requests", "x-should-retry",
        ]
    ),
    st.text(max_size=20) | st.from_regex(r"-?\d{0,30}(\.\d*)?(ms|s|m)?", fullmatch=True) | st.just("0"),
)  # fmt: skip


@given(HEADERS, st.text() | st.from_regex(r"try again in \d{1,30}(\.\d+)?(ms|s|m|h)?.*", fullmatch=True))
def test_whatever_a_server_says_is_a_wait_or_none(headers: dict[str, str], message: str):
    seconds = retry_after_seconds(headers, message, NOW)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))
    assert should_retry(headers) in {None, True, False}
