"""What Ollama says (servers.md 1.3, 1.4, 1.6)."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, nested, openai

_OVERFLOW = {
    "error": {
        "code": 400,
        "message": "request (9 tokens) exceeds the available context size (5 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 9,
        "n_ctx": 5,
    }
}
_LONGER = "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length"
_CRASHED = "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details"
_BUSY = "server busy, please try again.  maximum pending requests exceeded"

OLLAMA = (
    KnownReply(400, nested(_OVERFLOW), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(nested(_OVERFLOW)["error"], "invalid_request_error"), K.CONTEXT_OVERFLOW, event=True),  # type: ignore[index]
    KnownReply(400, {"error": _LONGER}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(_LONGER, "invalid_request_error"), K.CONTEXT_OVERFLOW),
    KnownReply(400, {"error": "the input length exceeds the context length"}, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(404, {"error": "model 'x' not found"}, K.MODEL_MISSING, event=True),
    KnownReply(404, {"error": 'model "x" not found, try pulling it first'}, K.MODEL_MISSING, event=True),
    KnownReply(404, openai('model "x" not found, try pulling it first', "not_found_error"), K.MODEL_MISSING, "not_found_error"),
    KnownReply(404, "404 page not found", K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(400, {"error": "model is required"}, K.BAD_REQUEST),
    KnownReply(400, openai("model is required", "invalid_request_error"), K.BAD_REQUEST, "invalid_request_error", event=True),
    KnownReply(400, openai("[] is too short - 'messages'", "invalid_request_error"), K.BAD_REQUEST),
    KnownReply(400, {"error": '"x" does not support chat'}, K.BAD_REQUEST, "no_chat_template"),
    KnownReply(400, openai('"x" does not support chat', "invalid_request_error"), K.BAD_REQUEST, "no_chat_template"),
    KnownReply(400, {"error": '"x" does not support generate'}, K.BAD_REQUEST),
    KnownReply(400, {"error": '"x" does not support thinking'}, K.BAD_REQUEST, "thinking_unsupported"),
    KnownReply(400, openai('"x" does not support thinking', "invalid_request_error"), K.BAD_REQUEST, "thinking_unsupported", event=True),
    KnownReply(400, {"error": "registry.ollama.ai/library/x:latest does not support tools"}, K.BAD_REQUEST),
    KnownReply(400, {"error": 'invalid format: "jason"; expected "json" or a valid JSON Schema object'}, K.BAD_REQUEST, "unsupported_param", "format"),
    KnownReply(400, openai("image URLs are not currently supported, please use base64 encoded data instead", "invalid_request_error"), K.BAD_REQUEST, "images_unsupported"),
    KnownReply(400, openai("invalid reasoning value: 'huge' (must be \"high\", \"medium\", \"low\", or \"none\")", "invalid_request_error"), K.BAD_REQUEST, "unsupported_param", "reasoning"),
    KnownReply(503, {"error": _BUSY}, K.OVERLOAD, event=True),
    KnownReply(503, openai(_BUSY, "api_error"), K.OVERLOAD, "api_error", event=True),
    KnownReply(499, {"error": "request canceled"}, K.SERVER_ERROR),
    KnownReply(500, {"error": _CRASHED}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, openai(_CRASHED, "api_error"), K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, {"error": "model requires more system memory (9.1 GiB) than is available (8.2 GiB)"}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, {"error": "llama runner process has terminated: exit status 2"}, K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, {"error": "timed out waiting for llama runner to start: context deadline exceeded"}, K.SERVER_ERROR),
    KnownReply(500, nested({"error": {"code": 500, "message": "Jinja Exception: System role not supported", "type": "server_error"}}), K.BAD_REQUEST, "system_role_refused", event=True),
    KnownReply(401, {"error": "unauthorized", "signin_url": "https://ollama.example/connect?name=x"}, K.AUTH),
    KnownReply(403, {"error": "remote inference is disabled"}, K.AUTH),
    KnownReply(403, "", K.AUTH),
    KnownReply(429, {"error": "you have reached your hourly usage limit"}, K.RATE_LIMIT),
    KnownReply(429, {"error": "too many concurrent requests"}, K.RATE_LIMIT, retry_after=12, headers={"retry-after": "12"}),
    KnownReply(502, {"error": "upstream error"}, K.SERVER_ERROR),
)  # fmt: skip
