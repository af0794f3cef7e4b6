"""Frozen rows as the bot sees them: people, conversations, turns, updates that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

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


class Style(StrEnum):
    """How long a person wants answers to be."""

    SHORT = "short"
    NORMAL = "normal"
    DETAILED = "detailed"


class Creativity(StrEnum):
    """How freely a person wants answers to be worded."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has written to the bot, and what they have chosen.

    `language` and `rich_messages` are None until they choose. `model` is the name of the one they want answers of,
    None: whichever is best. `persona` is what they want the bot to be, as a model is told it. With `interrupts` what
    they write while an answer comes ends that answer, else it waits. `reactions`: the bot may react to their messages
    with an emoji. `at_home`: nothing of theirs may go to a cloud.

    Their own limits are None where those of the settings hold, and 0 where none does.
    """

    id: int
    name: str = field(repr=False)
    username: str | None = field(repr=False)
    access: Access
    admin: bool
    language: str | None = None
    rich_messages: bool | None = None
    model: str | None = None
    persona: str | None = field(default=None, repr=False)
    style: Style = Style.NORMAL
    creativity: Creativity = Creativity.NORMAL
    show_thinking: bool = False
    streaming: bool = True
    interrupts: bool = False
    reactions: bool = True
    at_home: bool = False
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
class Group:
    """A group and what its admins have chosen for it.

    `language` is None until they choose. With `quiet` nothing is answered, without `replies` only who names the bot is.
    With `everybody` all members may use the bot, else those who may anyhow. `reactions`: the bot may show by an emoji
    that it has seen a message.
    """

    id: int
    title: str = field(repr=False)
    language: str | None = None
    quiet: bool = False
    replies: bool = True
    everybody: bool = False
    reactions: bool = True


class AttachmentKind(StrEnum):
    """What was sent with a message."""

    PHOTO = "photo"
    DOCUMENT = "document"


class Preferences(TypedDict, total=False):
    """What a person may change of that; as in `Person`."""

    language: str | None
    rich_messages: bool | None
    model: str | None
    persona: str | None
    style: Style
    creativity: Creativity
    show_thinking: bool
    streaming: bool
    interrupts: bool
    reactions: bool
    at_home: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that was sent with a message; `mime` is what it was found to be.

    Of a picture `data` is kept, of a document the `text` that was read in it. Both are None where they were given up
    for want of space, or were not asked for.
    """

    kind: AttachmentKind
    name: str = field(repr=False)
    mime: str
    text: str | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message of what a person said at a stretch; `context` is what they quoted or forwarded in it."""

    telegram_id: int
    text: str = field(repr=False)
    context: str = field(default="", repr=False)


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
    """A message of a conversation; `created_at` is in UTC, `model` is None for what a person said.

    `context` is what a person quoted or forwarded with it.
    """

    id: int
    role: Role
    text: str = field(repr=False)
    created_at: datetime
    state: AnswerState
    model: str | None = None
    attachments: tuple[Attachment, ...] = ()
    context: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One of the answers that a question has had; `telegram_ids` are its messages in the chat, first one first.

    `replaced`: another answer, or another branch, has taken its place.
    """

    id: int
    text: str = field(repr=False)
    state: AnswerState
    model: str | None
    request_id: int | None
    telegram_ids: tuple[int, ...]
    replaced: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What a conversation came to, up to one of its messages and with it."""

    text: str = field(repr=False)
    message_id: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's message that waits for its answer; `context` is what they quoted or forwarded with it.

    `update_id` is the update that wants the answer: the one that brought the message, or that asked for another answer
    to it. `joined` are further updates whose text is part of the message: they are closed with it.
    """

    conversation_id: int
    message_id: int
    update_id: int
    chat_id: int
    person_id: int
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    context: str = field(default="", repr=False)
    joined: tuple[int, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether several people talk there: Telegram's ids of groups are negative."""
        return self.chat_id < 0


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
    answered all the same. `attempts` counts the tries, this one included. `received_at` is when it was stored, in UTC.
    """

    update_id: int
    lane: str
    payload: bytes = field(repr=False)
    attempts: int
    answer_message_id: int | None = None
    received_at: datetime | None = None
    later_message_ids: tuple[int, ...] = ()
    sending_after: int | None = None
    wanted: bool = False

    @property
    def messages_sent(self) -> tuple[int, ...]:
        """The messages of the answer that an earlier try has sent for certain, first one first."""
        return () if self.answer_message_id is None else (self.answer_message_id, *self.later_message_ids)
