"""Reads chunks of a streamed answer, and whole answers, in OpenAI's form and its dialects."""

from __future__ import annotations

import json
from dataclasses import dataclass

import orjson

from llm.types import ServerTimings, TextDelta, ThinkingDelta, ToolCallDelta, Usage

Delta = TextDelta | ThinkingDelta | ToolCallDelta


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one chunk says; `finish` is the server's own word, `error` the whole body when it reports a failure."""

    deltas: tuple[Delta, ...] = ()
    finish: str | None = None
    usage: Usage | None = None
    timings: ServerTimings | None = None
    model: str | None = None
    error: object = None
    refused: bool = False


def parse_json(data: bytes | str) -> object:
    """Read JSON; raises ValueError. Halves of surrogate pairs, which some servers send, become U+FFFD."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        value = json.loads(text, strict=False)
        return json.loads(_join_surrogates(json.dumps(value, ensure_ascii=False)), strict=False)


def read_chunk(value: object, *, event: str = "") -> Chunk:
    """Read one chunk or one whole answer; `event` is the name of the event that it came in.

    An error may be an object or a string at the top, a flat `{"object": "error"}`, an event named `error`, or stand
    inside the choice (servers.md 13.3). Whatever is missing, null or of an unexpected type counts as absent.
    """
    if not isinstance(value, dict):
        return Chunk(error=value if event == "error" else None)
    if event == "error" or value.get("error") or value.get("object") == "error":
        return Chunk(error=value)
    choice = _first_choice(value)
    finish = _text(choice.get("finish_reason")) or None
    if choice.get("error") or finish == "error":
        return Chunk(error={**value, "error": choice.get("error") or "the server gave no reason"})
    message = choice.get("delta") or choice.get("message")
    deltas, refused = _read_message(message) if isinstance(message, dict) else ((), False)
    usage, model = _usage(value.get("usage")), _text(value.get("model")) or None
    return Chunk(deltas, finish, usage, model=model, refused=refused)


def _first_choice(value: dict[str, object]) -> dict[str, object]:
    choices = value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _read_message(message: dict[str, object]) -> tuple[tuple[Delta, ...], bool]:
    deltas: list[Delta] = []
    # Some versions send the same piece under both names (vLLM, servers.md 2.4): it is one piece.
    if thinking := _text(message.get("reasoning")) or _text(message.get("reasoning_content")):
        deltas.append(ThinkingDelta(thinking))
    if text := _content(message.get("content")):
        deltas.append(TextDelta(text))
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        deltas += [_tool_call(call, place) for place, call in enumerate(calls) if isinstance(call, dict)]
    return tuple(deltas), bool(_text(message.get("refusal")))


def _content(content: object) -> str:
    """Text, or the text parts of a list."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return _text(content)


def _tool_call(call: dict[str, object], place: int) -> ToolCallDelta:
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    index, arguments = call.get("index"), function.get("arguments")
    if isinstance(arguments, dict):
        arguments = orjson.dumps(arguments).decode()
    return ToolCallDelta(
        index=index if isinstance(index, int) else place,
        id=_text(call.get("id")) or None,
        name=_text(function.get("name")) or None,
        arguments=_text(arguments),
    )


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    # Ollama's zeros in every chunk (servers.md 1.5) tell nothing.
    return Usage(prompt, completion, cached) if prompt or completion else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
