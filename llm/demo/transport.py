"""The demo model as a transport of the HTTP client: the same path as to a real server, and no branch anywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from llm.clock import Clock
from llm.demo.speech import Said, answer_to, words_of
from llm.http import AsyncByteStream, AsyncTransport, Request, Response

DEMO_HOST = "demo.domovoy.internal"
DEMO_BASE = f"http://{DEMO_HOST}/v1"
DEMO_MODEL = "demo"

FIRST_WORD_SECONDS = 0.3
WORD_SECONDS = 0.03
LONGEST_SECONDS = 12.0
"""However long the text, it is not written for longer than this."""
_CREATED = 1767225600
_ID = "chatcmpl-demo"


def demo_mounts(clock: Clock) -> dict[str, AsyncTransport]:
    """Where the client of `llm.http.make_client()` finds the demo model."""
    return {f"all://{DEMO_HOST}": DemoTransport(clock)}


class DemoTransport(AsyncTransport):
    """Answers GET /v1/models and POST /v1/chat/completions as OpenAI's interface has them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle_async_request(self, request: Request) -> Response:
        """Answer one request; a streamed answer is written word by word while it is read."""
        try:
            return await self._answer(request)
        except _RefusedError as refused:
            return _json(refused.body, refused.status)

    async def _answer(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        if path == "/v1/models" and method == "GET":
            return _json({"object": "list", "data": [_card()]})
        if path == f"/v1/models/{DEMO_MODEL}" and method == "GET":
            return _json(_card())
        if path != "/v1/chat/completions":
            raise _RefusedError(404, f"Unknown request URL: {method} {path}", code="unknown_url")
        if method != "POST":
            raise _RefusedError(405, f"Not allowed to {method} on {path}", code="method_not_supported")
        order = _read_order(await request.aread())
        if order.stream:
            return Response(200, headers={"content-type": "text/event-stream"}, stream=_Writing(order, self._clock))
        await self._clock.sleep(FIRST_WORD_SECONDS)
        return _json(order.whole())


class _RefusedError(Exception):
    """The request can't be answered."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error"
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True)
class _Order:
    """A request for an answer, and the words of that answer."""

    words: Sequence[str] = field(repr=False)
    finish_reason: str
    prompt_tokens: int
    stream: bool
    include_usage: bool

    def whole(self) -> dict[str, object]:
        message = {"role": "assistant", "content": "".join(self.words)}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        return {**_head("chat.completion"), "choices": [choice], "usage": self.usage()}

    def chunk(self, delta: Mapping[str, object], finish: str | None = None) -> dict[str, object]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**_head("chat.completion.chunk"), "choices": [choice]}

    def usage(self) -> dict[str, object]:
        prompt, written = self.prompt_tokens, len(self.words)
        return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


class _Writing(AsyncByteStream):
    """An answer that is written while it is read; who stops reading stops the writing."""

    def __init__(self, order: _Order, clock: Clock) -> None:
        self._order = order
        self._clock = clock
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        order = self._order
        pace = min(WORD_SECONDS, LONGEST_SECONDS / max(1, len(order.words)))
        yield _event(order.chunk({"role": "assistant", "content": ""}))
        await self._clock.sleep(FIRST_WORD_SECONDS)
        for word in order.words:
            if self._closed:
                return
            yield _event(order.chunk({"content": word}))
            await self._clock.sleep(pace)
        yield _event(order.chunk({}, order.finish_reason))
        if order.include_usage:
            yield _event({**_head("chat.completion.chunk"), "choices": [], "usage": order.usage()})
        yield b"data: [DONE]\n\n"

    async def aclose(self) -> None:
        self._closed = True


def _read_order(body: bytes) -> _Order:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _RefusedError(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(asked, dict):
        raise _RefusedError(400, "The body of the request must be a JSON object.")
    if asked.get("model") != DEMO_MODEL:
        raise _RefusedError(
            404, "The model does not exist: there is only `demo`.", code="model_not_found", param="model"
        )
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise _RefusedError(400, "`messages` must be a list of at least one message.", param="messages")
    wanted = asked.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type", "text") != "text":
        raise _RefusedError(
            400, "The demo model writes plain text only.", code="unsupported_value", param="response_format"
        )
    options = asked.get("stream_options")
    words, finish_reason = _shortened(words_of(answer_to(_said(messages))), asked)
    return _Order(
        words=words,
        finish_reason=finish_reason,
        prompt_tokens=sum(4 + len(_words(one.get("content"))) // 4 for one in messages),
        stream=asked.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


def _shortened(words: list[str], asked: Mapping[str, object]) -> tuple[list[str], str]:
    for name in ("max_completion_tokens", "max_tokens"):
        limit = asked.get(name)
        if limit is None:
            continue
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise _RefusedError(400, f"`{name}` must be a whole number of at least 1.", param=name)
        return words[:limit], "length" if limit < len(words) else "stop"
    return words, "stop"


def _said(messages: Sequence[Mapping[str, object]]) -> list[Said]:
    said = []
    for message in messages:
        if message.get("role") == "user":
            content = message.get("content")
            parts = content if isinstance(content, list) else []
            picture = any(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)
            said.append(Said(_words(content), picture))
    return said


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


def _card() -> dict[str, object]:
    return {"id": DEMO_MODEL, "object": "model", "created": _CREATED, "owned_by": "domovoy"}


def _head(kind: str) -> dict[str, object]:
    return {"id": _ID, "object": kind, "created": _CREATED, "model": DEMO_MODEL}


def _event(value: Mapping[str, object]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def _json(value: Mapping[str, object], status: int = 200) -> Response:
    return Response(status, headers={"content-type": "application/json"}, content=orjson.dumps(value))
