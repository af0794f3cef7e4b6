"""The table of methods; names are looked up without regard to case."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.methods import chats, drafts, messages
from bot.playground.methods.base import Method

_METHODS: Mapping[str, Method] = {
    "getMe": chats.get_me,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "sendMessageDraft": drafts.send_message_draft,
    "sendChatAction": chats.send_chat_action,
    "answerCallbackQuery": chats.answer_callback_query,
    "setMyCommands": chats.set_my_commands,
    "getMyCommands": chats.get_my_commands,
    "deleteMyCommands": chats.delete_my_commands,
}

METHODS: Mapping[str, Method] = {name.lower(): method for name, method in _METHODS.items()}
