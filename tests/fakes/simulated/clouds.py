"""Simulated OpenAI, OpenRouter and a compatible server that says nothing of itself (servers.md 10, 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes import servers
from tests.fakes.replies import Json, Reply, Request, SsePart, chunk
from tests.fakes.simulated.base import Answer, Asked, Simulated, openai_error
from tests.fakes.simulated.brain import Said, cost

KNOWN_TO_OPENAI = frozenset(
    {
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "stop",
        "seed", "response_format", "reasoning_effort",
    }
)  # fmt: skip


class OpenAI(Simulated):
    """Wants a key, refuses every field that is not its own, more than four stop strings, JSON that nobody asked for."""

    model = "gpt-4o-mini"
    key = "sk-simulated-key"

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return openai_error(
                "Incorrect API key provided: sk-no***no.", 401, "invalid_request_error", "invalid_api_key"
            )
        unknown = sorted(set(asked.body) - KNOWN_TO_OPENAI)
        if unknown:
            words = f"Unknown parameter: '{unknown[0]}'."
            return openai_error(words, 400, "invalid_request_error", "unknown_parameter")
        stops = asked.body.get("stop")
        if isinstance(stops, list) and len(stops) > 4:
            return openai_error("Array too long", 400, "invalid_request_error", "array_above_max_length")
        form = asked.body.get("response_format")
        held = isinstance(form, dict) and form["type"] == "json_object"
        if held and not any("json" in message.text.lower() for message in asked.messages):
            words = (
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
            )
            return openai_error(words, 400, "invalid_request_error")
        return super().refusal(request, asked)

    def role_refused(self) -> Reply:
        words = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
        return openai_error(words, 400, "invalid_request_error", "unsupported_value")

    def chunk(self, asked: Asked, delta: Mapping[str, object], *, finish: str | None = None) -> dict[str, object]:
        return chunk(delta, finish=finish, model=self.model, more={"usage": None, "obfuscation": "x7"})

    def mid_stream_error(self) -> Sequence[SsePart]:
        words = "The server had an error while processing your request. Sorry about that!"
        return [{"error": {"message": words, "type": "server_error", "param": None, "code": None}}]


class OpenRouter(Simulated):
    """Comments while it waits, usage always, errors inside good chunks."""

    model = "vendor/some-model"

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        return [[": OPENROUTER PROCESSING\n\n"] * 2, *super().begin(asked, answer)]

    def counts(self, asked: Asked) -> bool:
        return True

    def role_refused(self) -> Reply:
        return Json(
            {"error": {"code": 400, "message": "Provider returned error: System role not supported"}}, status=400
        )

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        message = (
            f"This endpoint's maximum context length is {self.context} tokens. However, you requested about "
            f"{cost(asked.messages)} tokens ({cost(asked.messages)} of text input)."
        )
        return Json({"error": {"code": 400, "message": message}}, status=400)

    def mid_stream_error(self) -> Sequence[SsePart]:
        broken = chunk({"content": ""}, finish="error", model=self.model)
        return [{**broken, "error": {"code": 502, "message": "Provider disconnected"}}]


class Generic(Simulated):
    """Gives its models and chats; its streams break without a word."""

    def install(self) -> None:
        servers.generic(self.server, self.model)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if "response_format" in asked.body:
            return openai_error("Unrecognized request argument supplied: response_format", 400, "invalid_request_error")
        return super().refusal(request, asked)

    def mid_stream_error(self) -> Sequence[SsePart]:
        return []
