"""What can go wrong between us and a model: failures as data, and the exceptions that carry them.

LLMError
├─ AttemptFailed       one attempt on one server failed; nothing of the answer had come
├─ AnswerInterrupted   it failed after a part of the answer had come
└─ NoModelAvailable    there is no model to ask
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class FailureKind(StrEnum):
    """The classes of failure; what is done about one depends on nothing else."""

    TRANSPORT = "transport"
    CONNECT_TIMEOUT = "connect_timeout"
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"  # noqa: S105 - a kind of failure, no secret
    STALL = "stall"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    OVERLOAD = "overload"
    SERVER_ERROR = "server_error"
    AUTH = "auth"
    MODEL_MISSING = "model_missing"
    MODEL_LOADING = "model_loading"
    CONTEXT_OVERFLOW = "context_overflow"
    CONTENT_FILTER = "content_filter"
    BAD_REQUEST = "bad_request"
    CANCELLED = "cancelled"
    INVALID_OUTPUT = "invalid_output"


class Phase(StrEnum):
    """How far a request had come when it failed."""

    CONNECT = "connect"
    FIRST_TOKEN = "first_token"  # noqa: S105 - a phase, no secret
    STREAMING = "streaming"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, without secrets.

    `status` is the HTTP status when there was one. `code` is the server's machine code, or ours:

    * no connection: `refused`, `dns`, `tls`, `unreachable`, `bad_address`, `bad_key`; one that broke: `reset`,
      `not_http`, `stream_cut`
    * an answer that is none: `empty_answer`, `thinking_spent_limit`, `unreadable`, `event_too_long`,
      `answer_too_long`, `aborted`, `overloaded`, `content_filter`
    * a request of a form that the server does not take: `system_role_refused`, `roles_must_alternate`,
      `template_refused`, `no_chat_template`, `prefill_refused`, `unsupported_param`, `thinking_unsupported`,
      `images_unsupported`
    * a refusal: `endpoint_missing`, `redirected`, `host_rejected`, `model_crashed`
    * a limit of ours: `total_limit`

    `retry_after_seconds` is what the server asked for; `retryable` whether it says itself that the same request may
    be sent again (`x-should-retry`, OpenRouter's `availability`; servers.md 10, 11), which goes before the class.
    `param` is the field of the request that was refused (code `unsupported_param`), one of those that we send.
    `detail` is a short text that is safe to log: the server's words, left out where they repeat what a person wrote.
    `body` is the parsed body, never to be logged.
    """

    kind: FailureKind
    phase: Phase
    elapsed_seconds: float
    status: int | None = None
    code: str | None = None
    retry_after_seconds: float | None = None
    retryable: bool | None = None
    param: str | None = None
    detail: str = ""
    body: object = field(default=None, repr=False, compare=False)


class LLMError(Exception):
    """The root of all errors of the language-model layer."""


class AttemptFailed(LLMError):
    """One attempt on one server failed before anything of the answer had come."""

    def __init__(self, failure: Failure, *, model: str, server: str) -> None:
        self.failure = failure
        self.model = model
        self.server = server
        super().__init__(f"{model} at {server}: {failure.kind} in phase {failure.phase}")


class AnswerInterrupted(AttemptFailed):
    """The answer broke off after a part of it had come; `partial` is that part and is never a whole answer."""

    def __init__(self, failure: Failure, *, model: str, server: str, partial: str) -> None:
        self.partial = partial
        super().__init__(failure, model=model, server=server)


class NoModelAvailable(LLMError):
    """There is no model to ask; `reason` says why in a word fit for a log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
