"""What llama-server and the server of llama-cpp-python say (servers.md 5; engines.md 1)."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, openai

_EXCEEDS = {
    "error": {
        "code": 400,
        "message": "request (4509 tokens) exceeds the available context size (512 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 4509,
        "n_ctx": 512,
    }
}
_PARSER = "Unable to generate parser for this template. Automatic parser generation failed: \n------------\nWhile executing CallExpression at line 1, column 9 in source:\nError: Jinja Exception: System role not supported"


def _server(status: int, message: str, type_: str) -> object:
    return {"error": {"code": status, "message": message, "type": type_}}


LLAMA_SERVER = (
    KnownReply(400, _EXCEEDS, K.CONTEXT_OVERFLOW, event=True),
    KnownReply(500, _server(500, "the request exceeds the available context size, try increasing it", "server_error"), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(500, _server(500, "Context size has been exceeded.", "server_error"), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(503, _server(503, "Loading model", "unavailable_error"), K.MODEL_LOADING, "unavailable_error", event=True),
    KnownReply(503, openai("Loading model", "unavailable_error", 503), K.MODEL_LOADING, retry_after=2, headers={"retry-after": "2"}),
    KnownReply(503, _server(503, "no slot available", "unavailable_error"), K.OVERLOAD, "unavailable_error", event=True),
    KnownReply(401, _server(401, "Invalid API Key", "authentication_error"), K.AUTH, "authentication_error", event=True),
    KnownReply(403, _server(403, "This feature is disabled", "permission_error"), K.AUTH, "permission_error"),
    KnownReply(404, _server(404, "File Not Found", "not_found_error"), K.MODEL_MISSING, "endpoint_missing", event=True),
    KnownReply(500, _server(500, "Jinja Exception: System role not supported", "server_error"), K.BAD_REQUEST, "system_role_refused", event=True),
    KnownReply(500, _server(500, "Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...", "server_error"), K.BAD_REQUEST, "roles_must_alternate", event=True),
    KnownReply(500, _server(500, "Jinja Exception: this is not for you", "server_error"), K.BAD_REQUEST, "template_refused", event=True),
    KnownReply(400, _server(400, _PARSER, "invalid_request_error"), K.BAD_REQUEST, "system_role_refused", event=True),
    KnownReply(400, _server(400, _PARSER.replace("System role not supported", "odd"), "invalid_request_error"), K.BAD_REQUEST, "template_refused"),
    KnownReply(400, _server(400, "'messages' is required", "invalid_request_error"), K.BAD_REQUEST, "invalid_request_error", event=True),
    KnownReply(400, _server(400, 'response_format type must be one of "text" or "json_object", but got: nonsense', "invalid_request_error"), K.BAD_REQUEST, "unsupported_param", "response_format", event=True),
    KnownReply(400, _server(400, "Cannot use custom grammar constraints with tools.", "invalid_request_error"), K.BAD_REQUEST, "unsupported_param", "grammar"),
    KnownReply(400, _server(400, "Cannot have 2 or more assistant messages at the end of the list.", "invalid_request_error"), K.BAD_REQUEST),
    KnownReply(400, _server(400, "Assistant response prefill is incompatible with enable_thinking.", "invalid_request_error"), K.BAD_REQUEST, "prefill_refused"),
    KnownReply(400, _server(400, "failed to parse grammar", "invalid_request_error"), K.BAD_REQUEST, "unsupported_param", "grammar"),
    KnownReply(500, _server(500, "[json.exception.parse_error.101] parse error at line 1, column 10: syntax error", "server_error"), K.BAD_REQUEST),
    KnownReply(500, _server(500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", "server_error"), K.BAD_REQUEST, "images_unsupported", event=True),
    KnownReply(500, _server(500, "The model produced output that does not match the expected peg-native format", "server_error"), K.INVALID_OUTPUT, event=True),
    KnownReply(501, _server(501, "This server does not support embeddings. Start it with `--embeddings`", "not_supported_error"), K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(501, _server(501, "This server does not support completions.", "not_supported_error"), K.MODEL_MISSING, "endpoint_missing"),
    KnownReply(400, _server(400, "model 'nope' not found", "invalid_request_error"), K.MODEL_MISSING, event=True),
    KnownReply(400, _server(400, "model name is missing from the request", "invalid_request_error"), K.MODEL_MISSING),
    KnownReply(500, _server(500, "model name=x is not found", "server_error"), K.MODEL_MISSING, event=True),
    KnownReply(500, _server(500, "model name=x failed to load", "server_error"), K.SERVER_ERROR),
    KnownReply(500, _server(500, "input is too large to process. increase the physical batch size", "server_error"), K.CONTEXT_OVERFLOW),
)  # fmt: skip

LLAMA_CPP_PYTHON = (
    KnownReply(400, openai("This model's maximum context length is 512 tokens. However, you requested 14418 tokens (14414 in the messages, 4 in the completion). Please reduce the length of the messages or completion.", "invalid_request_error", "context_length_exceeded", "messages"), K.CONTEXT_OVERFLOW),
    KnownReply(500, openai("1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}", "internal_server_error"), K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(500, openai('can only concatenate str (not "list") to str', "internal_server_error"), K.BAD_REQUEST, "images_unsupported"),
    KnownReply(500, "Internal Server Error", K.SERVER_ERROR),
    KnownReply(500, openai("Requested tokens (600) exceed context window of 512", "internal_server_error"), K.CONTEXT_OVERFLOW),
    KnownReply(405, {"detail": "Method Not Allowed"}, K.MODEL_MISSING, "endpoint_missing"),
)  # fmt: skip
