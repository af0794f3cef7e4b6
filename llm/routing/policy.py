"""What is done about a failure: one line for each class, and for the few codes that differ from their class."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llm.errors import Failure, FailureKind
from llm.routing.breaker import Verdict

_K = FailureKind


@dataclass(frozen=True, slots=True)
class Policy:
    """The answers to what a router asks about a failed attempt.

    `retry_same`: the same request may be sent to the same target again, after a pause. `move_on`: the next target may
    be asked; False ends the whole request. `verdict` is what the failure says about the target's health. With
    `larger_context` only a target that holds more is worth asking. `tell_admin`: somebody has to change a setting.

    What is wrong with the form of a request, or too long, has been cured and sent again by `LLMClient` before it
    comes here.
    """

    retry_same: bool
    move_on: bool
    verdict: Verdict
    larger_context: bool = False
    tell_admin: bool = False


_AGAIN = Policy(retry_same=True, move_on=True, verdict=Verdict.STRIKE)
_NEXT = Policy(retry_same=False, move_on=True, verdict=Verdict.STRIKE)
_GONE = Policy(retry_same=False, move_on=True, verdict=Verdict.DOWN)
_BLAMELESS = Policy(retry_same=False, move_on=True, verdict=Verdict.NOTHING)
_MISCONFIGURED = Policy(retry_same=False, move_on=True, verdict=Verdict.CONFIG_ERROR, tell_admin=True)
_STOP = Policy(retry_same=False, move_on=False, verdict=Verdict.NOTHING)

# What each class of failure asks for (servers.md 13.5, docs/failover.md).
POLICIES: dict[FailureKind, Policy] = {
    _K.TRANSPORT: _AGAIN,
    # Who was silent once keeps the next one waiting as well: these are never sent to the same target again.
    _K.CONNECT_TIMEOUT: _NEXT,
    _K.FIRST_TOKEN_TIMEOUT: _NEXT,
    _K.STALL: _NEXT,
    _K.RATE_LIMIT: replace(_AGAIN, verdict=Verdict.RATE_LIMITED),
    _K.QUOTA: _MISCONFIGURED,
    _K.OVERLOAD: _AGAIN,
    _K.SERVER_ERROR: _AGAIN,
    _K.AUTH: _MISCONFIGURED,
    _K.MODEL_MISSING: _MISCONFIGURED,
    _K.MODEL_LOADING: replace(_AGAIN, verdict=Verdict.LOADING),
    _K.CONTEXT_OVERFLOW: replace(_BLAMELESS, larger_context=True),
    # A refusal on grounds of content is not carried elsewhere.
    _K.CONTENT_FILTER: _STOP,
    # Each target gets the request in a form of its own, so that what one refuses another may take.
    _K.BAD_REQUEST: _BLAMELESS,
    _K.CANCELLED: _STOP,
    _K.INVALID_OUTPUT: _NEXT,
}

POLICIES_OF_CODES: dict[str, Policy] = {
    "refused": _GONE,
    "dns": _GONE,
    "unreachable": _GONE,
    "tls": _MISCONFIGURED,
    "bad_address": _MISCONFIGURED,
    "bad_key": _MISCONFIGURED,
    "not_http": _MISCONFIGURED,
    # The model's own doing, not its server's.
    "thinking_spent_limit": _BLAMELESS,
    "answer_too_long": _BLAMELESS,
}
"""For codes of ours only: what a server calls its errors has no say here."""


def policy_of(failure: Failure) -> Policy:
    """The policy for one failure; pure. What a server says itself about trying again goes before the class."""
    policy = POLICIES_OF_CODES.get(failure.code or "") if failure.status is None or _ours(failure) else None
    policy = policy or POLICIES[failure.kind]
    if failure.retryable is None or not policy.move_on:
        return policy
    return replace(policy, retry_same=failure.retryable)


def _ours(failure: Failure) -> bool:
    """Codes about an answer, which has a status, are ours in this class only."""
    return failure.kind is FailureKind.INVALID_OUTPUT
