"""What a method of the Bot API gets to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.playground.errors import ApiError, bad_request
from bot.playground.limits import Flood, FloodGate
from bot.playground.params import Params
from bot.playground.state import Chat, World
from bot.playground.values import Group, Membership, Message


@dataclass(frozen=True, slots=True)
class Api:
    """The world, and who may send how much."""

    world: World
    gate: FloodGate

    def chat(self, params: Params) -> Chat:
        """The chat that is named. Raises `ApiError` 400 when there is none, 403 when the person has blocked the bot."""
        if not params.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat_id = params.integer("chat_id")
        if (group := self.world.groups.get(chat_id or 0)) is not None:
            return self._group_chat(group)
        person = self.world.people.get(chat_id or 0)
        if person is None or not person.started:
            raise bad_request("chat not found")
        if person.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return self.world.chats[person.person_id]

    def _group_chat(self, group: Group) -> Chat:
        if group.moved_to is not None:
            moved = {"migrate_to_chat_id": group.moved_to}
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
        kind = "supergroup" if group.supergroup else "group"
        if group.bot is Membership.KICKED:
            raise ApiError(403, f"Forbidden: bot was kicked from the {kind} chat")
        if group.bot is Membership.LEFT:
            raise ApiError(403, f"Forbidden: bot is not a member of the {kind} chat")
        return self.world.chats[group.group_id]

    def thread(self, chat: Chat, params: Params) -> int | None:
        """The topic that is named. Raises `ApiError` 400 when the chat has none like it."""
        thread_id = params.integer("message_thread_id")
        if not thread_id:
            return None
        if thread_id not in chat.topics:
            raise bad_request("message thread not found")
        return thread_id

    def take(self, chat: Chat, kind: Flood = Flood.MESSAGE) -> None:
        """Count one request against the limits. Raises `ApiError` 429."""
        self.gate.take(chat.chat_id, kind)

    def own_message(self, chat: Chat, params: Params, doing: str) -> Message:
        """A message of the bot that is to be edited. Raises `ApiError` 400."""
        message_id = params.integer("message_id")
        if not message_id:
            raise bad_request("message identifier is not specified")
        message = chat.messages.get(message_id)
        if message is None:
            raise bad_request(f"message to {doing} not found")
        if not message.from_bot:
            raise bad_request(f"message can't be {doing}ed")
        return message


Method: TypeAlias = Callable[[Api, Params], Any]
"""Does one call and returns its result as JSON, or an awaitable of it. Raises `ApiError`."""
