"""Sending, editing and deleting text messages."""

from __future__ import annotations

from typing import Any

from bot.playground.errors import bad_request
from bot.playground.methods.base import Api
from bot.playground.methods.keyboards import reply_markup
from bot.playground.methods.texts import message_text
from bot.playground.params import Params
from bot.playground.state import Chat
from bot.playground.values import Json, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
MOST_DELETED = 100


def send_message(api: Api, params: Params) -> Json:
    """`sendMessage`."""
    chat = api.chat(params)
    marked = message_text(params, "message is too long")
    markup = reply_markup(params)
    reply_to = replied(chat, params)
    thread_id, only_for = api.thread(chat, params), receiver(api, chat, params)
    api.take(chat)
    message = api.world.add(
        chat.chat_id,
        from_bot=True,
        text=marked.text,
        entities=marked.entities,
        markup=markup,
        reply_to=reply_to,
        thread_id=thread_id,
        only_for=only_for,
    )
    return api.world.to_bot(message)


def edit_message_text(api: Api, params: Params) -> Json:
    """`editMessageText` with a text."""
    chat = api.chat(params)
    message = text_to_edit(api, chat, params)
    marked = message_text(params, "MESSAGE_TOO_LONG")
    return edit(api, chat, message, params, text=marked.text, entities=marked.entities, blocks=None)


def edit_message_reply_markup(api: Api, params: Params) -> Json:
    """`editMessageReplyMarkup`."""
    chat = api.chat(params)
    return edit(api, chat, api.own_message(chat, params, "edit"), params)


def edit(api: Api, chat: Chat, message: Message, params: Params, **fields: Any) -> Json:
    """Change a message of the bot, unless it is already so. Without a new markup the old one goes.

    Clients do not call a message edited of which only the keyboard has changed.
    """
    content = bool(fields)
    fields["markup"] = reply_markup(params, inline_only=True)
    api.take(chat)
    if all(getattr(message, name) == value for name, value in fields.items()):
        raise bad_request(NOT_MODIFIED)
    return api.world.to_bot(api.world.change(message, edited=content, **fields))


def text_to_edit(api: Api, chat: Chat, params: Params) -> Message:
    """The message of the bot whose text is to be replaced. Raises `ApiError` 400 when it is a file."""
    message = api.own_message(chat, params, "edit")
    if message.file is not None:
        raise bad_request("there is no text in the message to edit")
    return message


def delete_message(api: Api, params: Params) -> bool:
    """`deleteMessage`."""
    chat = api.chat(params)
    message_id = params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    if not api.world.delete(chat.chat_id, [message_id]):
        raise bad_request("message to delete not found")
    return True


def delete_messages(api: Api, params: Params) -> bool:
    """`deleteMessages`: those that are not there are passed over."""
    chat = api.chat(params)
    wanted = params.json("message_ids")
    if not isinstance(wanted, list) or not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > MOST_DELETED:
        raise bad_request("too many message identifiers specified")
    api.world.delete(chat.chat_id, [number for number in wanted if isinstance(number, int)])
    return True


def receiver(api: Api, chat: Chat, params: Params) -> int | None:
    """Who alone is to see a message: a member of the group. Raises `ApiError` 400."""
    given = params.json("ephemeral_message_parameters")
    if given is None:
        return None
    group = api.world.groups.get(chat.chat_id)
    person_id = given.get("receiver_user_id") if isinstance(given, dict) else None
    if group is None or not isinstance(person_id, int) or person_id not in group.members:
        raise bad_request("EPHEMERAL_MESSAGE_RECEIVER_INVALID")
    return person_id


def replied(chat: Chat, params: Params) -> int | None:
    """The message that is replied to. Raises `ApiError` 400 when it is gone and the bot insists on it."""
    given = params.json("reply_parameters")
    parameters = given if isinstance(given, dict) else {"message_id": params.integer("reply_to_message_id")}
    message_id = parameters.get("message_id")
    if not message_id:
        return None
    if message_id in chat.messages:
        return int(message_id)
    if parameters.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
