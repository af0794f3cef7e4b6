"""What people do in groups: make them, bring the bot in, write, press buttons, open topics, become a supergroup."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.playground import present
from bot.playground.acting import Acting
from bot.playground.entities import Marked, trimmed, with_detected
from bot.playground.errors import PageError
from bot.playground.group_view import group_chat, member
from bot.playground.state import QUERIES_KEPT
from bot.playground.utf16 import units
from bot.playground.values import BOT_USERNAME, Group, Json, Membership, Message

LONGEST_TEXT = 4096
_FIRST_ID = -1_000_000_000_001
_HERE = frozenset({Membership.CREATOR, Membership.ADMINISTRATOR, Membership.MEMBER})


@dataclass(frozen=True, slots=True)
class GroupActs(Acting):
    """Lets people act in the groups of a world. Raises `PageError`, 404 for what is not there, 400 for what can't be.

    The bot is only told what Telegram would tell it: with privacy mode on, and as no admin of the group, these are
    commands, messages that name it, replies to its own, what is sent through it, and what happens to the group.
    """

    def create(
        self, creator_id: int, title: str = "Test group", *, supergroup: bool = True, forum: bool = False
    ) -> Group:
        """Make a group with all people in it, without the bot."""
        self._person(creator_id)
        group_id = min((-1 if not supergroup else _FIRST_ID), *(one - 1 for one in self.world.groups), 0)
        members = {one: Membership.CREATOR if one == creator_id else Membership.MEMBER for one in self.world.people}
        group = Group(group_id, title, members, supergroup=supergroup, forum=forum and supergroup)
        self.world.put_group(group)
        return group

    def set_bot(self, actor_id: int, group_id: int, status: Membership) -> Group:
        """Bring the bot into a group, make it an admin, or put it out."""
        group = self.group(group_id)
        before, group = group.bot, replace(group, bot=status)
        if before is status:
            return group
        me = present.bot_user(self.world.bot_id)
        self.world.put_group(group)
        self._update(
            "my_chat_member",
            {
                "chat": group_chat(group),
                "from": present.user(self._person(actor_id)),
                "date": int(self.world.clock.now().timestamp()),
                "old_chat_member": member(me, before),
                "new_chat_member": member(me, status),
            },
        )
        return group

    def set_member(self, group_id: int, person_id: int, status: Membership) -> Group:
        """Make somebody an admin, an ordinary member, or none."""
        self._person(person_id)
        group = self.group(group_id)
        group = replace(group, members={**group.members, person_id: status})
        self.world.put_group(group)
        return group

    def say(
        self,
        group_id: int,
        person_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        thread_id: int | None = None,
        mentioned: Mapping[str, int] | None = None,
        ephemeral: bool = False,
    ) -> Message:
        """Write in a group. `mentioned` are words that stand for people without a username, or for the bot by its id.

        An `ephemeral` message is a command from the menu that nobody else sees.
        """
        group = self._member(group_id, person_id)
        marked = trimmed(Marked(text))
        if not marked.text or units(marked.text) > LONGEST_TEXT:
            raise PageError(400, "the text is empty or too long")
        chat = self.world.chats[group_id]
        if thread_id is not None and thread_id not in chat.topics:
            raise PageError(404, "there is no such topic")
        marked = with_detected(Marked(marked.text, self._mentions(marked.text, mentioned or {})))
        message = self.world.add(
            group_id,
            from_bot=False,
            sender_id=person_id,
            text=marked.text,
            entities=marked.entities,
            reply_to=reply_to,
            thread_id=thread_id,
            only_for=person_id if ephemeral else None,
        )
        if self._reaches_bot(group, message):
            self._update("message", self.world.to_bot(message))
        return message

    def upload(self, group_id: int, person_id: int, name: str, content: bytes, *, caption: str = "") -> Message:
        """Send a document in a group."""
        group = self._member(group_id, person_id)
        marked = with_detected(trimmed(Marked(caption)))
        message = self.world.add(
            group_id,
            from_bot=False,
            sender_id=person_id,
            text=marked.text,
            entities=marked.entities,
            document=self.world.files.add(name, content),
        )
        if self._reaches_bot(group, message):
            self._update("message", self.world.to_bot(message))
        return message

    def edit(self, person_id: int, group_id: int, message_id: int, text: str) -> Message:
        """Change what somebody has said."""
        group = self._member(group_id, person_id)
        message = self.world.chats[group_id].messages.get(message_id)
        if message is None or message.sender_id != person_id:
            raise PageError(404, "there is no such message of theirs")
        marked = with_detected(trimmed(Marked(text)))
        message = self.world.change(message, text=marked.text, entities=marked.entities)
        if self._reaches_bot(group, message):
            self._update("edited_message", self.world.to_bot(message))
        return message

    def press(self, person_id: int, group_id: int, message_id: int, data: str) -> str:
        """Press a button; returns the id of the query."""
        self._member(group_id, person_id)
        message = self.world.chats[group_id].messages.get(message_id)
        if message is None or message.only_for not in {None, person_id}:
            raise PageError(404, "there is no such message")
        if not any(button.get("callback_data") == data for row in message.buttons for button in row):
            raise PageError(404, "the message has no such button")
        query_id = str(secrets.randbits(62) | 1 << 61)
        queries = self.world.open_queries
        queries[query_id] = (group_id, message_id)
        while len(queries) > QUERIES_KEPT:
            del queries[next(iter(queries))]
        where = (
            {"message": self.world.to_bot(message)}
            if message.inline_id is None
            else {"inline_message_id": message.inline_id}
        )
        sender = present.user(self._person(person_id))
        self._update("callback_query", {"id": query_id, "from": sender, "chat_instance": "1", "data": data, **where})
        return query_id

    def open_topic(self, person_id: int, chat_id: int, name: str) -> int:
        """Open a topic of a forum, or of somebody's private chat; returns its id, that of the message that tells it."""
        self._person(person_id)
        group = self.world.groups.get(chat_id)
        if chat_id not in self.world.chats or (group is not None and not group.forum):
            raise PageError(400, "this chat has no topics")
        topic: Json = {"name": name, "icon_color": 7322096}
        told = self.world.add(
            chat_id, from_bot=False, sender_id=person_id if group else None, service={"forum_topic_created": topic}
        )
        self.world.name_topic(chat_id, told.message_id, name)
        told = self.world.change(told, edited=False, thread_id=told.message_id)
        if group is None or group.bot in _HERE:
            self._update("message", self.world.to_bot(told))
        return told.message_id

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Delete a topic with all that was said in it; Telegram does not tell bots."""
        chat = self.world.chats[chat_id]
        if thread_id not in chat.topics:
            raise PageError(404, "there is no such topic")
        self.world.name_topic(chat_id, thread_id, None)
        self.world.delete(chat_id, [one.message_id for one in chat.messages.values() if one.thread_id == thread_id])

    def become_supergroup(self, person_id: int, group_id: int) -> Group:
        """Let a group go on as a supergroup, which has another id and none of the messages."""
        group = self._member(group_id, person_id)
        if group.supergroup:
            raise PageError(400, "it is one already")
        new_id = min(_FIRST_ID, *(one - 1 for one in self.world.groups))
        grown = replace(group, group_id=new_id, supergroup=True)
        self.world.put_group(grown)
        self.world.put_group(replace(group, moved_to=new_id))
        for told_in, service in (
            (group_id, {"migrate_to_chat_id": new_id}),
            (new_id, {"migrate_from_chat_id": group_id}),
        ):
            told = self.world.add(told_in, from_bot=False, sender_id=person_id, service=dict(service))
            if group.bot in _HERE:
                self._update("message", self.world.to_bot(told))
        return grown

    def group(self, group_id: int) -> Group:
        """A group. Raises `PageError` 404."""
        group = self.world.groups.get(group_id)
        if group is None:
            raise PageError(404, "there is no such group")
        return group

    def _reaches_bot(self, group: Group, message: Message) -> bool:
        if group.bot not in _HERE:
            return False
        if self.world.reads_all or group.bot is Membership.ADMINISTRATOR:
            return True
        replied = self.world.chats[group.group_id].messages.get(message.reply_to or 0)
        return message.text.startswith("/") or (replied is not None and replied.from_bot) or self._names_bot(message)

    def _names_bot(self, message: Message) -> bool:
        data = self.world.to_bot(message)
        units_of = message.text.encode("utf-16-le")
        for entity in data.get("entities") or data.get("caption_entities", ()):
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            written = units_of[start:end].decode("utf-16-le").casefold()
            by_name = entity["type"] == "mention" and written == f"@{BOT_USERNAME}"
            if by_name or (entity["type"] == "text_mention" and entity["user"]["id"] == self.world.bot_id):
                return True
        return False

    def _mentions(self, text: str, mentioned: Mapping[str, int]) -> tuple[Json, ...]:
        found: list[Json] = []
        for word, user_id in mentioned.items():
            start = text.find(word)
            if start < 0:
                raise PageError(400, "what is mentioned is not in the text")
            person = self.world.people.get(user_id)
            user = present.bot_user(self.world.bot_id) if person is None else present.user(person)
            offset, length = units(text[:start]), units(word)
            found.append({"type": "text_mention", "offset": offset, "length": length, "user": user})
        return tuple(sorted(found, key=lambda one: int(one["offset"])))

    def _member(self, group_id: int, person_id: int) -> Group:
        group = self.group(group_id)
        if group.moved_to is not None:
            raise PageError(400, "this group is a supergroup now")
        if group.members.get(self._person(person_id).person_id) not in _HERE:
            raise PageError(400, "who is no member cannot do that")
        return group
