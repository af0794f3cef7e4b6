"""Simulated LM Studio and text-generation-webui (servers.md 3, 4; engines.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes import servers
from tests.fakes.replies import Json, Reply, Request, SsePart, Step, chunk
from tests.fakes.simulated.base import Answer, Asked, Simulated, without_oldest
from tests.fakes.simulated.brain import MESSAGE_TOKENS, Said, cost
from tests.fakes.simulated.engines import by_grammar


class LMStudio(Simulated):
    """Answers 200 on unknown paths, refuses `json_object`, says errors as texts, and within a stream twice."""

    model = "qwen2.5-7b-instruct"

    def install(self) -> None:
        servers.lm_studio(self.server, self.model, context=self.told)

    def no_endpoint(self, request: Request) -> Reply:
        return Json({"error": f"Unexpected endpoint or method. ({request.method} {request.path})"})

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        form = asked.body.get("response_format")
        if isinstance(form, dict) and form["type"] not in {"json_schema", "text"}:
            return Json({"error": "'response_format.type' must be 'json_schema' or 'text'"}, status=400)
        return super().refusal(request, asked)

    def role_refused(self) -> Reply:
        words = 'Error rendering prompt with jinja template: "System role not supported".'
        return Json({"error": words}, status=400)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        words = (
            "The number of tokens to keep from the initial prompt is greater than the context length "
            f"(n_keep: {cost(asked.messages)}>= n_ctx: {self.context}). Try to load the model with a larger context "
            "length, or provide a shorter input."
        )
        return Json({"error": words}, status=400)

    def mid_stream_error(self) -> Sequence[SsePart]:
        words = "The model has crashed without additional information. (Exit code: 6)"
        return ["event: error\n", {"error": {"message": words}, "message": words}]


class Textgen(Simulated):
    """Ignores the model's name and `response_format`; pops the oldest messages, then cuts the end of the last one."""

    model = "tiny-chat.gguf"

    def install(self) -> None:
        servers.textgen(self.server, self.model)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        return None  # the template of the simulated model takes any role

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        self.cut += 1
        limit = self.context - min(asked.max_tokens or 512, self.context // 2)
        *kept, last = without_oldest(asked.messages, limit)
        room = max(1, limit - cost(kept) - MESSAGE_TOKENS)
        return [*kept, Said(last.role, last.text[: 4 * room], last.images)]

    def held_to_json(self, body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
        return by_grammar(body.get("grammar_string"))

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        ping = ": ping - 2026-11-23 12:00:00.000000+00:00\n\n"
        return [[ping, self.chunk(asked, {"role": "assistant", "refusal": None, "content": ""})]]

    def chunk(self, asked: Asked, delta: Mapping[str, object], *, finish: str | None = None) -> dict[str, object]:
        more: Mapping[str, object] = {"usage": None} if self.counts(asked) else {}
        return chunk(delta, finish=finish, model=self.model, more=more)

    def mid_stream_error(self) -> Sequence[SsePart]:
        return [Step.CLOSE]
