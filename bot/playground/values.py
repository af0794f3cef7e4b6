"""The frozen values of the playground: people, messages, drafts, files, and how a message is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object as the Bot API has it."""

BOT_NAME = "Domovoy"
BOT_USERNAME = "domovoy_playground_bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who talks to the bot on the page. `started`: has written to the bot once, so that it may write back."""

    person_id: int
    first_name: str
    role: str
    language_code: str = "en"
    started: bool = False
    blocked: bool = False


PEOPLE = (Person(1, "Admin", "admin"), Person(1001, "Me", "me"), Person(1002, "Stranger", "stranger"))


class Membership(StrEnum):
    """How somebody belongs to a group."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


@dataclass(frozen=True, slots=True)
class Group:
    """A group: people by their ids, and how the bot belongs to it. One that has `moved_to` another id is no more.

    A `supergroup` may have topics; a plain group becomes one under another id.
    """

    group_id: int
    title: str
    members: Mapping[int, Membership]
    supergroup: bool = True
    forum: bool = False
    bot: Membership = Membership.LEFT
    moved_to: int | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent.

    `width` and `height` are those of a picture, in pixels, `seconds` the length of a recording; 0 when unknown.
    """

    file_id: str
    name: str
    mime: str
    size: int
    width: int = 0
    height: int = 0
    seconds: int = 0

    @property
    def path(self) -> str:
        """The path of `getFile`; also what the page asks for."""
        return f"files/{self.file_id}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat. With a photo, document or recording, `text` and `entities` are its caption.

    In a group `sender_id` is the person who wrote it; `only_for` the one who alone sees it. `thread_id` is its topic,
    `service` what happened if it is no message of somebody's, and `inline_id` the id by which the bot knows what
    somebody has sent through it. `entities` and `markup` are JSON objects of the Bot API. A rich message has `blocks`,
    and what can be read in them as `text`. `reaction` is the bot's, `person_reaction` the person's. `quote` is what of
    the message replied to is meant, `forwarded_from` the name of somebody who is not here.
    """

    message_id: int
    chat_id: int
    from_bot: bool
    date: int
    text: str = field(default="", repr=False)
    entities: tuple[Json, ...] = ()
    markup: Json | None = None
    reply_to: int | None = None
    photo: StoredFile | None = None
    document: StoredFile | None = None
    voice: StoredFile | None = None
    audio: StoredFile | None = None
    media_group_id: str | None = None
    edit_date: int | None = None
    blocks: tuple[Json, ...] | None = field(default=None, repr=False)
    is_rtl: bool = False
    sender_id: int | None = None
    thread_id: int | None = None
    only_for: int | None = None
    inline_id: str | None = None
    service: Json | None = None
    reaction: str | None = None
    person_reaction: str | None = None
    quote: str | None = field(default=None, repr=False)
    forwarded_from: str | None = None

    @property
    def buttons(self) -> list[list[Json]]:
        """The rows of its inline keyboard."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def file(self) -> StoredFile | None:
        """What is attached to it."""
        return self.photo or self.document or self.voice or self.audio


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that the bot is still writing. Without text it is the 'Thinking' placeholder.

    `expires` is on the clock's monotonic scale, in seconds.
    """

    draft_id: int
    chat_id: int
    text: str = field(default="", repr=False)
    entities: tuple[Json, ...] = ()
    blocks: tuple[Json, ...] | None = field(default=None, repr=False)
    can_stop: bool = False
    keep_on_stop: bool = False
    thread_id: int | None = None
    expires: float = 0.0

    @property
    def thinking(self) -> bool:
        """Whether there is nothing to read in it yet."""
        return not self.text and not self.blocks


@dataclass(frozen=True, slots=True)
class InlineAsked:
    """What somebody has written behind the bot's name in another chat, and what the bot offered; None: nothing yet."""

    person_id: int
    text: str = field(repr=False)
    results: tuple[Json, ...] | None = None
    button: Json | None = None


def message_from_json(data: Mapping[str, Any]) -> Message:
    """A message of a snapshot. Raises `TypeError` or `KeyError` when it is none."""
    fields = dict(data)
    blocks: Sequence[Json] | None = fields.get("blocks")
    fields["entities"] = tuple(fields.get("entities", ()))
    fields["blocks"] = None if blocks is None else tuple(blocks)
    for name in ("photo", "document", "voice", "audio"):
        if fields.get(name) is not None:
            fields[name] = StoredFile(**fields[name])
    return Message(**fields)


def group_from_json(data: Mapping[str, Any]) -> Group:
    """A group of a snapshot. Raises `TypeError`, `KeyError` or `ValueError` when it is none."""
    members = {int(person_id): Membership(status) for person_id, status in data["members"].items()}
    return Group(**{**data, "members": members, "bot": Membership(data["bot"])})
