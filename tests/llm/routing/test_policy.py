"""Every class of failure has its answers, and a server's own hint goes before them."""

from __future__ import annotations

import pytest

from llm.errors import Failure, FailureKind, Phase
from llm.routing.breaker import Verdict
from llm.routing.policy import POLICIES, POLICIES_OF_CODES, Policy, policy_of

K, V = FailureKind, Verdict


def failure(kind: FailureKind, **more: object) -> Failure:
    return Failure(kind, Phase.CONNECT, 1.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "retry_same", "move_on", "verdict", "larger_context", "tell_admin"),
    [
        (K.TRANSPORT, True, True, V.STRIKE, False, False),
        (K.CONNECT_TIMEOUT, False, True, V.STRIKE, False, False),
        (K.FIRST_TOKEN_TIMEOUT, False, True, V.STRIKE, False, False),
        (K.STALL, False, True, V.STRIKE, False, False),
        (K.RATE_LIMIT, True, True, V.RATE_LIMITED, False, False),
        (K.QUOTA, False, True, V.CONFIG_ERROR, False, True),
        (K.OVERLOAD, True, True, V.STRIKE, False, False),
        (K.SERVER_ERROR, True, True, V.STRIKE, False, False),
        (K.AUTH, False, True, V.CONFIG_ERROR, False, True),
        (K.MODEL_MISSING, False, True, V.CONFIG_ERROR, False, True),
        (K.MODEL_LOADING, True, True, V.LOADING, False, False),
        (K.CONTEXT_OVERFLOW, False, True, V.NOTHING, True, False),
        (K.CONTENT_FILTER, False, False, V.NOTHING, False, False),
        (K.BAD_REQUEST, False, True, V.NOTHING, False, False),
        (K.CANCELLED, False, False, V.NOTHING, False, False),
        (K.INVALID_OUTPUT, False, True, V.STRIKE, False, False),
    ],
)
def test_each_class_has_its_answers(
    kind: FailureKind, retry_same: bool, move_on: bool, verdict: Verdict, larger_context: bool, tell_admin: bool
):
    assert policy_of(failure(kind)) == Policy(retry_same, move_on, verdict, larger_context, tell_admin)


def test_no_class_is_forgotten():
    assert set(POLICIES) == set(FailureKind)


@pytest.mark.parametrize(
    ("code", "kind", "verdict"),
    [
        ("refused", K.TRANSPORT, V.DOWN),
        ("dns", K.TRANSPORT, V.DOWN),
        ("unreachable", K.TRANSPORT, V.DOWN),
        ("tls", K.TRANSPORT, V.CONFIG_ERROR),
        ("bad_address", K.TRANSPORT, V.CONFIG_ERROR),
        ("bad_key", K.AUTH, V.CONFIG_ERROR),
        ("not_http", K.TRANSPORT, V.CONFIG_ERROR),
        ("reset", K.TRANSPORT, V.STRIKE),
        ("thinking_spent_limit", K.INVALID_OUTPUT, V.NOTHING),
        ("answer_too_long", K.INVALID_OUTPUT, V.NOTHING),
        ("empty_answer", K.INVALID_OUTPUT, V.STRIKE),
    ],
)
def test_some_codes_differ_from_their_class(code: str, kind: FailureKind, verdict: Verdict):
    assert policy_of(failure(kind, code=code)).verdict is verdict


@pytest.mark.parametrize("code", sorted(POLICIES_OF_CODES))
def test_a_server_that_uses_our_words_gets_the_policy_of_its_class(code: str):
    assert policy_of(failure(K.OVERLOAD, code=code, status=503)) == POLICIES[K.OVERLOAD]


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize("retryable", [True, False])
def test_a_hint_of_the_server_goes_before_the_class_but_never_undoes_a_stop(kind: FailureKind, retryable: bool):
    policy = policy_of(failure(kind, retryable=retryable))
    if POLICIES[kind].move_on:
        assert policy.retry_same is retryable
    else:
        assert not policy.retry_same
    assert policy.verdict is POLICIES[kind].verdict
    assert policy.move_on is POLICIES[kind].move_on
