"""Maps what went wrong with a request, a server's reply or an exception, to a `Failure`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from llm.errors import Failure, FailureKind, Phase
from llm.servers.failure_rules import OTHERWISE, RULES, STATUS_OF_TYPE, Rule
from llm.servers.redaction import Redaction
from llm.servers.refused_param import refused_param
from llm.servers.transport_failures import read_transport_error
from llm.wire.error_body import ErrorBody, read_error_body
from llm.wire.retry_after import retry_after_seconds, should_retry


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a failed request.

    Either `error`, which the transport raised, or a reply of the server: `status`, `headers` (lower-case names) and
    `body`, parsed or as text. A failure that a server reports inside a 200 has the status 200. `now` is needed to
    read a `retry-after` that is a date.
    """

    phase: Phase
    elapsed_seconds: float
    now: datetime
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    error: BaseException | None = None


def classify(evidence: Evidence, redaction: Redaction) -> Failure:
    """Say what kind of failure it is; pure, and total: whatever is unknown is a server error."""
    if evidence.error is not None:
        return _classify_error(evidence, evidence.error)
    error = read_error_body(evidence.body)
    status = evidence.status
    if status is None or status < 300:
        by_type = (STATUS_OF_TYPE[code] for code in error.codes if code in STATUS_OF_TYPE)
        status = error.status or next(by_type, status)
    rule = _match(status, error)
    param = refused_param(error) if rule.kind is FailureKind.BAD_REQUEST and rule.code is None else None
    retry_after = error.retry_after_seconds
    if retry_after is None:
        retry_after = retry_after_seconds(evidence.headers, error.message, evidence.now)
    return Failure(
        kind=rule.kind,
        phase=evidence.phase,
        elapsed_seconds=evidence.elapsed_seconds,
        status=evidence.status,
        code="unsupported_param" if param else rule.code or redaction.code(error.codes),
        retry_after_seconds=retry_after,
        retryable=error.retryable if error.retryable is not None else should_retry(evidence.headers),
        param=param,
        detail=redaction.detail(error.message),
        body=evidence.body,
    )


def _match(status: int | None, error: ErrorBody) -> Rule:
    if error.flagged:
        return Rule(FailureKind.CONTENT_FILTER)
    text = error.message.lower()
    return next((rule for rule in RULES if rule.fits(status, error, text)), OTHERWISE)


def _classify_error(evidence: Evidence, error: BaseException) -> Failure:
    found = read_transport_error(error, evidence.phase)
    return Failure(
        kind=found.kind,
        phase=found.phase,
        elapsed_seconds=evidence.elapsed_seconds,
        status=evidence.status,
        code=found.code,
        detail=found.detail,
    )
