"""What text-generation-webui, KoboldCpp, LocalAI, TGI, transformers and whatever stands in front of a server say.

(servers.md 4, 6, 7, 9, 13.4; engines.md 2, 3)
"""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, openai

TEXTGEN = (
    KnownReply(401, {"detail": "Unauthorized"}, K.AUTH),
    KnownReply(400, {"detail": "Invalid host header"}, K.AUTH, "host_rejected"),
    KnownReply(422, {"detail": [{"type": "missing", "loc": ["body", "messages"], "msg": "Field required", "input": {"model": "x"}}]}, K.BAD_REQUEST, "validation_error"),
    KnownReply(422, {"detail": [{"type": "json_invalid", "loc": ["body", 9], "msg": "JSON decode error", "input": {}, "ctx": {"error": "Expecting value"}}]}, K.BAD_REQUEST, "validation_error"),
    KnownReply(422, {"detail": [{"type": "float_parsing", "loc": ["body", "temperature"], "msg": "Input should be a valid number", "input": "hot"}]}, K.BAD_REQUEST, "unsupported_param", "temperature"),
    KnownReply(500, "Internal Server Error", K.SERVER_ERROR),
    KnownReply(400, openai("messages: missing or invalid role 'function'", "InvalidRequestError", None, "messages"), K.BAD_REQUEST),
    KnownReply(500, {"detail": "Failed to load the model."}, K.SERVER_ERROR),
    KnownReply(503, openai("The server is busy.", "ServiceUnavailableError"), K.OVERLOAD),
)  # fmt: skip

KOBOLDCPP = (
    KnownReply(503, {"detail": {"msg": "Server is busy; please try again later.", "type": "service_unavailable"}}, K.OVERLOAD, "service_unavailable", event=True),
    KnownReply(401, {"detail": {"error": "Unauthorized", "msg": "Authentication key is missing or invalid.", "type": "unauthorized"}}, K.AUTH, "unauthorized"),
    KnownReply(500, {"detail": {"msg": "Error parsing input.", "type": "bad_input"}}, K.BAD_REQUEST, "bad_input", event=True),
    KnownReply(500, "Payload is too big. Max payload size is 32MB.", K.BAD_REQUEST),
    KnownReply(404, "Error: KoboldCpp HTTP Server is running, but this endpoint does not exist. Please check the URL.", K.MODEL_MISSING, "endpoint_missing"),
)  # fmt: skip

LOCALAI = (
    KnownReply(404, openai('model "x" not found. To see available models, call GET /v1/models', "invalid_request_error", 404), K.MODEL_MISSING, event=True),
    KnownReply(503, {"error": {"message": "model is loading", "code": "model_loading", "type": "model_loading"}, "loading": {"model": "x"}}, K.MODEL_LOADING, "model_loading", retry_after=5, headers={"retry-after": "5"}, event=False),
    KnownReply(503, {"error": {"message": "x", "code": "model_loading", "type": "model_loading"}}, K.MODEL_LOADING, "model_loading", event=True),
    KnownReply(503, openai("too many requests in flight", "admission_rejected", 503), K.OVERLOAD, "admission_rejected", event=True),
    KnownReply(503, openai("backend is cooling down after a crash", "server_error", 503), K.OVERLOAD, event=True),
    KnownReply(429, openai("quota exceeded", "quota_exceeded", 429), K.QUOTA, "quota_exceeded", retry_after=3600, headers={"retry-after": "3600"}),
    KnownReply(401, openai("An authentication key is required", "authentication_error", 401), K.AUTH, "authentication_error", event=True),
    KnownReply(403, openai("forbidden", "authorization_error", 403), K.AUTH, "authorization_error", event=True),
    KnownReply(500, openai("rpc error: code = Unknown desc = request (900 tokens) exceeds the available context size (512 tokens), try increasing it", "", 500), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(500, openai("rpc error: code = Unavailable desc = error reading from server: EOF", "", 500), K.SERVER_ERROR, event=True),
    KnownReply(500, openai("could not load model: rpc error: code = Canceled desc = ", "", 500), K.SERVER_ERROR),
    KnownReply(500, "", K.SERVER_ERROR),
)  # fmt: skip

TGI = (
    KnownReply(422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 4000 `inputs` tokens and 96 `max_new_tokens`", "error_type": "validation"}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(422, {"error": "Input validation error: `inputs` must have less than 1024 tokens. Given: 4000", "error_type": "validation"}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(424, {"error": "Request failed during generation: CUDA out of memory", "error_type": "generation"}, K.SERVER_ERROR, "model_crashed"),
    KnownReply(424, {"error": "Request failed during generation: Server error", "error_type": "generation"}, K.SERVER_ERROR, "generation"),
    KnownReply(429, {"error": "Model is overloaded", "error_type": "overloaded"}, K.OVERLOAD, "overloaded", event=True),
    KnownReply(422, {"error": "Input validation error: `temperature` must be strictly positive", "error_type": "validation"}, K.BAD_REQUEST, "unsupported_param", "temperature", event=True),
    KnownReply(422, {"error": "Input validation error: `stop` supports up to 4 stop sequences. Given: 6", "error_type": "validation"}, K.BAD_REQUEST, "unsupported_param", "stop"),
    KnownReply(422, {"error": "Template error: System role not supported", "error_type": "template_error"}, K.BAD_REQUEST, "system_role_refused"),
    KnownReply(422, {"error": "Template error: undefined value", "error_type": "template_error"}, K.BAD_REQUEST, "template_refused", event=True),
    KnownReply(422, {"error": "Template error: template not found", "error_type": "template_error"}, K.BAD_REQUEST, "no_chat_template"),
    KnownReply(422, {"error": "Tool error: Grammar and tools are mutually exclusive", "error_type": "tool_error"}, K.BAD_REQUEST, "tool_error"),
    KnownReply(500, {"error": "Incomplete generation", "error_type": "incomplete_generation"}, K.SERVER_ERROR, "incomplete_generation"),
    KnownReply(503, {"error": "unhealthy", "error_type": "healthcheck"}, K.OVERLOAD, "healthcheck"),
    KnownReply(422, "Failed to deserialize the JSON body into the target type: response_format: missing field `value` at line 1 column 99", K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(200, {"error": {"message": "Input validation error: `temperature` must be strictly positive", "http_status_code": 422}}, K.BAD_REQUEST, "unsupported_param", "temperature"),
    KnownReply(200, {"error": {"message": "Request failed during generation: Server error", "http_status_code": 424}}, K.SERVER_ERROR),
)  # fmt: skip

TRANSFORMERS = (
    KnownReply(500, "Internal Server Error", K.SERVER_ERROR),
    KnownReply(422, {"detail": "Unexpected fields in the request: {'seed'}"}, K.BAD_REQUEST, "unsupported_param", "seed"),
    KnownReply(422, {"detail": "Unexpected fields in the request: {'stream_options'}"}, K.BAD_REQUEST, "unsupported_param", "stream_options"),
    KnownReply(422, {"detail": "Unexpected fields in the request: {'nonsense'}"}, K.BAD_REQUEST),
    KnownReply(400, {"detail": "Server is pinned to './tiny-chat'; requested 'no-such'."}, K.MODEL_MISSING),
)  # fmt: skip

GATEWAYS = (
    KnownReply(502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.27.4</center>\r\n</body>\r\n</html>\r\n", K.SERVER_ERROR),
    KnownReply(504, "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n", K.SERVER_ERROR),
    KnownReply(413, "<html><head><title>413 Request Entity Too Large</title></head><body></body></html>", K.BAD_REQUEST),
    KnownReply(503, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>", K.OVERLOAD, retry_after=30, headers={"retry-after": "30"}),
    KnownReply(522, "<!DOCTYPE html><title>host.example | 522: Connection timed out</title>", K.SERVER_ERROR),
    KnownReply(520, "error code: 520", K.SERVER_ERROR),
    KnownReply(403, "<!DOCTYPE html><title>Just a moment...</title>", K.AUTH),
    KnownReply(429, "<html><body>429 Too Many Requests</body></html>", K.RATE_LIMIT, retry_after=1.5, headers={"retry-after-ms": "1500"}),
    KnownReply(404, "<html><head><title>404 Not Found</title></head></html>", K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(502, "", K.SERVER_ERROR),
    KnownReply(504, "upstream request timeout", K.SERVER_ERROR),
    KnownReply(408, "", K.SERVER_ERROR),
    KnownReply(425, "", K.SERVER_ERROR),
    KnownReply(409, "", K.SERVER_ERROR),
    KnownReply(529, "", K.OVERLOAD),
    KnownReply(418, "", K.BAD_REQUEST),
    KnownReply(401, "Authorization Required", K.AUTH, headers={"www-authenticate": "Basic"}),
    KnownReply(407, "", K.AUTH),
    KnownReply(307, "", K.MODEL_MISSING, "redirected"),
    KnownReply(301, "<html>301 Moved Permanently</html>", K.MODEL_MISSING, "redirected"),
    KnownReply(500, {"message": "An unexpected error occurred"}, K.SERVER_ERROR),
    KnownReply(429, {"message": "API rate limit exceeded"}, K.RATE_LIMIT),
    KnownReply(503, {"message": "failure to get a peer from the ring-balancer"}, K.OVERLOAD),
    KnownReply(200, {"error": "something odd"}, K.SERVER_ERROR),
    KnownReply(200, {"error": {"message": "odd", "type": "invalid_request_error"}}, K.BAD_REQUEST, "invalid_request_error"),
    KnownReply(200, {"message": "Unauthorized", "code": 401}, K.AUTH),
    KnownReply(500, openai("litellm.ContextWindowExceededError: prompt is too long: 9 tokens > 8 maximum", None, "500"), K.CONTEXT_OVERFLOW),
    KnownReply(400, openai("litellm.BadRequestError: UnsupportedParamsError: x does not support parameters: ['seed']", None, "400"), K.BAD_REQUEST, "unsupported_param", "seed"),
)  # fmt: skip
