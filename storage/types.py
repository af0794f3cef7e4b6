"""Frozen rows as the bot sees them: people, conversations, turns, updates that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from llm.types import Role


class Access(StrEnum):
    """Whether a person may talk to the bot."""

    UNKNOWN = "unknown"
    ASKED = "asked"
    ALLOWED = "allowed"
    REFUSED = "refused"


class AnswerState(StrEnum):
    """How a stored message came to its end; only `COMPLETE` answers are whole."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has written to the bot. `language` and `rich_messages` are None until they choose."""

    id: int
    name: str = field(repr=False)
    username: str | None = field(repr=False)
    access: Access
    admin: bool
    language: str | None = None
    rich_messages: bool | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a conversation; `created_at` is in UTC, `model` is None for what a person said."""

    id: int
    role: Role
    text: str = field(repr=False)
    created_at: datetime
    state: AnswerState
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a conversation came to, up to one of its messages and with it."""

    text: str = field(repr=False)
    message_id: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's message that waits for its answer."""

    conversation_id: int
    message_id: int
    update_id: int
    chat_id: int
    person_id: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as it comes from Telegram; `payload` is its JSON, `lane` says what must stay in order."""

    update_id: int
    lane: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class QueuedUpdate:
    """An update of Telegram's that is kept until it has been dealt with.

    `lane` says what must stay in order; `answer_message_id` is the Telegram message in which an earlier try had begun
    to write its answer, `later_message_ids` are those that it sent after that one. With `sending_after` it may have
    sent one more, with an id above that. `wanted`: it waited for too long, and the person said that it is to be
    answered all the same. `attempts` counts the tries, this one included.
    """

    update_id: int
    lane: str
    payload: bytes = field(repr=False)
    attempts: int
    answer_message_id: int | None = None
    later_message_ids: tuple[int, ...] = ()
    sending_after: int | None = None
    wanted: bool = False

    @property
    def messages_sent(self) -> tuple[int, ...]:
        """The messages of the answer that an earlier try has sent for certain, first one first."""
        return () if self.answer_message_id is None else (self.answer_message_id, *self.later_message_ids)
