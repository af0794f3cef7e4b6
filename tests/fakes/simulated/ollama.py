"""A simulated Ollama: its native interface, JSON lines, silent truncation, blocking loads (servers.md 1)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from tests.fakes import servers
from tests.fakes.replies import Json, Reply, Request, Sse, Text
from tests.fakes.simulated.base import Answer, Asked, Simulated, without_middle, without_oldest
from tests.fakes.simulated.brain import MESSAGE_TOKENS, Said, cost

READ_IN_A_SECOND = 1500
WRITTEN_IN_A_SECOND = 40
"""So fast it says that it reads and writes, in tokens; its answers come at once all the same."""
LOOKED_UP_SECONDS = 0.012
"""What it calls loading where the model was in memory."""
_NANOSECONDS = 1_000_000_000


class Ollama(Simulated):
    """`told` is the context that its model's file asks for; a request's `num_ctx` goes first, up to `context`."""

    model = "llama3.2:3b"

    def install(self) -> None:
        servers.ollama(self.server, self.model, context=self.told, loaded=False)
        self.server.post["/api/chat"] = self.chat
        self._loaded: int | None = None

    def no_endpoint(self, request: Request) -> Reply:
        return Text("404 page not found", status=404, content_type="text/plain")

    def read(self, request: Request) -> Asked:
        body = request.json
        said = body["messages"]
        assert isinstance(said, list)
        messages = tuple(Said(one["role"], one["content"], _images(one.get("images"))) for one in said)
        limit = self._options(body).get("num_predict")
        return Asked(body, messages, limit if isinstance(limit, int) else None, body.get("stream") is not False)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if asked.body["model"] != self.model:
            return Json({"error": f"model '{asked.body['model']}' not found"}, status=404)
        wanted = self._options(asked.body).get("num_ctx")
        if wanted != self._loaded:
            self.loads += 1
            self._loaded = wanted if isinstance(wanted, int) else None
        return None  # Go templates do not refuse roles

    def fitted(self, asked: Asked) -> Sequence[Said] | Reply:
        limit = min(self.context, self._loaded or self.told)
        if cost(asked.messages) <= limit:
            return asked.messages
        self.cut += 1
        kept = without_oldest(asked.messages, limit)
        # What still does not fit loses its middle: about half of the context is left.
        if cost(kept) > limit:
            kept[-1] = without_middle(kept[-1], limit // 2 - MESSAGE_TOKENS)
        return kept

    def held_to_json(self, body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
        form = body.get("format")
        return form is not None, form if isinstance(form, dict) else None

    def reply(self, asked: Asked, answer: Answer, *, broken: bool) -> Reply:
        delay = answer.loaded_in + self.first_seconds
        lines: list[object] = []
        for piece in answer.thinking:
            lines += self._line(thinking=piece)
        for number, piece in enumerate(answer.pieces):
            if broken and number >= (len(answer.pieces) + 1) // 2:
                # Over the native interface the error is a line of its own; over /v1 it would be lost.
                lines.append({"error": "model runner has unexpectedly stopped"})
                return _ndjson(lines, delay)
            lines += self._line(content=piece)
        for call in answer.calls:
            function = {"name": call.name, "arguments": dict(call.arguments)}
            lines += self._line(tool_calls=[{"function": function}])
        return _ndjson([*lines, self._last(answer)], delay)

    def _line(self, **said: object) -> list[object]:
        message = {"role": "assistant", "content": "", **said}
        line = {"model": self.model, "message": message, "done": False}
        return [line, self.token_seconds] if self.token_seconds else [line]

    def _last(self, answer: Answer) -> dict[str, object]:
        reading, writing = answer.prompt_tokens / READ_IN_A_SECOND, answer.written / WRITTEN_IN_A_SECOND
        return {
            "model": self.model,
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": answer.finish,
            "total_duration": int((answer.loaded_in + reading + writing) * _NANOSECONDS),
            "load_duration": int((answer.loaded_in + LOOKED_UP_SECONDS) * _NANOSECONDS),
            "prompt_eval_count": answer.prompt_tokens,
            "prompt_eval_duration": int(reading * _NANOSECONDS),
            "eval_count": answer.written,
            "eval_duration": int(writing * _NANOSECONDS),
        }

    @staticmethod
    def _options(body: Mapping[str, object]) -> Mapping[str, object]:
        options = body.get("options")
        return options if isinstance(options, dict) else {}


def _ndjson(lines: Sequence[object], delay: float) -> Sse:
    parts = tuple(one if isinstance(one, float) else json.dumps(one) + "\n" for one in lines)
    return Sse(parts, delay=delay, content_type="application/x-ndjson")


def _images(files: object) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(file) for file in files) if isinstance(files, list) else ()
