"""What all simulated servers share: they read each chat request, refuse, cut, fail or answer as their kind does."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request, Sse, SsePart, Step, chunk, event, usage, usage_chunk
from tests.fakes.simulated.brain import Said, answer_of, cost, json_answer, tokens

CHAT = "/v1/chat/completions"


class Fault(Enum):
    """What a simulated server does wrong on demand, once, each in the way of its kind."""

    MID_STREAM = "mid_stream"
    LOADING = "loading"


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat request that was read."""

    body: dict[str, object] = field(repr=False)
    messages: tuple[Said, ...]
    max_tokens: int | None
    stream: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function that the model calls."""

    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: the pieces of the text, the tokens of the prompt as the server counts them, the loading time.

    `thinking` is the reasoning that the server tells apart, `calls` are functions that the model calls. `tokens` are
    those that were written, None: one for each piece.
    """

    pieces: tuple[str, ...]
    prompt_tokens: int
    finish: str = "stop"
    loaded_in: float = 0.0
    thinking: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    tokens: int | None = None

    @property
    def written(self) -> int:
        """How many tokens the model has written."""
        return len(self.thinking) + len(self.pieces) + len(self.calls) if self.tokens is None else self.tokens


class Simulated:
    """One simulated server on a ModelServer.

    `context` is what it really holds, in tokens, `told` what it tells of itself where its kind does. `refuses_system`:
    its model's template has no system role. `refused`, `cut` and `loads` count what happened; `asked` has every chat
    request. `first_seconds` pass before an answer begins, `token_seconds` after each token.
    """

    model = "some-model"
    told = 4096
    loading_seconds = 0.3
    thinking_field = "reasoning_content"

    def __init__(self, server: ModelServer, *, context: int = 4096, refuses_system: bool = False) -> None:
        self.server = server
        self.context = context
        self.refuses_system = refuses_system
        self.first_seconds = 0.0
        self.token_seconds = 0.0
        self.answers_in_words = False
        self.refused = 0
        self.cut = 0
        self.loads = 0
        self.asked: list[Asked] = []
        self._faults: list[Fault] = []
        server.otherwise(self.no_endpoint)
        server.post[CHAT] = self.chat
        self.install()

    def install(self) -> None:
        """Put the pages up by which it is recognised."""

    def fail_next(self, fault: Fault) -> None:
        """Do something wrong at the next chat request."""
        self._faults.append(fault)

    # One request.

    def chat(self, request: Request) -> Reply:
        """The reply to a chat request."""
        asked = self.read(request)
        self.asked.append(asked)
        fault = self._faults.pop(0) if self._faults else None
        loaded_in = self.loading_seconds if fault is Fault.LOADING else 0.0
        if fault is Fault.LOADING and (reply := self.loading()) is not None:
            return reply
        if (refusal := self.refusal(request, asked)) is not None:
            self.refused += 1
            return refusal
        kept = self.fitted(asked)
        if isinstance(kept, Reply):
            self.refused += 1
            return kept
        answer = replace(self.answer(asked, kept), loaded_in=loaded_in)
        return self.reply(asked, answer, broken=fault is Fault.MID_STREAM)

    def read(self, request: Request) -> Asked:
        """The request in the form that all share."""
        body = request.json
        said = body["messages"]
        assert isinstance(said, list)
        limit = body.get("max_tokens", body.get("max_completion_tokens"))
        messages = tuple(
            Said(message["role"], _text(message["content"]), _images(message["content"])) for message in said
        )
        return Asked(body, messages, limit if isinstance(limit, int) else None, bool(body.get("stream")))

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        """What is wrong with a request, as the server says it."""
        if self.refuses_system and any(message.role == "system" for message in asked.messages):
            return self.role_refused()
        return None

    def fitted(self, asked: Asked) -> Sequence[Said] | Reply:
        """The messages that reach the model, or the refusal of too long ones."""
        if cost(asked.messages) + 1 <= self.context:
            return asked.messages
        return self.overflow(asked)

    def answer(self, asked: Asked, kept: Sequence[Said]) -> Answer:
        """What the model answers to the messages that have reached it."""
        return Answer(self.pieces(asked, kept), cost(kept))

    def pieces(self, asked: Asked, kept: Sequence[Said]) -> tuple[str, ...]:
        """The answer in tokens."""
        held, schema = self.held_to_json(asked.body)
        text = json_answer(schema) if held else self.words(kept)
        words = text.split(" ")
        return tuple(word if number == 0 else f" {word}" for number, word in enumerate(words))

    def words(self, kept: Sequence[Said]) -> str:
        """The answer as text; with `answers_in_words` the model obeys a wish for JSON that stands in its prompt."""
        told = next((message.text for message in kept if "JSON Schema:\n" in message.text), None)
        if not self.answers_in_words or told is None:
            return answer_of(kept)
        schema = json.loads(told.partition("JSON Schema:\n")[2].partition("\n")[0])
        return f"Here it is:\n```json\n{json_answer(schema)}\n```"

    # What differs.

    def no_endpoint(self, request: Request) -> Reply:
        """A path that is not there."""
        return Json({"detail": "Not Found"}, status=404)

    def loading(self) -> Reply | None:
        """The refusal while the model loads; None: the request waits instead."""
        return None

    def role_refused(self) -> Reply:
        """The refusal of a system message (servers.md 12.2)."""
        return openai_error("System role not supported", 400, "BadRequestError", 400)

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        """What becomes of too long a prompt (servers.md 0.3)."""
        return openai_error(
            f"This model's maximum context length is {self.context} tokens. However, your messages resulted in "
            f"{cost(asked.messages)} tokens. Please reduce the length of the messages.",
            400,
            "invalid_request_error",
            "context_length_exceeded",
        )

    def held_to_json(self, body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
        """Whether the answer is held to JSON, and to which schema."""
        form = body.get("response_format")
        if not isinstance(form, dict):
            return False, None
        inner = form.get("json_schema")
        schema = inner.get("schema") if isinstance(inner, dict) else None
        return form["type"] != "text", schema if isinstance(schema, dict) else None

    def reply(self, asked: Asked, answer: Answer, *, broken: bool) -> Reply:
        """The answer on the wire; `broken`: it fails after half of its pieces, in the way of the kind."""
        delay = answer.loaded_in + self.first_seconds
        if not asked.stream:
            return Json(self.whole(answer), delay=delay)
        parts = list(itertools.chain.from_iterable(self.begin(asked, answer)))
        for piece in answer.thinking:
            parts += self.timed([self.chunk(asked, {self.thinking_field: piece})])
        for number, piece in enumerate(answer.pieces):
            if broken and number >= (len(answer.pieces) + 1) // 2:
                return Sse((*parts, *self.mid_stream_error()), delay=delay)
            parts += self.timed(self.piece(asked, piece))
        for number, call in enumerate(answer.calls):
            parts += self.timed([self.chunk(asked, {"tool_calls": [_call(number, call)]})])
        return Sse((*parts, *self.end(asked, answer)), delay=delay)

    def timed(self, parts: Sequence[SsePart]) -> Sequence[SsePart]:
        """One token, and the time that it takes."""
        return [*parts, self.token_seconds] if self.token_seconds else parts

    def begin(self, asked: Asked, answer: Answer) -> Sequence[Sequence[SsePart]]:
        """What comes before the text."""
        return [[self.chunk(asked, {"role": "assistant", "content": ""})]]

    def piece(self, asked: Asked, text: str) -> Sequence[SsePart]:
        """One piece of the text."""
        return [self.chunk(asked, {"content": text})]

    def end(self, asked: Asked, answer: Answer) -> Sequence[SsePart]:
        """What comes after the text."""
        parts: list[SsePart] = [self.chunk(asked, {}, finish=answer.finish)]
        if self.counts(asked):
            parts.append({**usage_chunk(answer.prompt_tokens, answer.written), "model": self.model})
        return [*parts, event("[DONE]")]

    def mid_stream_error(self) -> Sequence[SsePart]:
        """How a stream breaks (servers.md 0.4)."""
        return [Step.CLOSE]

    def counts(self, asked: Asked) -> bool:
        """Whether the usage was asked for, and is told."""
        options = asked.body.get("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True

    def chunk(self, asked: Asked, delta: Mapping[str, object], *, finish: str | None = None) -> dict[str, object]:
        """One chunk of a stream."""
        return chunk(delta, finish=finish, model=self.model)

    def whole(self, answer: Answer) -> dict[str, object]:
        """An answer that is not streamed."""
        message: dict[str, object] = {"role": "assistant", "content": "".join(answer.pieces)}
        if answer.thinking:
            message[self.thinking_field] = "".join(answer.thinking)
        if answer.calls:
            message["tool_calls"] = [_call(number, call) for number, call in enumerate(answer.calls)]
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1750000000,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
            "usage": usage(answer.prompt_tokens, answer.written),
        }


def openai_error(message: str, status: int, type_: str | None = None, code: object = None, **headers: str) -> Json:
    """A refusal in OpenAI's shape."""
    body = {"error": {"message": message, "type": type_, "param": None, "code": code}}
    return Json(body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def without_oldest(messages: Sequence[Said], limit: int) -> list[Said]:
    """Messages without the oldest that are no system messages, until the rest fits or only the last is left."""
    kept = list(messages)
    while cost(kept) > limit:
        place = next((number for number, one in enumerate(kept[:-1]) if one.role != "system"), None)
        if place is None:
            break
        del kept[place]
    return kept


def without_middle(message: Said, limit: int) -> Said:
    """A message cut in the middle so that it has at most so many tokens."""
    if tokens(message.text) <= limit:
        return message
    half = max(0, limit) * 2
    return Said(message.role, message.text[:half] + message.text[len(message.text) - half :])


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    assert isinstance(content, list)
    return "\n".join(part["text"] for part in content if part["type"] == "text")


def _images(content: object) -> tuple[bytes, ...]:
    """The files that stand in a message as data URLs."""
    parts = content if isinstance(content, list) else []
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return tuple(base64.b64decode(url.partition("base64,")[2]) for url in urls)


def _call(number: int, call: Call) -> dict[str, object]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"index": number, "id": f"call_{number}", "type": "function", "function": function}
