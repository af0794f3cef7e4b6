"""Decides what of a conversation is sent so that it fits into a model's context: pure, estimates only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from llm.tokens import TokenEstimator
from llm.types import Message, Role, TextPart

# What a server gives when nothing is known of it: the smallest default in use (Ollama, LM Studio: servers.md 0.2, 1.3).
DEFAULT_CONTEXT = 4096
SMALLEST_RESERVE = 64
LARGEST_RESERVE = 2048
ESTIMATE_ERROR = 0.08
"""How far an estimate may be too low, as a share of it, once the server has counted for some time."""
MARKER = "[…]"
"""Stands on a line of its own where the middle of a text was left out."""

_RETRY_SHARE = 0.75
"""What a refused prompt is made into: nobody may have said how much too long it was, and there is one more try only."""
_LEAST_KEPT = 16
"""A text of which fewer characters would be left is not worth sending."""
_STEP = 0.9
_WORD_REACH = 20
"""So many characters are given up to end at a word."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The tokens of a context: all of them, and those kept free for the answer."""

    context: int
    reserve: int

    @property
    def prompt(self) -> int:
        """How many estimated tokens a prompt may have; so many that it fits even where the estimate was too low."""
        return int(max(0, self.context - self.reserve) / (1 + ESTIMATE_ERROR))


@dataclass(frozen=True, slots=True)
class Fitted:
    """The messages to send, in their order; `prompt_tokens` is estimated, `dropped` says how many were left out.

    When `prompt_tokens` is more than `Budget.prompt`, nothing more could be left out.
    """

    messages: tuple[Message, ...] = field(repr=False)
    prompt_tokens: int
    dropped: int


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A person's message with the answers to it, by their places; `stays` when it may not be left out."""

    places: tuple[int, ...]
    stays: bool
    answered_only: bool


def budget_for(max_context: int | None, max_tokens: int | None) -> Budget:
    """Share a context between prompt and answer. None: the context is not known, the answer's length not configured.

    An answer gets what is configured, or a quarter of the context within limits; never more than half of it.
    """
    context = max_context or DEFAULT_CONTEXT
    wanted = max_tokens or min(LARGEST_RESERVE, max(SMALLEST_RESERVE, context // 4))
    return Budget(context, min(wanted, context // 2))


def fit(messages: Sequence[Message], budget: Budget, estimator: TokenEstimator, *, cut_newest: bool = False) -> Fitted:
    """Leave out the oldest exchanges, each as a whole, until the rest fits.

    System messages, exchanges with a pinned message and the newest exchange always stay, even when they are too long
    by themselves: only the server can say so for certain. With `cut_newest`, for a server that would not say so, the
    middle of the newest message's text is left out as well. Answers at the beginning that no kept question belongs to
    are left out, since many templates refuse them (servers.md 12.2).
    """
    fitted = _leave_out(messages, budget.prompt, estimator)
    if cut_newest and fitted.prompt_tokens > budget.prompt:
        return _cut_newest(fitted, budget.prompt, estimator) or fitted
    return fitted


def shrink(messages: Sequence[Message], budget: Budget, estimator: TokenEstimator, *, below: int) -> Fitted | None:
    """Make a refused prompt clearly smaller: strictly fewer estimated tokens than `below`, and fitting if possible.

    Leaves out exchanges as `fit` does; when that is not enough, also the middle of the newest message's text. None
    when nothing more can be left out.
    """
    wanted = min(budget.prompt, int(below * _RETRY_SHARE))
    fitted = _leave_out(messages, wanted, estimator)
    if fitted.prompt_tokens <= wanted < below:
        return fitted
    for limit in (wanted, below - 1):
        if (shorter := _cut_newest(fitted, limit, estimator)) is not None:
            return shorter
    return fitted if fitted.prompt_tokens < below else None


def _leave_out(messages: Sequence[Message], limit: int, estimator: TokenEstimator) -> Fitted:
    costs = [estimator.cost(message) for message in messages]
    total = estimator.overhead + sum(costs)
    gone: set[int] = set()
    for exchange in _exchanges(messages):
        if exchange.stays or (total <= limit and not exchange.answered_only):
            continue
        gone.update(exchange.places)
        total -= sum(costs[place] for place in exchange.places)
    kept = tuple(message for place, message in enumerate(messages) if place not in gone)
    return Fitted(kept, total, len(gone))


def _exchanges(messages: Sequence[Message]) -> list[_Exchange]:
    """The dialogue in exchanges, the oldest first; system messages are in none."""
    groups: list[list[int]] = []
    for place, message in enumerate(messages):
        if message.role is Role.SYSTEM:
            continue
        if message.role is Role.USER or not groups:
            groups.append([])
        groups[-1].append(place)
    return [
        _Exchange(
            places=tuple(group),
            stays=group is groups[-1] or any(messages[place].pinned for place in group),
            answered_only=messages[group[0]].role is not Role.USER,
        )
        for group in groups
    ]


def _cut_newest(fitted: Fitted, limit: int, estimator: TokenEstimator) -> Fitted | None:
    """The same messages, the newest one shortened so that all have at most `limit` tokens, or None."""
    place = _newest(fitted.messages)
    if place is None:
        return None
    newest = fitted.messages[place]
    cost = estimator.cost(newest)
    room = limit - (fitted.prompt_tokens - cost)
    if room <= 0:
        return None
    text = _longest_text(newest)
    kept = int(len(text) * min(1.0, room / cost))
    while kept >= _LEAST_KEPT:
        shorter = _with_text(newest, without_middle(text, kept))
        if len(shorter.text) < len(newest.text) and (tokens := estimator.cost(shorter)) <= room:
            messages = (*fitted.messages[:place], shorter, *fitted.messages[place + 1 :])
            return replace(fitted, messages=messages, prompt_tokens=fitted.prompt_tokens - cost + tokens)
        kept = int(kept * _STEP)
    return None


def without_middle(text: str, kept: int) -> str:
    """The beginning and the end of a text, at most `kept` characters of it, with a line between that says so."""
    head, tail = text[: (kept + 1) // 2], text[len(text) - kept // 2 :]
    if (space := max(head.rfind(" "), head.rfind("\n"))) > len(head) - _WORD_REACH and space > 0:
        head = head[:space]
    spaces = [place for place in (tail.find(" "), tail.find("\n")) if place >= 0]
    if spaces and min(spaces) < min(_WORD_REACH, len(tail) - 1):
        tail = tail[min(spaces) + 1 :]
    return f"{head}\n{MARKER}\n{tail}"


def _newest(messages: Sequence[Message]) -> int | None:
    places = [place for place, message in enumerate(messages) if message.role is not Role.SYSTEM]
    return places[-1] if places else None


def _longest_text(message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    return max((part.text for part in message.content if isinstance(part, TextPart)), key=len, default="")


def _with_text(message: Message, text: str) -> Message:
    """The message with its longest text replaced."""
    if isinstance(message.content, str):
        return replace(message, content=text)
    longest = TextPart(_longest_text(message))
    return replace(message, content=tuple(TextPart(text) if part == longest else part for part in message.content))
