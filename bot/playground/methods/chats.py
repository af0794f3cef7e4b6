"""What is around the messages: callback queries, chat actions, commands, the bot's profile."""

from __future__ import annotations

import re

from bot.playground import present
from bot.playground.commands import ALL_PRIVATE, DEFAULT, Scope
from bot.playground.errors import bad_request
from bot.playground.methods.base import Api
from bot.playground.methods.groups import group_info, group_member
from bot.playground.params import Params
from bot.playground.utf16 import units
from bot.playground.values import Json

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LONGEST_ANSWER = 200
MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
_NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
_COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")


def get_me(api: Api, _params: Params) -> Json:
    """`getMe`."""
    return present.bot_user(api.world.bot_id, profile=True, reads_all=api.world.reads_all)


def send_chat_action(api: Api, params: Params) -> bool:
    """`sendChatAction`."""
    chat = api.chat(params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    api.world.feed.publish({"type": "action", "chat_id": chat.chat_id, "action": action})
    return True


def answer_callback_query(api: Api, params: Params) -> bool:
    """`answerCallbackQuery`: each query once."""
    query_id = params.text("callback_query_id")
    text = params.text("text")
    if units(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if api.world.open_queries.pop(query_id, None) is None:
        raise bad_request(QUERY_TOO_OLD)
    api.world.feed.publish(
        {"type": "callback_answer", "query_id": query_id, "text": text, "show_alert": params.flag("show_alert")}
    )
    return True


def set_my_commands(api: Api, params: Params) -> bool:
    """`setMyCommands`."""
    commands = params.json("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    api.world.set_commands(_scope(api, params), language(params), [_command(command) for command in commands])
    return True


def get_my_commands(api: Api, params: Params) -> list[Json]:
    """`getMyCommands`."""
    return api.world.commands.get(_scope(api, params), language(params))


def delete_my_commands(api: Api, params: Params) -> bool:
    """`deleteMyCommands`."""
    api.world.set_commands(_scope(api, params), language(params), [])
    return True


def set_message_reaction(api: Api, params: Params) -> bool:
    """`setMessageReaction`: one emoji at most, as for all bots."""
    chat = api.chat(params)
    message = chat.messages.get(params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    reactions = params.json("reaction") or []
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji") if reactions and isinstance(reactions[0], dict) else None
    if reactions and not isinstance(emoji, str):
        raise bad_request("REACTION_INVALID")
    api.world.change(message, edited=False, reaction=emoji)
    return True


def get_chat(api: Api, params: Params) -> Json:
    """`getChat`."""
    if (group := api.world.groups.get(api.chat(params).chat_id)) is not None:
        return group_info(group)
    person = api.world.people[api.chat(params).chat_id]
    return present.private_chat(person) | {
        "accent_color_id": 0,
        "max_reaction_count": 1,
        "accepted_gift_types": _NO_GIFTS,
    }


def get_chat_member(api: Api, params: Params) -> Json:
    """`getChatMember`: in a private chat the person or the bot, both ordinary members."""
    if (group := api.world.groups.get(api.chat(params).chat_id)) is not None:
        return group_member(api, group, params.integer("user_id"))
    person = api.world.people[api.chat(params).chat_id]
    user_id = params.integer("user_id")
    if user_id not in (person.person_id, api.world.bot_id):
        raise bad_request("PARTICIPANT_ID_INVALID")
    member = present.user(person) if user_id == person.person_id else present.bot_user(api.world.bot_id)
    return {"status": "member", "user": member}


def _scope(api: Api, params: Params) -> Scope:
    scope = params.json("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in ("chat", "chat_administrators", "chat_member"):
        return kind, api.chat(Params({"chat_id": scope.get("chat_id")})).chat_id
    if kind in (DEFAULT[0], ALL_PRIVATE[0], "all_group_chats", "all_chat_administrators"):
        return kind, None
    raise bad_request("can't parse BotCommandScope: unsupported type specified")


def language(params: Params) -> str:
    """The language that is named, or none. Raises `ApiError` 400 for what is no code of two letters."""
    code = params.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("BOT_LANGUAGE_CODE_INVALID")
    return code


def _command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse commands: BotCommand must be an Object")
    name = _COMMAND.fullmatch(str(command.get("command", "")))
    description = command.get("description")
    if name is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= units(description) <= LONGEST_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**command, "command": name.group(1)}
