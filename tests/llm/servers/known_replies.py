"""Replies of all known servers, as servers.md and engines.md have them, and which failure each is."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

import json

from llm.errors import FailureKind

K = FailureKind


def openai(message: str, type_: str | None = None, code: object = None) -> object:
    return {"error": {"message": message, "type": type_, "param": None, "code": code}}


OVERFLOWS = [
    (400, {"error": {"code": 400, "message": "request (4509 tokens) exceeds the available context size (512 tokens), try increasing it", "type": "exceed_context_size_error", "n_prompt_tokens": 4509, "n_ctx": 512}}),
    (400, {"error": json.dumps({"error": {"code": 400, "message": "request (9 tokens) exceeds the available context size (5 tokens)", "type": "exceed_context_size_error"}})}),
    (400, {"error": "the prompt is longer than the context length currently available to the model; shorten the prompt"}),
    (400, {"error": "the input length exceeds the context length"}),
    (400, {"object": "error", "message": "This model's maximum context length is 10 tokens. However, you requested 20 tokens.", "type": "BadRequestError", "param": None, "code": 400}),
    (400, openai("'max_tokens' or 'max_completion_tokens' is too large: 99.", "BadRequestError", 400)),
    (400, openai("You passed 9 input tokens and requested 9 output tokens. However, the model's context length is only 8 tokens", "BadRequestError", 400)),
    (400, {"error": "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 9>= n_ctx: 8)."}),
    (400, {"error": "Trying to keep the first 9 tokens when context the overflows. However, the model is loaded with context length of only 8 tokens"}),
    (200, {"error": {"message": "Input does not fit in context length. The input has 31430 tokens"}, "message": "x"}),
    (500, {"error": "Context size has been exceeded"}),
    (500, openai("the request exceeds the available context size, try increasing it", "server_error", 500)),
    (400, {"object": "error", "message": "The input (9 tokens) is longer than the model's context length (8 tokens).", "type": "BadRequestError", "code": 400}),
    (400, {"object": "error", "message": "Requested token count exceeds the model's maximum context length of 8 tokens.", "type": "BadRequestError", "code": 400}),
    (422, {"error": "`inputs` tokens + `max_new_tokens` must be <= 8. Given: 9 `inputs` tokens and 1 `max_new_tokens`", "error_type": "validation"}),
    (422, {"error": "`inputs` must have less than 8 tokens. Given: 9", "error_type": "validation"}),
    (400, openai("Your messages resulted in 9 tokens.", "invalid_request_error", "context_length_exceeded")),
    (200, {"error": {"code": 400, "message": "too long", "metadata": {"error_type": "context_length_exceeded"}}}),
]  # fmt: skip


REPLIES: list[tuple[int | None, object, FailureKind, str | None]] = [
    # Ollama
    (404, {"error": "model 'x' not found"}, K.MODEL_MISSING, None),
    (404, openai('model "x" not found, try pulling it first', "not_found_error"), K.MODEL_MISSING, "not_found_error"),
    (404, "404 page not found", K.MODEL_MISSING, "endpoint_missing"),
    (400, openai("model is required", "invalid_request_error"), K.BAD_REQUEST, "invalid_request_error"),
    (400, openai('"x" does not support chat', "no_chat_template"), K.BAD_REQUEST, "no_chat_template"),
    (503, {"error": "server busy, please try again.  maximum pending requests exceeded"}, K.OVERLOAD, None),
    (499, {"error": "request canceled"}, K.SERVER_ERROR, None),
    (500, {"error": "model runner has unexpectedly stopped, this may be due to resource limitations"}, K.SERVER_ERROR, "model_crashed"),
    (500, {"error": "model requires more system memory (9 GiB) than is available (8 GiB)"}, K.SERVER_ERROR, "model_crashed"),
    (401, {"error": "unauthorized", "signin_url": "https://x"}, K.AUTH, None),
    (403, "", K.AUTH, None),
    # vLLM
    (404, openai("The model `x` does not exist.", "NotFoundError", 404), K.MODEL_MISSING, "notfounderror"),
    (401, {"error": "Unauthorized"}, K.AUTH, None),
    (400, openai("As of transformers v4.44, default chat template is no longer allowed, so you must provide"), K.BAD_REQUEST, "no_chat_template"),
    (400, openai("Conversation roles must alternate user/assistant/user/assistant/...", "BadRequestError", 400), K.BAD_REQUEST, "roles_must_alternate"),
    (500, openai("EngineDeadError", "InternalServerError", 500), K.SERVER_ERROR, "model_crashed"),
    (400, openai("The model does not support Chat Completions API"), K.BAD_REQUEST, "no_chat_template"),
    # LM Studio
    (200, {"error": "Unexpected endpoint or method. (POST /v1/x)"}, K.MODEL_MISSING, "endpoint_missing"),
    (404, {"error": "No models loaded. Please load a model in the developer page or use the `lms load` command."}, K.MODEL_MISSING, None),
    (400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}, K.BAD_REQUEST, "unsupported_param"),
    (401, {"error": {"type": "invalid_request", "code": "invalid_api_key", "message": "An LM Studio API token is required"}}, K.AUTH, "invalid_api_key"),
    (200, {"error": {"type": "x", "code": "invalid_api_key", "message": "no"}}, K.AUTH, "invalid_api_key"),
    (400, {"error": "Error rendering prompt with jinja template: bad"}, K.BAD_REQUEST, "template_refused"),
    (400, {"error": "The model has crashed without additional information. (Exit code: 6)"}, K.SERVER_ERROR, "model_crashed"),
    (400, {"error": "Model is unloaded."}, K.SERVER_ERROR, "model_crashed"),
    (200, {"error": "Channel Error"}, K.SERVER_ERROR, "model_crashed"),
    # text-generation-webui
    (401, {"detail": "Unauthorized"}, K.AUTH, None),
    (400, {"detail": "Invalid host header"}, K.AUTH, "host_rejected"),
    (422, {"detail": [{"loc": ["body", "messages"], "msg": "Field required", "type": "missing"}]}, K.BAD_REQUEST, "validation_error"),
    (500, "Internal Server Error", K.SERVER_ERROR, None),
    # llama-server
    (503, openai("Loading model", "unavailable_error", 503), K.MODEL_LOADING, "unavailable_error"),
    (503, openai("no slot available", "unavailable_error", 503), K.OVERLOAD, "unavailable_error"),
    (200, openai("no slot available", "unavailable_error", 503), K.OVERLOAD, "unavailable_error"),
    (401, openai("Invalid API Key", "authentication_error", 401), K.AUTH, "authentication_error"),
    (404, openai("File Not Found", "not_found_error", 404), K.MODEL_MISSING, "endpoint_missing"),
    (500, openai("Jinja Exception: System role not supported", "server_error", 500), K.BAD_REQUEST, "system_role_refused"),
    (500, openai("[json.exception.parse_error.101] parse error at line 1", "server_error", 500), K.BAD_REQUEST, "server_error"),
    (500, openai("image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", "server_error", 500), K.BAD_REQUEST, "images_unsupported"),
    (500, openai("The model produced output that does not match the expected peg-native format", "server_error", 500), K.INVALID_OUTPUT, "server_error"),
    (501, openai("This server does not support embeddings.", "not_supported_error", 501), K.MODEL_MISSING, "endpoint_missing"),
    (400, openai("model 'nope' not found", "invalid_request_error", 400), K.MODEL_MISSING, "invalid_request_error"),
    (400, openai("model name is missing from the request", "invalid_request_error", 400), K.MODEL_MISSING, "invalid_request_error"),
    (500, openai("model name=x is not found", "server_error", 500), K.MODEL_MISSING, "server_error"),
    (500, openai("failed to load", "server_error", 500), K.SERVER_ERROR, "server_error"),
    # KoboldCpp
    (503, {"detail": {"msg": "Server is busy; please try again later.", "type": "service_unavailable"}}, K.OVERLOAD, "service_unavailable"),
    (401, {"detail": {"error": "Unauthorized", "msg": "Authentication key is missing or invalid.", "type": "unauthorized"}}, K.AUTH, "unauthorized"),
    (500, {"detail": {"msg": "Error parsing input.", "type": "bad_input"}}, K.BAD_REQUEST, "bad_input"),
    # LocalAI
    (404, openai('model "x" not found. To see available models, call GET /v1/models', "invalid_request_error", 404), K.MODEL_MISSING, "invalid_request_error"),
    (503, {"error": {"message": "wait", "code": "model_loading", "type": "model_loading"}, "loading": {}}, K.MODEL_LOADING, "model_loading"),
    (503, openai("no", "admission_rejected", 503), K.OVERLOAD, "admission_rejected"),
    (429, openai("no", "quota_exceeded", 429), K.QUOTA, "quota_exceeded"),
    (403, openai("no", "authorization_error", 403), K.AUTH, "authorization_error"),
    (500, {"error": {"code": 500, "message": "", "type": ""}}, K.SERVER_ERROR, None),
    # SGLang
    (503, {"object": "error", "message": "The request queue is full.", "type": "x", "code": 503}, K.OVERLOAD, "x"),
    (200, {"object": "error", "message": "The request queue is full."}, K.OVERLOAD, None),
    # TGI
    (424, {"error": "Request failed during generation", "error_type": "generation"}, K.SERVER_ERROR, "generation"),
    (429, {"error": "Model is overloaded", "error_type": "overloaded"}, K.OVERLOAD, "overloaded"),
    (422, {"error": "`stop` supports up to 4 stop sequences", "error_type": "validation"}, K.BAD_REQUEST, "unsupported_param"),
    (422, {"error": "no", "error_type": "template_error"}, K.BAD_REQUEST, "template_refused"),
    (200, {"error": {"message": "no", "http_status_code": 422}}, K.BAD_REQUEST, None),
    # OpenAI
    (401, openai("Incorrect API key provided", "invalid_request_error", "invalid_api_key"), K.AUTH, "invalid_api_key"),
    (404, openai("The model `x` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"), K.MODEL_MISSING, "model_not_found"),
    (429, openai("Rate limit reached", "requests", "rate_limit_exceeded"), K.RATE_LIMIT, "rate_limit_exceeded"),
    (429, openai("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota"), K.QUOTA, "insufficient_quota"),
    (429, openai("x", None, "credit_balance_exhausted"), K.QUOTA, "credit_balance_exhausted"),
    (503, openai("x", "server_error", "slow_down"), K.OVERLOAD, "slow_down"),
    (400, openai("Unsupported parameter: 'max_tokens'", "invalid_request_error", "unsupported_param"), K.BAD_REQUEST, "unsupported_param"),
    (400, openai("x", "invalid_request_error", "content_policy_violation"), K.CONTENT_FILTER, "content_policy_violation"),
    # OpenRouter
    (402, openai("Insufficient credits", None, 402), K.QUOTA, None),
    (200, {"error": {"code": 402, "message": "Insufficient credits"}}, K.QUOTA, None),
    (403, {"error": {"code": 403, "message": "no", "metadata": {"reasons": ["x"], "flagged_input": "x"}}}, K.CONTENT_FILTER, None),
    (200, {"error": {"code": 502, "message": "Provider returned error"}}, K.SERVER_ERROR, None),
    (400, {"error": {"code": 400, "message": "x", "availability": {"code": "model_not_found", "retryable": False}}}, K.MODEL_MISSING, "model_not_found"),
    (404, {"error": {"code": 404, "message": "x", "availability": {"code": "no_endpoints"}}}, K.MODEL_MISSING, "no_endpoints"),
    (429, {"error": {"code": 429, "message": "x", "availability": {"code": "capacity_exhausted"}}}, K.RATE_LIMIT, "capacity_exhausted"),
    (503, {"error": {"code": 503, "message": "x", "availability": {"code": "temporarily_unavailable"}}}, K.OVERLOAD, "temporarily_unavailable"),
    # llama-cpp-python and transformers serve, as observed
    (500, openai("1 validation error:\n {'type': 'literal_error'}", "internal_server_error"), K.BAD_REQUEST, "internal_server_error"),
    (500, openai('can only concatenate str (not "list") to str', "internal_server_error"), K.BAD_REQUEST, "internal_server_error"),
    (400, {"detail": "Server is pinned to './tiny-chat'; requested 'no-such'."}, K.MODEL_MISSING, None),
    (405, {"detail": "Method Not Allowed"}, K.MODEL_MISSING, "endpoint_missing"),
    # anything else
    (502, "<html><h1>502 Bad Gateway</h1></html>", K.SERVER_ERROR, None),
    (504, "", K.SERVER_ERROR, None),
    (408, "", K.SERVER_ERROR, None),
    (529, "", K.OVERLOAD, None),
    (413, "", K.BAD_REQUEST, None),
    (418, "", K.BAD_REQUEST, None),
    (307, "", K.MODEL_MISSING, "redirected"),
    (200, {"error": "something odd"}, K.SERVER_ERROR, None),
    (200, {"error": {"message": "odd", "type": "invalid_request_error"}}, K.BAD_REQUEST, "invalid_request_error"),
    (None, None, K.SERVER_ERROR, None),
]  # fmt: skip
