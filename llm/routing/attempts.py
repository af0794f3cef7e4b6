"""What became of each request that was sent for one answer, and what a caller gets of it."""

from __future__ import annotations

from dataclasses import dataclass

from llm.errors import AttemptFailed, Failure, LLMError
from llm.types import ChatResult, StreamEvent, Why


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to one target. Times are seconds; `failure` None: the answer came from here.

    `began` is when it was sent, counted from the start of the whole call. A failure of kind `cancelled` is nobody's
    fault: the person pressed Stop, or another attempt was faster. `setting` is what the names of the model's settings
    begin with.
    """

    model: str
    server: str
    setting: str
    why: Why
    began: float
    seconds: float
    ttft_seconds: float | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is complete: its result, and every attempt that was made for it; always the last event."""

    result: ChatResult
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Restarted:
    """The answer broke off after some of it was shown. What comes next is a new answer, in the place of the old one."""


@dataclass(frozen=True, slots=True)
class Queued:
    """All servers are at work: the place in the queue, 1 is next, and about how many seconds it will take still."""

    place: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Loading:
    """The server loads this model before it answers, which may take minutes."""

    model: str


RoutedEvent = StreamEvent | Queued | Loading | Restarted | Answered


class NoAnswer(LLMError):
    """No target could answer.

    `failure` is what to tell a person: the first thing that went wrong. `attempts` are all that were made, `partial`
    what was shown of an answer and is none. `retry_in` is when it may be worth asking again, in seconds, None: not
    known. `model` and `server` are those of the failure, empty when nobody could be asked.
    """

    def __init__(
        self,
        failure: Failure,
        *,
        attempts: tuple[Attempt, ...] = (),
        model: str = "",
        server: str = "",
        partial: str = "",
        retry_in: float | None = None,
    ) -> None:
        self.failure = failure
        self.attempts = attempts
        self.model = model
        self.server = server
        self.partial = partial
        self.retry_in = retry_in
        tried = ", ".join(
            f"{one.model} at {one.server}: {one.failure.kind if one.failure else 'ok'}" for one in attempts
        )
        super().__init__(f"no answer ({failure.kind}); tried {tried or 'nobody'}")


def no_answer_of(failed: AttemptFailed, attempts: tuple[Attempt, ...], *, partial: str = "") -> NoAnswer:
    """The end of a call whose root was one failed attempt."""
    return NoAnswer(failed.failure, attempts=attempts, model=failed.model, server=failed.server, partial=partial)
