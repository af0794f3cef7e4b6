"""Finds the JSON object in what a model has written: by itself, in a code block, or with words around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

MOST_STARTS = 64
"""So many opening braces are tried; text that has more and no object by then is given up."""

_BLOCK = re.compile(r"```[a-zA-Z]*[ \t]*\n?(.*?)```", re.DOTALL)
_DECODER = json.JSONDecoder()


def json_object(text: str) -> dict[str, object] | None:
    """The object that a text consists of, else the largest one in a code block, else the largest one in the text.

    None when there is none. Takes time in proportion to the text.
    """
    if (whole := _read(text.strip())) is not None:
        return whole
    blocks = (_read(block.strip()) for block in _BLOCK.findall(text))
    if (block := max((block for block in blocks if block is not None), key=len, default=None)) is not None:
        return block
    return max(_inside(text), key=lambda found: found[1], default=(None, 0))[0]


def _read(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _inside(text: str) -> Iterator[tuple[dict[str, object], int]]:
    """Objects that lie side by side in a text, each with its length; those inside another are not looked for."""
    place = 0
    for _ in range(MOST_STARTS):
        place = text.find("{", place)
        if place < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
            continue
        yield value, end - place
        place = end
