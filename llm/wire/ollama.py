"""Reads lines of Ollama's own interface: `/api/chat` and `/api/generate` (servers.md 1.5)."""

from __future__ import annotations

from llm.types import ServerTimings, TextDelta, ThinkingDelta, Usage
from llm.wire.chunks import Chunk, Delta, count, read_tool_call, seconds

_NANOSECONDS = 1_000_000_000


def read_ollama_chunk(value: object) -> Chunk:
    """Read one line, or a whole answer; the last line says `done`, with counts and times. Any line may be an error.

    Whatever is missing, null or of an unexpected type counts as absent. `done_reason` is given as it is; releases
    that do not write it end their answers with `done` alone, which counts as `stop`.
    """
    if not isinstance(value, dict):
        return Chunk()
    if value.get("error"):
        return Chunk(error=value)
    name = value.get("model")
    model = name if isinstance(name, str) and name else None
    message = value.get("message")
    if isinstance(message, dict):
        deltas = _deltas(message, message.get("content"))
    else:
        deltas = _deltas(value, value.get("response"))
    if value.get("done") is not True:
        return Chunk(deltas, model=model)
    reason = value.get("done_reason")
    return Chunk(
        deltas,
        finish=reason if isinstance(reason, str) and reason else "stop",
        usage=_usage(value),
        timings=_timings(value),
        model=model,
        last=True,
    )


def _deltas(said: dict[str, object], text: object) -> tuple[Delta, ...]:
    deltas: list[Delta] = []
    thinking, calls = said.get("thinking"), said.get("tool_calls")
    if isinstance(thinking, str) and thinking:
        deltas.append(ThinkingDelta(thinking))
    if isinstance(text, str) and text:
        deltas.append(TextDelta(text))
    if isinstance(calls, list):
        deltas += [read_tool_call(call, place) for place, call in enumerate(calls) if isinstance(call, dict)]
    return tuple(deltas)


def _usage(value: dict[str, object]) -> Usage | None:
    prompt, completion = count(value.get("prompt_eval_count")), count(value.get("eval_count"))
    return Usage(prompt, completion) if prompt or completion else None


def _timings(value: dict[str, object]) -> ServerTimings:
    # The tokens that were read are not told apart from the cached ones, so that their number stays open.
    return ServerTimings(
        load_seconds=seconds(value.get("load_duration"), per_second=_NANOSECONDS),
        prefill_seconds=seconds(value.get("prompt_eval_duration"), per_second=_NANOSECONDS),
        decode_seconds=seconds(value.get("eval_duration"), per_second=_NANOSECONDS),
    )
