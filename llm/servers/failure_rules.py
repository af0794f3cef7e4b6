"""The table that says which failure a server's reply is: by machine code first, then by words, then by status."""

from __future__ import annotations

from dataclasses import dataclass

from llm.errors import FailureKind
from llm.wire.error_body import ErrorBody

INSIDE_200 = 200
"""The status of a failure that came inside a good reply and names no status of its own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: holds when the status fits and a code or a piece of text does.

    Empty `statuses` fit any; a rule with neither codes nor texts goes by the status alone. `texts` are lower-case
    fragments; one that is a tuple needs all its parts. `code` is given to the failure instead of the server's.
    """

    kind: FailureKind
    statuses: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    texts: tuple[str | tuple[str, ...], ...] = ()
    code: str | None = None

    def fits(self, status: int | None, error: ErrorBody, text: str) -> bool:
        """Whether the rule holds; `text` is the message in lower case."""
        if self.statuses and status not in self.statuses:
            return False
        if not self.codes and not self.texts:
            return True
        return any(code in self.codes for code in error.codes) or any(_contains(text, part) for part in self.texts)


def _contains(text: str, part: str | tuple[str, ...]) -> bool:
    return part in text if isinstance(part, str) else all(piece in text for piece in part)


def _statuses(*given: int | range) -> frozenset[int]:
    return frozenset(status for item in given for status in (item if isinstance(item, range) else (item,)))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_K = FailureKind

# First match wins (servers.md 13.5). Wordings change between releases: codes come first, words are loose.
RULES: tuple[Rule, ...] = (
    Rule(
        _K.CONTEXT_OVERFLOW,
        codes=_words(
            "exceed_context_size_error context_length_exceeded max_tokens_exceeded token_limit_exceeded string_too_long"
        ),
        texts=(
            "maximum context length",
            "context length is only",
            "exceeds the available context size",
            "longer than the model's context length",
            "longer than the context length",
            "exceeds the context length",
            "greater than the context length",
            "does not fit in context length",
            "requested token count exceeds",
            "`inputs` tokens + `max_new_tokens` must be",
            "`inputs` must have less than",
            "context size has been exceeded",
            "prompt is too long",
            "when context the overflows",
            "reached context length of",
            "exceed context window of",
            "exceeds the context window",
            "request too large for",
            "physical batch size",
            ("max_tokens", "is too large"),
        ),
    ),
    Rule(_K.QUOTA, statuses=_statuses(402)),
    Rule(
        _K.QUOTA,
        codes=_words(
            "insufficient_quota credit_balance_exhausted quota_exceeded payment_required "
            "billing_hard_limit_reached billing_not_active"
        ),
    ),
    Rule(
        _K.QUOTA,
        statuses=_statuses(INSIDE_200, 400, 403, 429),
        texts=(
            "exceeded your current quota",
            "billing",
            "insufficient balance",
            "insufficient credit",
            "credit balance",
        ),
    ),
    Rule(
        _K.CONTENT_FILTER,
        codes=_words("content_filter content_policy_violation moderation_blocked"),
        texts=(
            "content management policy",
            "content filtering policy",
            "requires moderation",
            "flagged by moderation",
            ("flagged as", "usage policy"),
        ),
    ),
    Rule(_K.MODEL_LOADING, codes=_words("model_loading")),
    Rule(
        _K.MODEL_LOADING,
        statuses=_statuses(INSIDE_200, 500, 503),
        texts=("loading model", "model is loading", "currently loading"),
    ),
    Rule(
        _K.MODEL_MISSING,
        codes=_words(
            "model_not_found model_deprecated model_unavailable_upstream no_endpoints privacy_restricted "
            "constraint_filtered free_variant_ended"
        ),
        texts=(
            "no models loaded",
            "try pulling it first",
            "model name is missing",
            "api deployment for this resource does not exist",
            "is not a valid model",
            "server is pinned to",
            ("the model `", "does not exist"),
            ("model '", "' not found"),
            ('model "', '" not found'),
            ("model name=", "is not found"),
            ("no endpoints found for",),
        ),
    ),
    Rule(
        _K.MODEL_MISSING,
        code="endpoint_missing",
        codes=_words("wrong_endpoint"),
        texts=("unexpected endpoint or method", "404 page not found", "this endpoint does not exist"),
    ),
    Rule(
        _K.AUTH,
        code="host_rejected",
        statuses=_statuses(400, 403),
        texts=("invalid host header",),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="no_chat_template",
        texts=(
            "default chat template is no longer allowed",
            "does not support chat completions api",
            "does not support chat",
            "no chat template",
            "chat_template is not set",
            "template not found",
        ),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="system_role_refused",
        texts=(
            "system role not supported",
            "system role is not supported",
            "only user and assistant roles",
            "system message must be at the beginning",
            "does not support system",
            "does not support 'system'",
            ("system", "role", "not supported"),
        ),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="roles_must_alternate",
        codes=_words("invalid_request_message_order"),
        texts=("roles must alternate", "no user query found", "last message must be from user"),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="prefill_refused",
        texts=("assistant response prefill", "assistant message prefill", "final assistant content cannot end"),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="template_refused",
        codes=_words("template_error"),
        texts=(
            "jinja exception",
            "templateerror",
            "raise_exception",
            "rendering prompt with jinja",
            "unable to generate parser for this template",
        ),
    ),
    Rule(
        _K.BAD_REQUEST,
        code="images_unsupported",
        texts=(
            "mmproj",
            "image input is not supported",
            "does not support image",
            "image urls are not currently",
            "vision add-on is not loaded",
            # Only a message with an image is sent in parts (engines.md 1a).
            'can only concatenate str (not "list")',
        ),
    ),
    Rule(_K.BAD_REQUEST, code="thinking_unsupported", texts=("does not support thinking",)),
    Rule(
        _K.BAD_REQUEST,  # errors of the request that come as 500: sent again, they fail again
        codes=_words("bad_input validation_error"),
        texts=(
            "error parsing input",
            "parse_error",
            "validation error",
            "payload is too big",
        ),
    ),
    Rule(
        _K.INVALID_OUTPUT,
        codes=_words("json_validate_failed"),
        texts=("model produced output that does not match",),
    ),
    Rule(
        _K.SERVER_ERROR,
        code="model_crashed",
        texts=(
            "model runner has unexpectedly stopped",
            "model has crashed",
            "channel error",
            "model is unloaded",
            "enginedead",
            "requires more system memory",
            "insufficient system resources",
            "runner process has terminated",
            "out of memory",
        ),
    ),
    Rule(
        _K.OVERLOAD,
        codes=_words(
            "server_is_overloaded slow_down overloaded overloaded_error provider_overloaded "
            "admission_rejected temporarily_unavailable service_unavailable capacity_exceeded"
        ),
        texts=(
            "server busy",
            "server is busy",
            "queue is full",
            "no slot available",
            "maximum pending requests",
            "model is overloaded",
        ),
    ),
    Rule(_K.RATE_LIMIT, codes=_words("rate_limit_exceeded rate_limit_error capacity_exhausted")),
    Rule(_K.RATE_LIMIT, statuses=_statuses(429)),
    Rule(_K.OVERLOAD, statuses=_statuses(503, 529)),
    Rule(
        _K.AUTH,
        codes=_words(
            "invalid_api_key authentication_error authentication authorization_error permission_denied "
            "permission_error region_restricted"
        ),
        texts=("api key not valid",),
    ),
    Rule(_K.AUTH, statuses=_statuses(401, 403, 407)),
    Rule(_K.MODEL_MISSING, statuses=_statuses(404), texts=("model",)),
    Rule(_K.MODEL_MISSING, code="endpoint_missing", statuses=_statuses(404, 405, 410, 501)),
    Rule(_K.MODEL_MISSING, code="redirected", statuses=_statuses(range(300, 400))),
    Rule(_K.SERVER_ERROR, statuses=_statuses(408, 409, 424, 425, 499, range(500, 600))),
    Rule(_K.BAD_REQUEST, statuses=_statuses(range(400, 500))),
)

OTHERWISE = Rule(FailureKind.SERVER_ERROR)
"""What holds when no rule does."""

# A failure inside a 200 has no status of its own: the type says which one it would have had.
STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "badrequesterror": 400,
    "validation": 422,
    "notfounderror": 404,
    "not_found_error": 404,
    "unavailable_error": 503,
    "not_supported_error": 501,
}
