"""Each known reply is taken for what it is, in every shape that it comes in, and gives nothing away."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from llm.errors import Failure, FailureKind, Phase
from llm.servers.failures import Evidence, classify
from llm.servers.redaction import Redaction
from tests.llm.servers.corpus import CORPUS, REPLIES
from tests.llm.servers.corpus.base import KnownReply

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NAMES = [f"{server}-{number}" for server, replies in CORPUS.items() for number in range(1, len(replies) + 1)]


def failure_of(
    reply: KnownReply, body: object, *, status: int | None = None, redaction: Redaction | None = None
) -> Failure:
    evidence = Evidence(Phase.FIRST_TOKEN, 1.5, NOW, status=status or reply.status, headers=reply.headers, body=body)
    return classify(evidence, redaction or Redaction())


@pytest.mark.parametrize(("server", "reply"), REPLIES, ids=NAMES)
def test_a_reply_is_taken_for_what_it_is(server: str, reply: KnownReply):
    failure = failure_of(reply, reply.body)
    assert failure.kind is reply.kind
    assert failure.retry_after_seconds == pytest.approx(reply.retry_after)
    assert failure.retryable is reply.retryable
    assert (failure.param or "") == reply.param
    if reply.code:
        assert failure.code == reply.code


@pytest.mark.parametrize(("server", "reply"), REPLIES, ids=NAMES)
def test_a_body_is_the_same_as_text_and_inside_a_text(server: str, reply: KnownReply):
    expected = failure_of(reply, reply.body)
    assert failure_of(reply, reply.written) == expected
    inside = failure_of(reply, {"error": reply.written} if reply.written else {})
    assert inside.kind is expected.kind


@pytest.mark.parametrize("reply", [reply for _, reply in REPLIES if reply.event], ids=lambda reply: reply.written[:40])
def test_as_an_event_of_a_stream_it_is_the_same(reply: KnownReply):
    assert failure_of(reply, reply.body, status=200).kind is reply.kind


@pytest.mark.parametrize(("server", "reply"), REPLIES, ids=NAMES)
def test_nothing_of_a_person_and_no_key_gets_out(server: str, reply: KnownReply):
    """Servers repeat what they were sent; here they do it in every text that they write."""
    said, key = "Tell nobody that I live in the old mill by the river", "hunter2hunter2"
    redaction = Redaction([said], api_key=key)
    body = json.loads(json.dumps(_echoing(reply.body, f" near: {said} with {key}")))
    failure = failure_of(reply, body, redaction=redaction)
    for shown in (failure.detail, failure.code or "", failure.param or "", repr(failure)):
        assert "old mill" not in shown
        assert key not in shown


def _echoing(value: object, echo: str) -> object:
    if isinstance(value, dict):
        return {name: _echoing(one, echo) for name, one in value.items()}
    if isinstance(value, list):
        return [_echoing(one, echo) for one in value]
    return value + echo if isinstance(value, str) and value else value


def test_the_corpus_is_wide():
    assert len(REPLIES) >= 200
    kinds = Counter(reply.kind for _, reply in REPLIES)
    from_replies = set(FailureKind) - {
        FailureKind.TRANSPORT,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.FIRST_TOKEN_TIMEOUT,
        FailureKind.STALL,
        FailureKind.CANCELLED,
    }
    assert set(kinds) == from_replies
    assert all(count >= 5 for kind, count in kinds.items() if kind is not FailureKind.INVALID_OUTPUT), kinds
    assert sum(reply.event for _, reply in REPLIES) >= 60
