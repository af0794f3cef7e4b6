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
    BLOCKED = "blocked"
    """Refused as well, and to be told so once."""


class Limit(StrEnum):
    """What a person may have so much of."""

    MINUTE = "minute"
    """Messages in any minute."""
    DAY = "day"
    """Tokens in and out together, from midnight to midnight UTC."""


class AnswerState(StrEnum):
    """How a stored message came to its end; only `COMPLETE` answers are whole."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has written to the bot. `language` and `rich_messages` are None until they choose.

    Their own limits are None where those of the settings hold, and 0 where none does.
    """

    id: int
    name: str = field(repr=False)
    username: str | None = field(repr=False)
    access: Access
    admin: bool
    language: str | None = None
    rich_messages: bool | None = None
    messages_minute: int | None = None
    tokens_day: int | None = None

    @property
    def choices(self) -> dict[str, object]:
        """What they have chosen for themselves, by name."""
        theirs = {"id", "name", "username", "access", "admin", "messages_minute", "tokens_day"}
        return {name: getattr(self, name) for name in Person.__dataclass_fields__ if name not in theirs}

    @property
    def kept_out(self) -> bool:
        """Whether an admin has decided that they may not."""
        return self.access in {Access.REFUSED, Access.BLOCKED}


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A person, when they came and when they wrote last."""

    person: Person
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """What was asked of models in a stretch of time: so many requests, and tokens in and out together."""

    requests: int = 0
    tokens: int = 0


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
    to write its answer; `attempts` counts the tries, this one included.
    """

    update_id: int
    lane: str
    payload: bytes = field(repr=False)
    attempts: int
    answer_message_id: int | None = None
