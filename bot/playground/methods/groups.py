"""What is only in groups: their members, and messages that one person alone sees."""

from __future__ import annotations

from bot.playground import present
from bot.playground.errors import bad_request
from bot.playground.group_view import group_chat, member
from bot.playground.methods.base import Api
from bot.playground.methods.keyboards import reply_markup
from bot.playground.methods.messages import edit
from bot.playground.methods.texts import message_text
from bot.playground.params import Params
from bot.playground.state import Chat
from bot.playground.values import Group, Json, Membership, Message

_DECIDE = frozenset({Membership.CREATOR, Membership.ADMINISTRATOR})


def group_of(api: Api, chat: Chat) -> Group:
    """The group that a chat is. Raises `ApiError` 400 when it is none."""
    group = api.world.groups.get(chat.chat_id)
    if group is None:
        raise bad_request("there are no administrators in the private chat")
    return group


def group_member(api: Api, group: Group, user_id: int | None) -> Json:
    """Somebody of a group as `getChatMember` tells. Raises `ApiError` 400 for nobody."""
    if user_id == api.world.bot_id:
        return member(present.bot_user(api.world.bot_id), group.bot)
    person = api.world.people.get(user_id or 0)
    if person is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member(present.user(person), group.members.get(person.person_id, Membership.LEFT))


def get_chat_administrators(api: Api, params: Params) -> list[Json]:
    """`getChatAdministrators`: without other bots."""
    group = group_of(api, api.chat(params))
    return [group_member(api, group, one) for one, status in group.members.items() if status in _DECIDE]


def group_info(group: Group) -> Json:
    """A group as `getChat` tells."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    accepted = dict.fromkeys(gifts, False)
    return group_chat(group) | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}


def edit_ephemeral_text(api: Api, params: Params) -> bool:
    """`editEphemeralMessageText`."""
    chat = api.chat(params)
    message = _ephemeral(chat, params)
    marked = message_text(params, "MESSAGE_TOO_LONG")
    edit(api, chat, message, params, text=marked.text, entities=marked.entities, blocks=None)
    return True


def edit_ephemeral_markup(api: Api, params: Params) -> bool:
    """`editEphemeralMessageReplyMarkup`."""
    chat = api.chat(params)
    reply_markup(params, inline_only=True)
    edit(api, chat, _ephemeral(chat, params), params)
    return True


def delete_ephemeral(api: Api, params: Params) -> bool:
    """`deleteEphemeralMessage`."""
    chat = api.chat(params)
    return bool(api.world.delete(chat.chat_id, [_ephemeral(chat, params).message_id]))


def _ephemeral(chat: Chat, params: Params) -> Message:
    message = chat.messages.get(params.integer("ephemeral_message_id") or 0)
    if message is None or message.only_for is None or message.only_for != params.integer("receiver_user_id"):
        raise bad_request("message to edit not found")
    return message
