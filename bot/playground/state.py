"""The playground's world: people, chats, messages, drafts. Knows nothing of HTTP; tells the feed of each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.playground import present
from bot.playground.commands import CommandMenu, Scope
from bot.playground.feed import EventFeed
from bot.playground.files import FileStore
from bot.playground.group_view import group_message, page_group
from bot.playground.updates import UpdateQueue
from bot.playground.values import BOT_NAME, BOT_USERNAME, PEOPLE, Draft, Group, InlineAsked, Json, Message, Person
from llm.clock import Clock

MESSAGES_KEPT = 2000
DRAFT_SECONDS = 30.0
ONLINE_SECONDS = 60.0
QUERIES_KEPT = 1000


@dataclass(slots=True)
class Chat:
    """One chat: a private one, whose id is the person's, or a group. `topics` are the names of those it has."""

    chat_id: int
    messages: dict[int, Message] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)


class World:
    """All that there is. Its methods check nothing but what must be true for the world to stay sound."""

    def __init__(self, bot_id: int, clock: Clock) -> None:
        self.bot_id = bot_id
        self.clock = clock
        self.feed = EventFeed()
        self.files = FileStore()
        self.commands = CommandMenu()
        self.profile: dict[tuple[str, str], str] = {}
        # A restart must never repeat an id: the bot would take an update for one that it has had.
        self.updates = UpdateQueue(first_id=int(clock.now().timestamp() * 10))
        self.people = {person.person_id: person for person in PEOPLE}
        self.chats = {person.person_id: Chat(person.person_id) for person in PEOPLE}
        self.groups: dict[int, Group] = {}
        self.reads_all = False
        self.open_queries: dict[str, tuple[int, int]] = {}
        self.inline_queries: dict[str, InlineAsked] = {}
        self.inline_places: dict[str, tuple[int, int]] = {}
        self.last_message_id = 0
        self.changes = 0
        self._last_poll: float | None = None
        self._shown_online = False

    # Messages

    def add(self, chat_id: int, **fields: Any) -> Message:
        """Put a new message into a chat. A message of the bot ends its drafts there."""
        self.last_message_id += 1
        message = Message(self.last_message_id, chat_id, date=self._unix(), **fields)
        chat = self.chats[chat_id]
        chat.messages[message.message_id] = message
        if message.inline_id is not None:
            self.inline_places[message.inline_id] = (chat_id, message.message_id)
        while len(chat.messages) > MESSAGES_KEPT:
            del chat.messages[next(iter(chat.messages))]
        self._changed({"type": "message", "chat_id": chat_id, "message": present.page_message(message)})
        if message.from_bot:
            for draft_id in tuple(chat.drafts):
                self.end_draft(chat_id, draft_id)
        return message

    def change(self, message: Message, *, edited: bool = True, **fields: Any) -> Message:
        """Replace parts of a message."""
        if edited:
            fields["edit_date"] = self._unix()
        changed = replace(message, **fields)
        self.chats[message.chat_id].messages[message.message_id] = changed
        self._changed({"type": "edit", "chat_id": message.chat_id, "message": present.page_message(changed)})
        return changed

    def delete(self, chat_id: int, message_ids: Iterable[int]) -> list[int]:
        """Remove messages; returns those that were there."""
        messages = self.chats[chat_id].messages
        gone = [message_id for message_id in message_ids if messages.pop(message_id, None)]
        if gone:
            self._changed({"type": "delete", "chat_id": chat_id, "message_ids": gone})
        return gone

    def to_bot(self, message: Message) -> Json:
        """A message as the bot gets it, with the one that it replies to."""
        answered = self.chats[message.chat_id].messages.get(message.reply_to or 0)
        if (group := self.groups.get(message.chat_id)) is not None:
            return group_message(message, group, self.people, self.bot_id, answered=answered)
        return present.message(message, self.people[message.chat_id], self.bot_id, answered=answered)

    # Drafts

    def put_draft(self, draft: Draft) -> None:
        """Show a draft for the next thirty seconds."""
        draft = replace(draft, expires=self.clock.monotonic() + DRAFT_SECONDS)
        self.chats[draft.chat_id].drafts[draft.draft_id] = draft
        event = {"type": "draft", "chat_id": draft.chat_id, "draft": present.page_draft(draft)}
        self._changed(event, lasting=False)

    def end_draft(self, chat_id: int, draft_id: int) -> None:
        """Take a draft away."""
        if self.chats[chat_id].drafts.pop(draft_id, None):
            self._changed({"type": "draft_gone", "chat_id": chat_id, "draft_id": draft_id}, lasting=False)

    def expire(self) -> None:
        """Take away the drafts whose time is over, and notice when the bot has gone."""
        now = self.clock.monotonic()
        for chat in self.chats.values():
            for draft in tuple(chat.drafts.values()):
                if draft.expires <= now:
                    self.end_draft(chat.chat_id, draft.draft_id)
        self._show_online()

    # People

    def change_person(self, person_id: int, **fields: Any) -> Person:
        """Replace parts of what is known of a person."""
        before = self._menu(person_id)
        person = self.people[person_id] = replace(self.people[person_id], **fields)
        self.changes += 1
        self._show_menu(person_id, before)
        return person

    def set_commands(self, scope: Scope, language: str, commands: list[Json]) -> None:
        """Replace a command menu and show it to those whose menu it is."""
        before = {person_id: self._menu(person_id) for person_id in self.people}
        self.commands.set(scope, language, commands)
        for person_id, menu in before.items():
            self._show_menu(person_id, menu)

    def _menu(self, chat_id: int) -> list[Json]:
        language = self.people[chat_id].language_code if chat_id in self.people else ""
        return self.commands.resolve(chat_id, language)

    def put_group(self, group: Group) -> None:
        """Make a group, or replace what is known of it."""
        self.groups[group.group_id] = group
        self.chats.setdefault(group.group_id, Chat(group.group_id))
        self._changed({"type": "group", "chat_id": group.group_id, "group": page_group(group)})

    def name_topic(self, chat_id: int, thread_id: int, name: str | None) -> None:
        """Give a topic its name, or take it away with None."""
        topics = self.chats[chat_id].topics
        if name is None:
            topics.pop(thread_id, None)
        else:
            topics[thread_id] = name
        self._changed({"type": "topics", "chat_id": chat_id, "topics": _named(topics)})

    def _show_menu(self, person_id: int, before: list[Json]) -> None:
        menu = self._menu(person_id)
        if menu != before:
            self.feed.publish({"type": "commands", "chat_id": person_id, "commands": menu})

    # The bot

    @property
    def online(self) -> bool:
        """Whether the bot asks for updates, did a minute ago at most, or wants to be called."""
        last = self._last_poll
        return (
            self.updates.polled
            or self.updates.hook is not None
            or (last is not None and self.clock.monotonic() - last < ONLINE_SECONDS)
        )

    def polled(self) -> None:
        """The bot has asked for updates."""
        self._last_poll = self.clock.monotonic()
        self._show_online()

    def _show_online(self) -> None:
        if self.online != self._shown_online:
            self._shown_online = self.online
            self.feed.publish({"type": "bot", "online": self._shown_online})

    # For the page

    def snapshot(self) -> Json:
        """Everything that the page shows, and the number of the last event that it contains."""
        self.expire()
        return {
            "bot": {"username": BOT_USERNAME, "first_name": BOT_NAME, "online": self.online},
            "people": [present.page_person(person) for person in self.people.values()],
            "groups": [page_group(group) for group in self.groups.values()],
            "chats": {str(chat.chat_id): self._page_chat(chat) for chat in self.chats.values()},
            "sequence": self.feed.sequence,
        }

    def _page_chat(self, chat: Chat) -> Json:
        return {
            "messages": [present.page_message(message) for message in chat.messages.values()],
            "drafts": [present.page_draft(draft) for draft in chat.drafts.values()],
            "commands": self._menu(chat.chat_id),
            "topics": _named(chat.topics),
        }

    def _changed(self, event: Json, *, lasting: bool = True) -> None:
        self.changes += lasting
        self.feed.publish(event)

    def _unix(self) -> int:
        return int(self.clock.now().timestamp())


def _named(topics: Mapping[int, str]) -> Json:
    return {str(thread_id): name for thread_id, name in topics.items()}
