"""What a simulated model answers, by rule, and how it counts tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MESSAGE_TOKENS = 4
CHARACTERS = 4
"""Of so many a token is made."""
IMAGE_TOKENS = 85

_FOLDED = re.compile(r"^(.+?)\n\n(?=system\?$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it reached the model; `images` are files."""

    role: str
    text: str
    images: tuple[bytes, ...] = ()


def tokens(text: str) -> int:
    """How many tokens a text has."""
    return -(-len(text) // CHARACTERS)


def cost(messages: Sequence[Said]) -> int:
    """How many tokens messages have."""
    return sum(MESSAGE_TOKENS + tokens(message.text) + IMAGE_TOKENS * len(message.images) for message in messages)


def answer_of(messages: Sequence[Said]) -> str:
    """The answer to a dialogue.

    `say X` gives X, `count N` the numbers up to N, `messages?` how many messages reached the model, `system?` the
    system text that did, as such or folded into the question; anything else is repeated.
    """
    asked = next((message.text for message in reversed(messages) if message.role == "user"), "")
    if asked.endswith("system?"):
        native = next((message.text for message in messages if message.role == "system"), None)
        folded = _FOLDED.match(asked)
        return native or (folded[1] if folded else "none")
    if asked.endswith("messages?"):
        return str(len(messages))
    if (numbers := re.search(r"count (\d+)$", asked)) is not None:
        return " ".join(str(number) for number in range(1, int(numbers[1]) + 1))
    if (wanted := re.search(r"say (.+)\Z", asked, re.DOTALL)) is not None:
        return wanted[1]
    return f"You said: {asked[:40]}"


def json_answer(schema: Mapping[str, object] | None) -> str:
    """A value of a schema, or some object."""
    return json.dumps({"answer": "yes"} if schema is None else _value(schema), ensure_ascii=False)


def _value(schema: Mapping[str, object]) -> object:
    if isinstance(values := schema.get("enum"), list):
        return values[0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties")
        return {name: _value(one) for name, one in properties.items()} if isinstance(properties, dict) else {}
    if kind == "array":
        return []
    return {"string": "word", "integer": 7, "number": 0.5, "boolean": True}.get(str(kind))
