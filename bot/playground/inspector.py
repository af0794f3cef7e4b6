"""Remembers which calls of the Bot API made each message, and asks the bot how an answer was decided."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.playground.values import Json

MESSAGES_KEPT = 1000
CALLS_OF_A_MESSAGE = 100
"""The oldest go first: of a long answer's drafts and edits the last ones say most."""

Explain: TypeAlias = Callable[[int, int, str], Awaitable[str | None]]
"""Gives, for a chat, a message and a language, how its answer came about, as HTML of the Bot API; None: not known."""
Place: TypeAlias = tuple[int, int]
"""A chat, and a message in it."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call with its answer, without the token; `at` in Unix time, `seconds` until it was answered."""

    method: str
    params: Mapping[str, object] = field(repr=False)
    answer: object = field(repr=False)
    ok: bool
    at: float
    seconds: float

    def shown(self) -> Json:
        """As the page gets it."""
        return {
            "method": self.method,
            "params": self.params,
            "answer": self.answer,
            "ok": self.ok,
            "at": self.at,
            "seconds": round(self.seconds, 4),
        }


class Inspector:
    """Keeps the calls of the newest messages.

    What comes before a message (drafts, "typing", a send that was refused) is kept with the next one of its chat.
    """

    def __init__(self) -> None:
        self.explain: Explain | None = None
        self._made: OrderedDict[Place, list[SeenCall]] = OrderedDict()
        self._before: dict[int, list[SeenCall]] = {}

    def see(self, call: SeenCall, pressed: Mapping[str, Place], inline: Mapping[str, Place]) -> None:
        """Take note of a call. `pressed` are the messages of open queries, `inline` those known by an inline id."""
        chat_id = _whole(call.params.get("chat_id"))
        place = pressed.get(str(call.params.get("callback_query_id"))) or inline.get(
            str(call.params.get("inline_message_id"))
        )
        if place is None and chat_id is not None:
            message_id = _message_of(call.answer) if call.ok else None
            message_id = message_id or _whole(call.params.get("message_id"))
            if message_id is None:
                _keep(self._before.setdefault(chat_id, []), call)
                return
            place = (chat_id, message_id)
        if place is None:
            return
        calls = self._made.setdefault(place, [])
        if call.ok and call.method.lower().startswith("send"):
            calls[:0] = self._before.pop(place[0], [])
        _keep(calls, call)
        while len(self._made) > MESSAGES_KEPT:
            self._made.popitem(last=False)

    def calls(self, chat_id: int, message_id: int) -> list[Json]:
        """The calls that made a message, oldest first."""
        return [call.shown() for call in self._made.get((chat_id, message_id), ())]

    async def decision(self, chat_id: int, message_id: int, language: str) -> str | None:
        """How an answer came about; None: not known."""
        return None if self.explain is None else await self.explain(chat_id, message_id, language)


def _keep(calls: list[SeenCall], call: SeenCall) -> None:
    calls.append(call)
    del calls[:-CALLS_OF_A_MESSAGE]


def _message_of(answer: object) -> int | None:
    if not isinstance(answer, dict):
        return None
    return _whole(answer.get("message_id")) or _whole(answer.get("ephemeral_message_id"))


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None
