"""Reads the numbers out of a server's words about a prompt that was too long (servers.md 13.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm.wire.error_body import read_error_body

_MOST = 10**8


@dataclass(frozen=True, slots=True)
class Overflow:
    """What the server says, in tokens; None: it does not say."""

    prompt_tokens: int | None = None
    context: int | None = None


_N = r"(\d{1,9})"
_CONTEXT = re.compile(
    rf"maximum context length (?:is|of) {_N}|context length is only {_N}|available context size \({_N}"
    rf"|model's context length \({_N}|context length only supports {_N}|n_ctx: {_N}|must have less than {_N}"
    rf"|`max_new_tokens` must be <= {_N}|context length of only {_N}|reached context length of {_N}"
    rf"|context window of {_N}|tokens > {_N} maximum",
    re.IGNORECASE,
)
# The tokens of the prompt alone come before a sum that has those of the answer in it.
_PROMPT = re.compile(
    rf"\({_N} in the messages|has {_N} input tokens|passed {_N} input tokens|resulted in {_N} tokens"
    rf"|request \({_N} tokens\)|input \({_N} tokens\)|input has {_N} tokens|n_keep: {_N}|keep the first {_N} tokens"
    rf"|given: {_N} `inputs` tokens|given: {_N}\b|{_N} tokens from the input messages|\({_N} of text input"
    rf"|prompt is too long: {_N} tokens",
    re.IGNORECASE,
)


def read_overflow(body: object) -> Overflow:
    """Find both numbers in a body: as fields (llama-server), also in JSON inside a text (Ollama), or in words."""
    fields = _fields(body)
    message = read_error_body(body).message
    return Overflow(
        prompt_tokens=_whole(fields.get("n_prompt_tokens")) or _in_words(_PROMPT, message),
        context=_whole(fields.get("n_ctx")) or _in_words(_CONTEXT, message),
    )


def _fields(body: object) -> dict[str, object]:
    """The object that the numbers stand in."""
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else body if isinstance(body, dict) else {}


def _in_words(pattern: re.Pattern[str], message: str) -> int | None:
    found = pattern.search(message)
    return None if found is None else _whole(int(next(group for group in found.groups() if group)))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST else None
