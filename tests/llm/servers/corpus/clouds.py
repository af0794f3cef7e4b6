"""What OpenAI, OpenRouter and other clouds behind compatible interfaces say (servers.md 10, 11)."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, openai


def _router(code: int, message: str, **more: object) -> object:
    return {"error": {"code": code, "message": message, **more}}


def _available(code: int, name: str, **more: object) -> object:
    return _router(code, "x is not available", availability={"code": name, "requested_models": ["x"], **more})


OPENAI = (
    KnownReply(400, openai("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.", "invalid_request_error", "context_length_exceeded", "messages"), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai("Your input exceeds the context window of this model.", "invalid_request_error", "context_length_exceeded"), K.CONTEXT_OVERFLOW),
    KnownReply(400, openai("max_tokens is too large: 99999. This model supports at most 16384 completion tokens, whereas you provided 99999.", "invalid_request_error", "invalid_value", "max_tokens"), K.CONTEXT_OVERFLOW),
    KnownReply(401, openai("Incorrect API key provided: sk-no***no.", "invalid_request_error", "invalid_api_key"), K.AUTH, "invalid_api_key"),
    KnownReply(401, openai("You must be a member of an organization to use the API", "invalid_request_error", None), K.AUTH),
    KnownReply(403, openai("Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"), K.AUTH),
    KnownReply(403, openai("Project `x` does not have access to model `y`", "invalid_request_error", "model_not_found"), K.MODEL_MISSING),
    KnownReply(404, openai("The model `x` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"), K.MODEL_MISSING, "model_not_found", event=True),
    KnownReply(429, openai("Rate limit reached for x in organization y on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 46.7s. Visit the page.", "tokens", "rate_limit_exceeded"), K.RATE_LIMIT, "rate_limit_exceeded", retry_after=46.7, event=True),
    KnownReply(429, openai("Rate limit reached for requests", "requests", "rate_limit_exceeded"), K.RATE_LIMIT, retry_after=0.75, headers={"retry-after-ms": "750", "retry-after": "1"}),
    KnownReply(429, openai("Rate limit reached for requests", "requests", "rate_limit_exceeded"), K.RATE_LIMIT, retry_after=360, headers={"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}),
    KnownReply(429, openai("Rate limit", "requests", "rate_limit_exceeded"), K.RATE_LIMIT, retry_after=90, headers={"retry-after": "Mon, 23 Nov 2026 12:01:30 GMT"}),
    KnownReply(429, openai("Request too large for x in organization y on tokens per min (TPM): Limit 30000, Requested 40000.", "tokens", "rate_limit_exceeded"), K.CONTEXT_OVERFLOW),
    KnownReply(429, openai("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota"), K.QUOTA, "insufficient_quota", event=True),
    KnownReply(429, openai("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", None), K.QUOTA, retryable=False, headers={"x-should-retry": "false"}),
    KnownReply(429, openai("Out of credits", None, "credit_balance_exhausted"), K.QUOTA, "credit_balance_exhausted", event=True),
    KnownReply(429, openai("Billing hard limit has been reached", "invalid_request_error", "billing_hard_limit_reached"), K.QUOTA),
    KnownReply(403, openai("Your account is not active, please check your billing details on our website.", "billing_not_active", "billing_not_active"), K.QUOTA),
    KnownReply(503, openai("The server is currently overloaded with other requests.", "server_error", "server_is_overloaded"), K.OVERLOAD, "server_is_overloaded", event=True),
    KnownReply(503, openai("Slow down", "server_error", "slow_down"), K.OVERLOAD, "slow_down", event=True),
    KnownReply(503, openai("The engine is currently overloaded, please try again later", "server_error", None), K.OVERLOAD, event=False),
    KnownReply(500, openai("The server had an error while processing your request. Sorry about that!", "server_error", None), K.SERVER_ERROR, "server_error", retryable=True, headers={"x-should-retry": "true"}, event=False),
    KnownReply(200, openai("The server had an error while processing your request.", "server_error", None), K.SERVER_ERROR, "server_error"),
    KnownReply(400, openai("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "invalid_request_error", "unsupported_parameter", "max_tokens"), K.BAD_REQUEST, "unsupported_param", "max_tokens"),
    KnownReply(400, openai("Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", "invalid_request_error", "unsupported_value", "temperature"), K.BAD_REQUEST, "unsupported_param", "temperature"),
    KnownReply(400, openai("Unrecognized request argument supplied: keep_alive", "invalid_request_error", None), K.BAD_REQUEST, "unsupported_param", "keep_alive"),
    KnownReply(400, openai("Unknown parameter: 'chat_template_kwargs'.", "invalid_request_error", "unknown_parameter", "chat_template_kwargs"), K.BAD_REQUEST, "unsupported_param", "chat_template_kwargs"),
    KnownReply(400, openai("Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied and to be false.", "invalid_request_error", None, "response_format"), K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(400, openai("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "invalid_request_error", None, "messages"), K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(400, openai("Unsupported value: 'messages[0].role' does not support 'system' with this model.", "invalid_request_error", "unsupported_value", "messages[0].role"), K.BAD_REQUEST, "system_role_refused"),
    KnownReply(400, openai("Your request was rejected as a result of our safety system.", "invalid_request_error", "content_policy_violation"), K.CONTENT_FILTER, "content_policy_violation", event=True),
    KnownReply(400, openai("Array too long: expected at most 4", "invalid_request_error", "array_above_max_length", "stop"), K.BAD_REQUEST, "unsupported_param", "stop"),
)  # fmt: skip

OPENROUTER = (
    KnownReply(402, _router(402, "Insufficient credits. Add more using https://router.example/credits"), K.QUOTA, event=True),
    KnownReply(200, _router(402, "Insufficient credits"), K.QUOTA),
    KnownReply(400, _router(400, "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens (8900 of text input, 100 in the output)."), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, _router(400, "too long", metadata={"error_type": "context_length_exceeded", "provider_code": "400"}), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, _router(400, "too long", metadata={"error_type": "string_too_long"}), K.CONTEXT_OVERFLOW),
    KnownReply(400, _router(400, "too many", metadata={"error_type": "max_tokens_exceeded"}), K.CONTEXT_OVERFLOW),
    KnownReply(400, _router(400, "too many", metadata={"error_type": "token_limit_exceeded"}), K.CONTEXT_OVERFLOW),
    KnownReply(401, _router(401, "No auth credentials found"), K.AUTH, event=True),
    KnownReply(401, _router(401, "User not found.", metadata={"error_type": "authentication"}), K.AUTH, "authentication"),
    KnownReply(403, _router(403, "Your chosen model requires moderation and your input was flagged", metadata={"reasons": ["x"], "flagged_input": "x", "provider_name": "y"}), K.CONTENT_FILTER, event=True),
    KnownReply(403, _router(403, "denied", metadata={"error_type": "permission_denied"}), K.AUTH, "permission_denied", event=True),
    KnownReply(408, _router(408, "Your request timed out"), K.SERVER_ERROR, event=True),
    KnownReply(429, _router(429, "Rate limit exceeded: free-models-per-min."), K.RATE_LIMIT, retry_after=7, headers={"retry-after": "7"}),
    KnownReply(429, _router(429, "Provider returned error", metadata={"raw": "x is temporarily rate-limited upstream", "provider_name": "y", "error_type": "rate_limit_exceeded"}), K.RATE_LIMIT, "rate_limit_exceeded", event=True),
    KnownReply(502, _router(502, "Provider returned error"), K.SERVER_ERROR, event=True),
    KnownReply(503, _router(503, "No instances available"), K.OVERLOAD, event=True),
    KnownReply(404, _router(404, "No endpoints found for x."), K.MODEL_MISSING, event=True),
    KnownReply(400, _router(400, "x is not a valid model ID"), K.MODEL_MISSING, event=True),
    KnownReply(400, _available(400, "model_not_found", retryable=False), K.MODEL_MISSING, "model_not_found", retryable=False, event=True),
    KnownReply(400, _available(400, "wrong_endpoint", retryable=False), K.MODEL_MISSING, "endpoint_missing", retryable=False),
    KnownReply(404, _available(404, "no_endpoints", retryable=False), K.MODEL_MISSING, "no_endpoints", retryable=False, event=True),
    KnownReply(404, _available(404, "model_deprecated", retryable=False), K.MODEL_MISSING, "model_deprecated", retryable=False),
    KnownReply(404, _available(404, "model_unavailable_upstream", retryable=False), K.MODEL_MISSING, "model_unavailable_upstream", retryable=False),
    KnownReply(404, _available(404, "privacy_restricted", retryable=False), K.MODEL_MISSING, "privacy_restricted", retryable=False),
    KnownReply(404, _available(404, "constraint_filtered", retryable=False), K.MODEL_MISSING, "constraint_filtered", retryable=False),
    KnownReply(404, _available(404, "free_variant_ended", retryable=False), K.MODEL_MISSING, "free_variant_ended", retryable=False),
    KnownReply(403, _available(403, "region_restricted", retryable=False), K.AUTH, "region_restricted", retryable=False),
    KnownReply(429, _available(429, "capacity_exhausted", retryable=True, retry_after=12), K.RATE_LIMIT, "capacity_exhausted", retry_after=12, retryable=True, event=True),
    KnownReply(503, _available(503, "temporarily_unavailable", retryable=True, retry_after=3), K.OVERLOAD, "temporarily_unavailable", retry_after=3, retryable=True, headers={"retry-after": "60", "x-should-retry": "false"}, event=True),
    KnownReply(200, _router(500, "x", metadata={"error_type": "provider_overloaded"}), K.OVERLOAD, "provider_overloaded"),
    KnownReply(200, _router(500, "x", metadata={"error_type": "provider_unavailable"}), K.SERVER_ERROR, "provider_unavailable"),
    KnownReply(200, _router(400, "x", metadata={"error_type": "payment_required"}), K.QUOTA, "payment_required"),
)  # fmt: skip

_AZURE = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation"},
    }
}
_GOOGLE = {
    "error": {
        "code": 429,
        "message": "Resource has been exhausted (e.g. check quota).",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}],
    }
}


def _anthropic(type_: str, message: str) -> object:
    return {"type": "error", "error": {"type": type_, "message": message}}


OTHER_CLOUDS = (
    KnownReply(400, _AZURE, K.CONTENT_FILTER, "content_filter", event=True),
    KnownReply(404, openai("The API deployment for this resource does not exist.", None, "DeploymentNotFound"), K.MODEL_MISSING),
    KnownReply(429, openai("Requests have exceeded call rate limit of your current pricing tier. Please retry after 20 seconds.", None, "429"), K.RATE_LIMIT, retry_after=20, event=True),
    KnownReply(429, openai("Too many", None, "too_many_requests"), K.RATE_LIMIT, retry_after=2.5, headers={"x-ms-retry-after-ms": "2500"}),
    KnownReply(429, _GOOGLE, K.RATE_LIMIT, retry_after=34, event=True),
    KnownReply(400, {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}, K.AUTH),
    KnownReply(503, {"error": {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}}, K.OVERLOAD, event=True),
    KnownReply(529, _anthropic("overloaded_error", "Overloaded"), K.OVERLOAD, "overloaded_error", event=True),
    KnownReply(429, _anthropic("rate_limit_error", "This request would exceed your rate limit"), K.RATE_LIMIT, "rate_limit_error", event=True),
    KnownReply(401, _anthropic("authentication_error", "invalid x-api-key"), K.AUTH, "authentication_error", event=True),
    KnownReply(400, _anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, _anthropic("invalid_request_error", "Your credit balance is too low to access the API."), K.QUOTA),
    KnownReply(404, _anthropic("not_found_error", "model: x"), K.MODEL_MISSING),
    KnownReply(500, _anthropic("api_error", "Internal server error"), K.SERVER_ERROR, "api_error"),
    KnownReply(413, openai("Request too large for model `x` in organization `y` on tokens per minute (TPM): Limit 6000, Requested 9000", "tokens", "rate_limit_exceeded"), K.CONTEXT_OVERFLOW),
    KnownReply(429, openai("Rate limit reached for model `x`. Please try again in 1m30s.", "tokens", "rate_limit_exceeded"), K.RATE_LIMIT, retry_after=90, event=True),
    KnownReply(498, openai("Flex tier capacity exceeded", "server_error", "capacity_exceeded"), K.OVERLOAD),
    KnownReply(400, openai("Failed to generate JSON. Please adjust your prompt.", "invalid_request_error", "json_validate_failed"), K.INVALID_OUTPUT, "json_validate_failed"),
    KnownReply(402, {"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": None, "code": "invalid_request_error"}}, K.QUOTA),
    KnownReply(422, {"message": "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant", "type": "invalid_request_message_order", "code": "3230"}, K.BAD_REQUEST, "roles_must_alternate"),
    KnownReply(429, {"message": "Requests rate limit exceeded"}, K.RATE_LIMIT),
    KnownReply(503, {"error": "Model x is currently loading", "estimated_time": 20.0}, K.MODEL_LOADING, retry_after=20, event=True),
    KnownReply(400, openai("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", "invalid_request_error", "invalid_prompt"), K.CONTENT_FILTER, "invalid_prompt", event=True),
    KnownReply(403, openai("Request blocked: flagged by moderation", "moderation_blocked", None), K.CONTENT_FILTER, event=True),
    KnownReply(400, openai("Output blocked by content filtering policy", "invalid_request_error", None), K.CONTENT_FILTER, event=True),
    KnownReply(401, {"detail": "Unauthorized"}, K.AUTH),
)  # fmt: skip
