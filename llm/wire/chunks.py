"""Reads chunks of a streamed answer, and whole answers, in OpenAI's form and its dialects."""

from __future__ import annotations

import json
from dataclasses import dataclass

import orjson

from llm.types import ServerTimings, TextDelta, ThinkingDelta, ToolCallDelta, Usage

Delta = TextDelta | ThinkingDelta | ToolCallDelta


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one chunk says; `finish` is the server's own word, `error` the whole body when it reports a failure.

    `last` is whether the server said in it that nothing follows.
    """

    deltas: tuple[Delta, ...] = ()
    finish: str | None = None
    usage: Usage | None = None
    timings: ServerTimings | None = None
    model: str | None = None
    error: object = None
    refused: bool = False
    last: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing of an answer and reports no failure."""
        return not (self.deltas or self.finish or self.refused) and self.error is None


def parse_json(data: bytes | str) -> object:
    """Read JSON; raises ValueError. Halves of surrogate pairs, which some servers send, become U+FFFD."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        value = json.loads(text, strict=False)
        return json.loads(_join_surrogates(json.dumps(value, ensure_ascii=False)), strict=False)


def read_chunk(value: object) -> Chunk:
    """Read one chunk or one whole answer.

    An error may be an object or a string at the top, a flat `{"object": "error"}`, or stand inside the choice
    (servers.md 13.3). Whatever is missing, null or of an unexpected type counts as absent.
    """
    if not isinstance(value, dict):
        return Chunk()
    if value.get("error") or value.get("object") == "error":
        return Chunk(error=value)
    choice = _first_choice(value)
    finish = _text(choice.get("finish_reason")) or None
    if choice.get("error") or finish == "error":
        return Chunk(error={**value, "error": choice.get("error") or "the server gave no reason"})
    message = choice.get("delta") or choice.get("message")
    refused = False
    if isinstance(message, dict):
        deltas, refused = _read_message(message), bool(_text(message.get("refusal")))
    else:
        # `/completions` has its text in the choice itself.
        deltas = (TextDelta(text),) if (text := _text(choice.get("text"))) else ()
    usage, timings = value.get("usage"), value.get("timings")
    return Chunk(
        deltas,
        finish,
        _usage(usage, timings) if usage else None,
        _timings(timings) if timings else None,
        _text(value.get("model")) or None,
        refused=refused,
    )


def _first_choice(value: dict[str, object]) -> dict[str, object]:
    choices = value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _read_message(message: dict[str, object]) -> tuple[Delta, ...]:
    deltas: list[Delta] = []
    # Some versions send the same piece under both names (vLLM, servers.md 2.4): it is one piece.
    if thinking := _text(message.get("reasoning")) or _text(message.get("reasoning_content")):
        deltas.append(ThinkingDelta(thinking))
    if text := _content(message.get("content")):
        deltas.append(TextDelta(text))
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        deltas += [read_tool_call(call, place) for place, call in enumerate(calls) if isinstance(call, dict)]
    return tuple(deltas)


def _content(content: object) -> str:
    """Text, or the text parts of a list."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return _text(content)


def read_tool_call(call: dict[str, object], place: int) -> ToolCallDelta:
    """Read a tool call or a piece of one; `place` is its number where it has none of its own.

    Ollama puts the number beside the name, and gives the arguments as an object.
    """
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    index, arguments = call.get("index", function.get("index")), function.get("arguments")
    if isinstance(arguments, dict):
        arguments = orjson.dumps(arguments).decode()
    return ToolCallDelta(
        index=index if isinstance(index, int) else place,
        id=_text(call.get("id")) or None,
        name=_text(function.get("name")) or None,
        arguments=_text(arguments),
    )


def _usage(usage: object, timings: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    details = usage.get("prompt_tokens_details")
    cached = count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    if not cached and isinstance(timings, dict):
        cached = count(timings.get("cache_n"))
    # Ollama's zeros in every chunk (servers.md 1.5) tell nothing.
    return Usage(prompt, completion, cached) if prompt or completion else None


def _timings(timings: object) -> ServerTimings | None:
    """What llama-server tells of its own work (servers.md 5.1), in milliseconds."""
    if not isinstance(timings, dict):
        return None
    return ServerTimings(
        prefill_seconds=seconds(timings.get("prompt_ms"), per_second=1000),
        prefill_tokens=count(timings.get("prompt_n")) or None,
        decode_seconds=seconds(timings.get("predicted_ms"), per_second=1000),
    )


def count(value: object) -> int:
    """A number of things as a server wrote it; 0 for what is none."""
    return value if isinstance(value, int) and value > 0 else 0


def seconds(value: object, *, per_second: int) -> float | None:
    """A length of time as a server wrote it, in seconds; None for what is none. `per_second` of its units are one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return value / per_second


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
