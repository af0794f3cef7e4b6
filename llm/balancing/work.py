"""What is to be done and where it could be done: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from llm.types import Task


class Priority(IntEnum):
    """Who goes first."""

    PERSON = 0
    """Somebody looks at the screen."""
    BACKGROUND = 1
    """Nobody waits for it."""


class ModelOnServer(NamedTuple):
    """A model under the name that a server has for it."""

    server: str
    model: str


@dataclass(frozen=True, slots=True)
class Work:
    """A request as a balancer sees it.

    `prompt_tokens` is about how long the prompt is, `max_tokens` how long the answer may become at most. Requests of
    one `conversation` begin alike, so that a server may have the beginning in its cache; None: nothing of the kind.
    Those of one `person` take turns with other people's; None: nobody's in particular.
    """

    prompt_tokens: int
    task: Task = Task.CHAT
    conversation: str | None = None
    person: str | None = None
    priority: Priority = Priority.PERSON
    max_tokens: int | None = None

    @property
    def spare(self) -> int:
        """How many slots of a server it leaves free, so that a person who comes need not wait."""
        return 1 if self.priority is Priority.BACKGROUND else 0
