"""Describes an error for the log without its message, in which libraries may repeat what people wrote."""

from __future__ import annotations

import traceback

from bot.errors import BotError
from bot.i18n import MissingText
from llm.errors import LLMError
from storage import StorageError

# Errors whose messages are known to carry nobody's text.
_PLAIN = (BotError, LLMError, MissingText, StorageError)
_MOST_CAUSES = 8
_MOST_FRAMES = 12


def trace_of(error: BaseException) -> str:
    """The types of an error and of its causes, each with the places that it came through, newest first."""
    lines: list[str] = []
    current: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if current is None:
            break
        kind = type(current)
        lines.append(f"{kind.__module__}.{kind.__qualname__}" + (f": {current}" if isinstance(current, _PLAIN) else ""))
        frames = traceback.extract_tb(current.__traceback__)[-_MOST_FRAMES:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)
