"""What vLLM and SGLang say (servers.md 2.2, 2.4, 8)."""
# ruff: noqa: E501 - a table: one reply a line, in the server's own words

from __future__ import annotations

from llm.errors import FailureKind as K
from tests.llm.servers.corpus.base import KnownReply, flat, openai

_OLD = "This model's maximum context length is 2048 tokens. However, you requested 4096 tokens (4000 in the messages, 96 in the completion). Please reduce the length of the messages or completion."
_MIDDLE = "This model's maximum context length is 2048 tokens. However, your request has 4000 input tokens. Please reduce the length of the input messages."
_LIMIT = "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 2048 tokens and your request has 100 input tokens (4096 > 2048 - 100)."
_NEW = "You passed 4000 input tokens and requested 96 output tokens. However, the model's context length is only 2048 tokens, resulting in a maximum input length of 1952 tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=4000)"
_CHARACTERS = "You passed 90000 input characters and requested 96 output tokens. However, the model's context length is only 2048 tokens, resulting in a maximum input length of 1952 tokens (at most 58560 characters). Please reduce the length of the input prompt."
_TEMPLATE = "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one."
_ALTERNATE = "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."

VLLM = (
    KnownReply(400, flat(_OLD), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(_OLD, "BadRequestError", 400), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(_MIDDLE, "BadRequestError", 400), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(_LIMIT, "BadRequestError", 400, "max_tokens"), K.CONTEXT_OVERFLOW),
    KnownReply(400, openai(_NEW, "BadRequestError", 400, "input_tokens"), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, openai(_CHARACTERS, "BadRequestError", 400), K.CONTEXT_OVERFLOW),
    KnownReply(404, openai("The model `x` does not exist.", "NotFoundError", 404), K.MODEL_MISSING, "notfounderror", event=True),
    KnownReply(404, openai("The model `x` does not exist.", "NotFoundError", 404, "model"), K.MODEL_MISSING),
    KnownReply(404, flat("The model `x` does not exist.", "NotFoundError", 404), K.MODEL_MISSING, event=True),
    KnownReply(401, {"error": "Unauthorized"}, K.AUTH),
    KnownReply(400, flat(_TEMPLATE), K.BAD_REQUEST, "no_chat_template", event=True),
    KnownReply(400, openai(_TEMPLATE, "BadRequestError", 400), K.BAD_REQUEST, "no_chat_template"),
    KnownReply(400, openai("The model does not support Chat Completions API", "BadRequestError", 400), K.BAD_REQUEST, "no_chat_template"),
    KnownReply(404, openai("The model does not support Chat Completions API", "NotFoundError", 404), K.BAD_REQUEST, "no_chat_template"),
    KnownReply(400, openai("Conversation roles must alternate user/assistant/user/assistant/...", "BadRequestError", 400), K.BAD_REQUEST, "roles_must_alternate", event=True),
    KnownReply(400, flat(_ALTERNATE), K.BAD_REQUEST, "roles_must_alternate"),
    KnownReply(400, openai("System role not supported", "BadRequestError", 400), K.BAD_REQUEST, "system_role_refused", event=True),
    KnownReply(400, flat("Only user and assistant roles are supported!"), K.BAD_REQUEST, "system_role_refused"),
    KnownReply(400, openai("System message must be at the beginning.", "BadRequestError", 400), K.BAD_REQUEST, "system_role_refused"),
    KnownReply(400, openai("No user query found in messages.", "BadRequestError", 400), K.BAD_REQUEST, "roles_must_alternate"),
    KnownReply(400, openai("Stream options can only be defined when `stream=True`.", "BadRequestError", 400), K.BAD_REQUEST, "unsupported_param", "stream_options"),
    KnownReply(400, openai('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', "BadRequestError", 400), K.BAD_REQUEST),
    KnownReply(400, openai("Chat template is passed with request, but --trust-request-chat-template is not set. Refused request with untrusted chat template.", "BadRequestError", 400), K.BAD_REQUEST),
    KnownReply(400, openai("[{'type': 'extra_forbidden', 'loc': ('body', 'keep_alive'), 'msg': 'Extra inputs are not permitted', 'input': '30m'}]", "BadRequestError", 400), K.BAD_REQUEST, "unsupported_param", "keep_alive"),
    KnownReply(400, openai("1 validation error:\n  {'type': 'less_than_equal', 'loc': ('body', 'temperature'), 'msg': 'Input should be less than or equal to 2'}", "BadRequestError", 400), K.BAD_REQUEST, "unsupported_param", "temperature"),
    KnownReply(500, openai("EngineCore encountered an issue. See stack trace (above) for the root cause.", "InternalServerError", 500), K.SERVER_ERROR, event=True),
    KnownReply(500, openai("EngineDeadError", "InternalServerError", 500), K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, flat("CUDA out of memory. Tried to allocate 2.00 GiB", "InternalServerError", 500), K.SERVER_ERROR, "model_crashed", event=True),
    KnownReply(500, "Internal Server Error", K.SERVER_ERROR),
    KnownReply(503, openai("The request queue is full", "ServiceUnavailableError", 503), K.OVERLOAD, event=True),
    KnownReply(503, "", K.OVERLOAD),
    KnownReply(404, {"detail": "Not Found"}, K.MODEL_MISSING, "endpoint_missing"),
)  # fmt: skip

SGLANG = (
    KnownReply(400, flat("The input (4000 tokens) is longer than the model's context length (2048 tokens)."), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(400, flat("Requested token count exceeds the model's maximum context length of 2048 tokens. You requested a total of 4096 tokens: 4000 tokens from the input messages and 96 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit."), K.CONTEXT_OVERFLOW, event=True),
    KnownReply(200, {"error": {"object": "error", "message": "The input (4000 tokens) is longer than the model's context length (2048 tokens).", "type": "BadRequestError", "code": 400}}, K.CONTEXT_OVERFLOW),
    KnownReply(503, flat("The request queue is full.", "ServiceUnavailable", 503), K.OVERLOAD, event=True),
    KnownReply(200, {"error": {"object": "error", "message": "The request queue is full.", "type": "service_unavailable", "code": 503}}, K.OVERLOAD),
    KnownReply(401, {"error": "Unauthorized"}, K.AUTH),
    KnownReply(400, flat("Tool call error: Jinja Exception: System role not supported"), K.BAD_REQUEST, "system_role_refused"),
    KnownReply(400, flat("TemplateError: Conversation roles must alternate user/assistant"), K.BAD_REQUEST, "roles_must_alternate"),
    KnownReply(400, flat("1 validation error for ChatCompletionRequest\nresponse_format.type\n  Input should be 'text', 'json_object' or 'json_schema'"), K.BAD_REQUEST, "unsupported_param", "response_format"),
    KnownReply(500, flat("Internal server error: scheduler died", "InternalServerError", 500), K.SERVER_ERROR, event=True),
    KnownReply(503, "", K.OVERLOAD),
)  # fmt: skip
