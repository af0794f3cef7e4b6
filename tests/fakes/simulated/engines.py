"""Simulated vLLM, SGLang, TGI, llama-server, KoboldCpp and LocalAI (servers.md 2, 5 to 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes import servers
from tests.fakes.replies import Json, Reply, Request, Sse, SsePart, Step, Text, chunk, event
from tests.fakes.simulated.base import Answer, Asked, Simulated, openai_error
from tests.fakes.simulated.brain import Said, cost

READ_IN_A_SECOND = 1500
WRITTEN_IN_A_SECOND = 40
"""So fast llama-server says that it reads and writes, in tokens; its answers come at once all the same."""


class Vllm(Simulated):
    """Errors are nested with a number as their code; the role chunk comes first; the finish has a `stop_reason`."""

    model = "Qwen/Qwen2.5-7B-Instruct"
    thinking_field = "reasoning"

    def install(self) -> None:
        servers.vllm(self.server, self.model, context=self.told)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if asked.body["model"] != self.model:
            return openai_error(f"The model `{asked.body['model']}` does not exist.", 404, "NotFoundError", 404)
        return super().refusal(request, asked)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        message = (
            f"This model's maximum context length is {self.context} tokens. However, your request has "
            f"{cost(asked.messages)} input tokens. Please reduce the length of the input messages."
        )
        return openai_error(message, 400, "BadRequestError", 400)

    def chunk(self, asked: Asked, delta: Mapping[str, object], *, finish: str | None = None) -> dict[str, object]:
        made = chunk(delta, finish=finish, model=self.model)
        if finish is not None:
            made["choices"] = [{"index": 0, "delta": dict(delta), "finish_reason": finish, "stop_reason": None}]
        return made

    def mid_stream_error(self) -> Sequence[SsePart]:
        error = {"message": "EngineDeadError", "type": "InternalServerError", "param": None, "code": 500}
        return [{"error": error}, event("[DONE]")]


class Sglang(Simulated):
    """Errors are flat; those within a stream are not."""

    model = "qwen/qwen2.5-0.5b-instruct"

    def install(self) -> None:
        servers.sglang(self.server, self.model, context=self.told)

    def role_refused(self) -> Reply:
        return self._flat("System role not supported")

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        return self._flat(
            f"The input ({cost(asked.messages)} tokens) is longer than the model's context length "
            f"({self.context} tokens)."
        )

    def mid_stream_error(self) -> Sequence[SsePart]:
        error = {"object": "error", "message": "scheduler died", "type": "InternalServerError", "code": 500}
        return [{"error": error}, event("[DONE]")]

    @staticmethod
    def _flat(message: str) -> Json:
        body = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
        return Json(body, status=400)


class Tgi(Simulated):
    """Refuses OpenAI's forms of JSON and more than four stop strings; keeps the connection with comments."""

    model = "HuggingFaceH4/zephyr-7b-beta"

    def install(self) -> None:
        servers.tgi(self.server, self.model, context=self.told)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        form = asked.body.get("response_format")
        if isinstance(form, dict) and "value" not in form:
            words = "Failed to deserialize the JSON body into the target type: response_format: missing field `value`"
            return Text(words, status=422)
        stops = asked.body.get("stop")
        if isinstance(stops, list) and len(stops) > 4:
            return self._error(f"`stop` supports up to 4 stop sequences. Given: {len(stops)}")
        return super().refusal(request, asked)

    def held_to_json(self, body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
        form = body.get("response_format")
        if not isinstance(form, dict):
            return False, None
        value = form["value"]
        schema = value.get("schema", value) if form["type"] == "json_schema" else value
        return True, schema

    def role_refused(self) -> Reply:
        return Json({"error": "Template error: System role not supported", "error_type": "template_error"}, status=422)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        return self._error(f"`inputs` must have less than {self.context} tokens. Given: {cost(asked.messages)}")

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        return [[":\n\n"], *super().begin(asked, answer)]

    def mid_stream_error(self) -> Sequence[SsePart]:
        error = {"message": "Request failed during generation: Server error", "http_status_code": 424}
        return [{"error": error}, event("[DONE]")]

    @staticmethod
    def _error(message: str) -> Json:
        return Json({"error": f"Input validation error: {message}", "error_type": "validation"}, status=422)


class LlamaServer(Simulated):
    """Says 503 while it loads, and how long it worked; an error in a stream ends it without `[DONE]`."""

    model = "tiny-chat"

    def install(self) -> None:
        servers.llama_server(self.server, self.model, context=self.told)

    def no_endpoint(self, request: Request) -> Reply:
        return self._error("File Not Found", "not_found_error", 404)

    def loading(self) -> Reply | None:
        return self._error("Loading model", "unavailable_error", 503)

    def role_refused(self) -> Reply:
        return self._error("Jinja Exception: System role not supported", "server_error", 500)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        count = cost(asked.messages)
        message = (
            f"request ({count} tokens) exceeds the available context size ({self.context} tokens), try increasing it"
        )
        error = {"code": 400, "message": message, "type": "exceed_context_size_error"}
        return Json({"error": {**error, "n_prompt_tokens": count, "n_ctx": self.context}}, status=400)

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        return [[":\n\n", self.chunk(asked, {"role": "assistant", "content": None})]]

    def end(self, asked: Asked, answer: Answer) -> Sequence[SsePart]:
        *parts, last = super().end(asked, answer)
        timings = {
            "cache_n": 0,
            "prompt_n": answer.prompt_tokens,
            "prompt_ms": 1000 * answer.prompt_tokens / READ_IN_A_SECOND,
            "predicted_n": answer.written,
            "predicted_ms": 1000 * answer.written / WRITTEN_IN_A_SECOND,
        }
        final = parts[-1]
        assert isinstance(final, dict)
        return [*parts[:-1], {**final, "timings": timings}, last]

    def mid_stream_error(self) -> Sequence[SsePart]:
        return [{"error": {"code": 500, "message": "Compute error.", "type": "server_error"}}]

    @staticmethod
    def _error(message: str, type_: str, status: int) -> Json:
        return Json({"error": {"code": status, "message": message, "type": type_}}, status=status)


class KoboldCpp(Simulated):
    """Keeps the tail of too long a prompt; ends its stream by closing, without a blank line after `[DONE]`."""

    model = "koboldcpp/tiny-chat"

    def install(self) -> None:
        servers.koboldcpp(self.server, self.model, context=self.told)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        return None  # its own adapter renders any role

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        self.cut += 1
        kept: list[Said] = []
        left = self.context
        for message in reversed(asked.messages):
            if cost([message]) > left:
                kept.append(Said(message.role, message.text[len(message.text) - 4 * max(0, left - 4) :]))
                break
            kept.append(message)
            left -= cost([message])
        return kept[::-1]

    def held_to_json(self, body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
        return by_grammar(body.get("grammar"))

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        return []

    def piece(self, asked: Asked, text: str) -> Sequence[SsePart]:
        return [self.chunk(asked, {"role": "assistant", "content": text})]

    def reply(self, asked: Asked, answer: Answer, *, broken: bool) -> Reply:
        made = super().reply(asked, answer, broken=broken)
        assert isinstance(made, Sse)
        return Sse(made.parts, delay=made.delay, chunked=False)

    def end(self, asked: Asked, answer: Answer) -> Sequence[SsePart]:
        *parts, _ = super().end(asked, answer)
        return [*parts, b"data: [DONE]"]

    def mid_stream_error(self) -> Sequence[SsePart]:
        return [Step.RESET]


class LocalAI(Simulated):
    """Errors have a number as their code, but for a model that loads."""

    model = "llama-3.2-1b-instruct"

    def install(self) -> None:
        servers.localai(self.server, self.model)

    def loading(self) -> Reply | None:
        error = {"message": "model is loading", "code": "model_loading", "type": "model_loading"}
        return Json({"error": error, "loading": {}}, status=503, headers={"Retry-After": "5"})

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if asked.body["model"] != self.model:
            words = f'model "{asked.body["model"]}" not found. To see available models, call GET /v1/models'
            return openai_error(words, 404, "invalid_request_error", 404)
        return super().refusal(request, asked)

    def role_refused(self) -> Reply:
        return openai_error("rpc error: code = Unknown desc = Jinja Exception: System role not supported", 500, "", 500)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        words = (
            f"rpc error: code = Unknown desc = request ({cost(asked.messages)} tokens) exceeds the available context "
            f"size ({self.context} tokens), try increasing it"
        )
        return openai_error(words, 500, "", 500)

    def mid_stream_error(self) -> Sequence[SsePart]:
        return [{"error": {"message": "rpc error: error reading from server: EOF", "type": ""}}, event("[DONE]")]


def by_grammar(grammar: object) -> tuple[bool, Mapping[str, object] | None]:
    """What a grammar holds the model to, read from its rules for members: enough for flat objects of plain values."""
    if not isinstance(grammar, str):
        return False, None
    properties = {}
    for line in grammar.splitlines():
        name, _, rule = line.partition(" ::= ")
        if name.endswith("-kv"):
            member = rule.split('\\"')[1]
            kind = next((kind for kind in ("string", "integer", "number", "boolean") if f" {kind}" in rule), "string")
            properties[member] = {"type": kind}
    return True, {"type": "object", "properties": properties} if properties else None
