"""What a failure says beside its kind, and that any reply whatever is some failure."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from llm.errors import Failure, FailureKind, Phase
from llm.servers.failures import Evidence, classify
from llm.servers.redaction import WITHHELD, Redaction
from tests.llm.servers.corpus.base import openai

K = FailureKind
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def failure_of(status: int | None, body: object, *, redaction: Redaction | None = None, **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    evidence = Evidence(Phase.FIRST_TOKEN, 1.5, NOW, status=status, headers=named, body=body)
    return classify(evidence, redaction or Redaction())


def test_a_failure_says_where_and_when_and_what_was_asked_for():
    body = openai("Please try again in 20s. Details: none", "tokens", "rate_limit_exceeded")
    assert failure_of(429, body, retry_after="7") == Failure(
        K.RATE_LIMIT,
        Phase.FIRST_TOKEN,
        1.5,
        status=429,
        code="rate_limit_exceeded",
        retry_after_seconds=7,
        detail="Please try again in 20s. Details: none",
    )
    assert failure_of(429, body).retry_after_seconds == 20
    assert failure_of(429, body).body is body


def test_a_wait_that_the_body_names_counts_before_headers():
    body = {
        "error": {"code": 503, "message": "x", "availability": {"code": "temporarily_unavailable", "retry_after": 3}}
    }
    assert failure_of(503, body, retry_after="60").retry_after_seconds == 3


def test_no_detail_and_no_code_repeats_a_message_or_the_key():
    text = "Tell nobody that I live in the old mill"
    redaction = Redaction([text], api_key="hunter2hunter2")
    failure = failure_of(400, openai(f"cannot parse: {text}", "hunter2hunter2", "x"), redaction=redaction)
    assert (failure.detail, failure.code) == (WITHHELD, "x")
    assert failure_of(401, openai("bad key hunter2hunter2"), redaction=redaction).detail == "bad key ***"
    assert text not in repr(failure)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "code", "type", "detail", "metadata", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.none() | st.integers(100, 599), JSON)
def test_any_reply_is_some_failure(status: int | None, body: object):
    assert isinstance(failure_of(status, body), Failure)
