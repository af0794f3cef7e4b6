"""What LM Studio says (servers.md 3.1 to 3.3)."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, openai

_KEEP = "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 4000>= n_ctx: 2048). Try to load the model with a larger context length, or provide a shorter input."
_FIRST = "Trying to keep the first 4000 tokens when context the overflows. However, the model is loaded with context length of only 2048 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input"
_FIT = "Input does not fit in context length. The input has 31430 tokens, but the context length only supports 30000 tokens."

LM_STUDIO = (
    KnownReply(400, {"error": _KEEP}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, {"error": _FIRST}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(200, {"error": {"message": _FIT}, "message": _FIT}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(500, {"error": "Context size has been exceeded"}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, {"error": "Reached context length of 4096 tokens with model (arch: llama) that does not currently support mid-generation context overflow."}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(200, {"error": "Unexpected endpoint or method. (POST /v1/x)"}, K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(200, {"error": "Unexpected endpoint or method. (POST /v1/x). Returning 200 anyway"}, K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(404, {"error": {"message": "No models loaded. Please load a model in the developer page or use the `lms load` command.", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}, K.MODEL_MISSING, "model_not_found"),
    KnownReply(404, {"error": "No models loaded. Please load a model in the developer page or use the `lms load` command."}, K.MODEL_MISSING),
    KnownReply(404, openai("Model 'x' not found", "invalid_request_error", "model_not_found", "model"), K.MODEL_MISSING, "model_not_found", event=True),
    KnownReply(400, {"error": 'Failed to load model "x". Error: Model loading was stopped due to insufficient system resources.'}, K.SERVER_ERROR, "model_crashed"),
    KnownReply(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}, K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(400, {"error": "Invalid 'response_format.json_schema': the schema is not supported"}, K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(401, {"error": {"type": "invalid_request", "code": "invalid_api_key", "message": "An LM Studio API token is required to make requests to this server"}}, K.AUTH, "invalid_api_key", event=True),
    KnownReply(401, {"error": {"type": "invalid_request", "code": "invalid_api_key", "message": "Malformed LM Studio API token provided: no***"}}, K.AUTH, "invalid_api_key"),
    KnownReply(400, {"error": "Error rendering prompt with jinja template: \"Conversation roles must alternate user/assistant/user/assistant/...\"."}, K.BAD_REQUEST, "roles_must_alternate", event=True),
    KnownReply(400, {"error": "Error rendering prompt with jinja template: \"System role not supported\"."}, K.BAD_REQUEST, "system_role_refused", event=True),
    KnownReply(400, {"error": "Error rendering prompt with jinja template: \"Unknown StringValue filter: safe\"."}, K.BAD_REQUEST, "template_refused", event=True),
    KnownReply(500, {"error": "Jinja Exception: No user query found in messages."}, K.BAD_REQUEST, "roles_must_alternate"),
    KnownReply(400, {"error": "The model has crashed without additional information. (Exit code: 18446744072635812000)"}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(400, {"error": "Model is unloaded."}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(200, {"error": "Channel Error"}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(200, {"error": {"message": "The model has crashed without additional information. (Exit code: 6)"}, "message": "x"}, K.SERVER_ERROR, "model_crashed"),
    KnownReply(400, {"error": "Vision add-on is not loaded, but images were provided for processing"}, K.BAD_REQUEST, "images_unsupported"),
    KnownReply(400, {"error": "Model does not support images. Please use a model that does."}, K.BAD_REQUEST, "images_unsupported"),
    KnownReply(400, {"error": "'messages' field is required"}, K.BAD_REQUEST),
)  # fmt: skip
