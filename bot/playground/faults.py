"""Faults on order: what a test can make the Bot API server do wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.playground.errors import ApiError, too_many_requests


class Misdeed(StrEnum):
    """How a call goes wrong without an answer of the Bot API."""

    HANG = "hang"
    DROP = "drop"
    DROP_REPLY = "drop reply"
    NOT_JSON = "not json"


Fault = ApiError | Misdeed


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API. `time` is on the clock's monotonic scale; contents of files are left out of `params`."""

    time: float
    method: str
    params: Mapping[str, object]


class Faults:
    """What is to go wrong with the next calls of each method; names of methods as in the documentation."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}
        self._unknown: set[str] = set()

    def fail(
        self,
        method: str,
        times: int = 1,
        *,
        status: int = 400,
        description: str = "Bad Request: on order",
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        """Answer the next calls with an error."""
        self._add(method, ApiError(status, description, parameters), times)

    def flood(self, method: str, retry_after: int, times: int = 1) -> None:
        """Answer the next calls with 429."""
        self._add(method, too_many_requests(retry_after), times)

    def hang(self, method: str, times: int = 1) -> None:
        """Never answer the next calls."""
        self._add(method, Misdeed.HANG, times)

    def drop(self, method: str, times: int = 1) -> None:
        """Close the connection of the next calls before anything is done."""
        self._add(method, Misdeed.DROP, times)

    def drop_reply(self, method: str, times: int = 1) -> None:
        """Do what the next calls ask for, then close the connection: the bot cannot know that it was done."""
        self._add(method, Misdeed.DROP_REPLY, times)

    def not_json(self, method: str, times: int = 1) -> None:
        """Answer the next calls with a proxy's HTML page and status 502."""
        self._add(method, Misdeed.NOT_JSON, times)

    def unknown(self, *methods: str) -> None:
        """From now on do not know these methods, as an older Bot API server would not."""
        self._unknown |= {method.lower() for method in methods}

    def clear(self) -> None:
        """Everything works again."""
        self._queues.clear()
        self._unknown.clear()

    def is_unknown(self, method: str) -> bool:
        """Whether a method is to be answered with 404."""
        return method.lower() in self._unknown

    def next(self, method: str) -> Fault | None:
        """What goes wrong with this call."""
        queue = self._queues.get(method.lower())
        return queue.popleft() if queue else None

    def _add(self, method: str, fault: Fault, times: int) -> None:
        self._queues.setdefault(method.lower(), deque()).extend([fault] * times)
