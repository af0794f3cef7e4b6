"""What the fake model server can be told to answer, and how that looks as bytes on the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType

NO_FIELDS: Mapping[str, object] = MappingProxyType({})
TURN = 0.0005
"""A pause just long enough that the bytes before it leave on their own, in seconds."""


class Step(Enum):
    """What can happen in an answer instead of bytes."""

    HANG = "hang"
    """Nothing more comes and the connection stays open until the client leaves."""
    RESET = "reset"
    """The connection is reset (a TCP RST, not an end)."""
    CLOSE = "close"
    """The connection is closed."""


Part = bytes | float | Step
"""Bytes to send, seconds to wait, or a step."""
SsePart = Mapping[str, object] | str | bytes | float | Step
"""A JSON object to send as one event, text or bytes to send as they are, seconds to wait, or a step."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server got it; `headers` have lower-case names, `json` is None when the body is not JSON."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: float
    """The moment it had come whole, on the event loop's clock."""

    @property
    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def pictures(self) -> list[str]:
        """The data URLs of all pictures in a request for an answer, in their order."""
        said = self.json.get("messages")
        contents = [one["content"] for one in said] if isinstance(said, list) else []
        parts = [part for content in contents if isinstance(content, list) for part in content]
        return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]

    @property
    def plain_path(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of the answer, status line and headers included, to the letter."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Json:
    """One JSON body."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One body that is not JSON."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Sse:
    """A stream of server-sent events, written part by part.

    `chunked=False` ends the body by closing the connection, as KoboldCpp does; otherwise the body is chunked and ends
    properly unless a step cuts it. `piece_bytes` sends everything in pieces of so many bytes.
    """

    parts: tuple[SsePart, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    chunked: bool = True
    content_type: str = "text/event-stream"
    piece_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A usual answer: streamed when the request says `stream`, else as one JSON body.

    `tokens` are the pieces of the answer, words of `text` when not given. `end` cuts the stream after the tokens.
    """

    text: str = "Hello there!"
    tokens: Sequence[str] | None = None
    thinking: Sequence[str] = ()
    thinking_field: str = "reasoning_content"
    first_delay: float = 0.0
    chunk_delay: float = 0.0
    finish_reason: str | None = "stop"
    prompt_tokens: int | None = 7
    model: str | None = None
    done: bool = True
    end: Step | None = None


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing is answered: not even headers, or the headers of a stream and then nothing."""

    after_headers: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset instead of an answer."""

    delay: float = 0.0


Reply = Raw | Json | Text | Sse | Stream | Hang | Reset
ReplyMaker = Reply | Callable[[Request], Reply]


def error(message: str, *, status: int, type_: str | None = None, code: object = None, **more: object) -> Json:
    """An error in OpenAI's shape."""
    return Json({"error": {"message": message, "type": type_, "param": None, "code": code, **more}}, status=status)


def event(value: Mapping[str, object] | str) -> str:
    """One `data:` event."""
    return f"data: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}\n\n"


DONE = event("[DONE]")


def chunk(
    delta: Mapping[str, object] | None = None,
    *,
    finish: str | None = None,
    model: str = "fake",
    more: Mapping[str, object] = NO_FIELDS,
) -> dict[str, object]:
    """One chunk of a streamed chat answer; `more` are further fields at its top."""
    choice = {"index": 0, "delta": {} if delta is None else dict(delta), "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1750000000,
        "model": model,
        "choices": [choice],
        **more,
    }


def text_chunk(text: str) -> dict[str, object]:
    """A chunk that carries a piece of the answer."""
    return chunk({"content": text})


def usage_chunk(prompt: int, completion: int) -> dict[str, object]:
    """The last chunk of a stream with `include_usage`: no choices."""
    return {**chunk(), "choices": [], "usage": usage(prompt, completion)}


def usage(prompt: int, completion: int) -> dict[str, object]:
    """Token counts in OpenAI's shape."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def parts_of(reply: Reply, request: Request, common: Mapping[str, str]) -> Iterator[Part]:
    """The answer as bytes, pauses and steps; `common` are headers of every answer."""
    match reply:
        case Raw():
            yield from reply.parts
        case Hang(after_headers):
            if after_headers:
                yield head(200, {**common, "Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
            yield Step.HANG
        case Reset(delay):
            yield delay
            yield Step.RESET
        case Json():
            yield from _whole(reply, json.dumps(reply.body, ensure_ascii=False), "application/json", request, common)
        case Text():
            yield from _whole(reply, reply.body, reply.content_type, request, common)
        case Sse():
            yield from _streamed(reply, common)
        case Stream():
            if request.json.get("stream"):
                yield from _streamed(Sse(tuple(_chunks(reply, request)), delay=reply.first_delay), common)
            else:
                answer = Json(_completion(reply, request), delay=reply.first_delay)
                yield from parts_of(answer, request, common)


def _whole(
    reply: Json | Text, body: str, content_type: str, request: Request, common: Mapping[str, str]
) -> Iterator[Part]:
    encoded = body.encode()
    headers = {**common, "Content-Type": content_type, "Content-Length": str(len(encoded)), **reply.headers}
    yield reply.delay
    yield head(reply.status, headers) + (b"" if request.method == "HEAD" else encoded)


def _streamed(reply: Sse, common: Mapping[str, str]) -> Iterator[Part]:
    framing = {"Transfer-Encoding": "chunked"} if reply.chunked else {"Connection": "close"}
    yield reply.delay
    yield head(reply.status, {**common, "Content-Type": reply.content_type, **framing, **reply.headers})
    for part in reply.parts:
        if isinstance(part, float | int | Step):
            yield part
            continue
        data = part if isinstance(part, bytes) else (part if isinstance(part, str) else event(part)).encode()
        size = reply.piece_bytes or len(data) or 1
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            yield b"%x\r\n%s\r\n" % (len(piece), piece) if reply.chunked else piece
            if reply.piece_bytes:
                yield TURN
    yield b"0\r\n\r\n" if reply.chunked else Step.CLOSE


def _tokens(reply: Stream) -> list[str]:
    return list(reply.tokens) if reply.tokens is not None else re.findall(r"\s*\S+|\s+$", reply.text)


def _model(reply: Stream, request: Request) -> str:
    return reply.model or str(request.json.get("model", "fake"))


def _chunks(reply: Stream, request: Request) -> Iterator[SsePart]:
    model = _model(reply, request)
    options = request.json.get("stream_options")
    counted = isinstance(options, dict) and bool(options.get("include_usage")) and reply.prompt_tokens is not None
    more: dict[str, object] = {"usage": None} if counted else {}
    yield chunk({"role": "assistant", "content": ""}, model=model, more=more)
    deltas = [{reply.thinking_field: piece} for piece in reply.thinking]
    deltas += [{"content": piece} for piece in _tokens(reply)]
    for number, delta in enumerate(deltas):
        if number and reply.chunk_delay:
            yield reply.chunk_delay
        yield chunk(delta, model=model, more=more)
    if reply.end is not None:
        yield TURN
        yield reply.end
    if reply.finish_reason is not None:
        yield chunk({}, finish=reply.finish_reason, model=model, more=more)
    if counted:
        yield {**usage_chunk(reply.prompt_tokens or 0, len(_tokens(reply))), "model": model}
    if reply.done:
        yield DONE


def _completion(reply: Stream, request: Request) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant", "content": "".join(_tokens(reply))}
    if reply.thinking:
        message[reply.thinking_field] = "".join(reply.thinking)
    answer: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1750000000,
        "model": _model(reply, request),
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
    }
    if reply.prompt_tokens is not None:
        answer["usage"] = usage(reply.prompt_tokens, len(_tokens(reply)))
    return answer
