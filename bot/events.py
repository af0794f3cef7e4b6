"""What happens while an answer is made, told to whoever shows it; knows nothing of Telegram."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from llm.errors import Failure
from llm.routing.attempts import Attempt
from llm.types import ChatResult


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """An answer is on its way."""


@dataclass(frozen=True, slots=True)
class AnswerQueued:
    """All servers are at work: the place in the queue, 1 is next, and about how many seconds it will take still."""

    place: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AnswerLoading:
    """The server is loading this model; told again while it goes on."""

    model: str


@dataclass(frozen=True, slots=True)
class AnswerThinking:
    """The model is reasoning and has not begun to answer. `delta` is what its thoughts have grown by."""

    delta: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of the answer, to be appended to what has come before."""

    delta: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerRetracted:
    """What has come so far was reasoning and not the answer: the text begins anew."""


@dataclass(frozen=True, slots=True)
class AnswerReplaced:
    """What has come so far broke off: another answer comes in its place."""


@dataclass(frozen=True, slots=True)
class AnswerCompleted:
    """The whole answer is there. Always last. `request_id` is that of the attempts in the figures.

    `unseeing` is the model that the person had chosen, when it was passed over because it does not see pictures.
    `forgotten` is how many messages at the beginning no longer reach a model as they are, when that is news.
    """

    result: ChatResult
    request_id: int | None = None
    unseeing: str = ""
    forgotten: int = 0


@dataclass(frozen=True, slots=True)
class AnswerStopped:
    """The person stopped it; `text` is what had come, perhaps nothing. Always last."""

    text: str = field(repr=False)
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """It failed; `text` is what had come before, perhaps nothing, and is no whole answer. Always last.

    `tried` are all requests that were sent for it, `retry_in` is when it may work again, in seconds.
    """

    failure: Failure
    model: str
    server: str
    text: str = field(repr=False)
    tried: tuple[Attempt, ...] = ()
    retry_in: float | None = None
    request_id: int | None = None


AnswerEvent = (
    AnswerStarted
    | AnswerQueued
    | AnswerLoading
    | AnswerThinking
    | AnswerText
    | AnswerRetracted
    | AnswerReplaced
    | AnswerCompleted
    | AnswerStopped
    | AnswerFailed
)


class ByteCount(int):
    """A number of bytes, to be shown as a size."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the admins have to know, said once: `key` and `args` of its words, `mark` of what it is about.

    Two notices with the same key and mark are one. Of the arguments lengths of time, sums of money (float) and
    `ByteCount` are shown as the admin's language writes them; notices among them become lines of their own.
    """

    key: str
    mark: str
    args: Mapping[str, Said] = field(default_factory=dict)


Said = str | int | float | timedelta | tuple[Notice, ...]
"""What stands in a notice."""


Notify = Callable[[Notice], None]
"""Takes a notice to be passed on soon; never waits."""
