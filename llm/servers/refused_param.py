"""Finds the field of a request that a server has refused; servers say so in many ways (servers.md 13.5)."""

from __future__ import annotations

import re

from llm.wire.error_body import ErrorBody

SENT_FIELDS = frozenset(
    {
        "chat_template_kwargs", "enable_thinking", "format", "grammar", "grammar_string", "keep_alive",
        "max_completion_tokens", "max_tokens", "plugins", "provider", "reasoning", "reasoning_effort",
        "response_format", "seed", "stop", "stream_options", "temperature", "think", "truncation_length", "ttl",
    }
)  # fmt: skip
"""The fields that we may send and can do without; no other name is ever taken out of what a server says."""

_SAYS_SO = re.compile(
    r"unsupported (?:parameter|value)|unrecognized request argument|unknown parameter|unexpected fields?\b"
    r"|extra (?:fields?|inputs?) |not permitted|not supported|unexpected keyword|can only be defined|must be "
    r"|must contain|supports up to|'loc':|\bbody\b|invalid (?:value|type|schema)|custom grammar|cannot use"
    r"|together with|input should be|failed to parse|does not support param",
    re.IGNORECASE,
)
_NAMES = re.compile("|".join(sorted((rf"\b{name}\b" for name in SENT_FIELDS - {"format"}), key=len, reverse=True)))


def refused_param(error: ErrorBody) -> str | None:
    """The name of the field, or None when none of ours is named."""
    named = error.param.partition(".")[0].partition("[")[0]
    if named in SENT_FIELDS:
        return named
    text = error.message.lower().replace("stream options", "stream_options")
    if "stream_options" in text:
        return "stream_options"  # nobody names it but to refuse it
    if text.startswith("invalid format: "):
        return "format"  # Ollama; elsewhere the word says too little (servers.md 1.4)
    if _SAYS_SO.search(text) is None:
        return None
    found = _NAMES.search(text)
    return None if found is None else found[0]
