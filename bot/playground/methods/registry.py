"""The table of methods; names are looked up without regard to case."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.methods import chats, drafts, files, groups, inline, messages, profile, rich, webhook
from bot.playground.methods.base import Method

_METHODS: Mapping[str, Method] = {
    "getMe": chats.get_me,
    "sendMessage": messages.send_message,
    "editMessageText": rich.edit_message,
    "sendRichMessage": rich.send_rich_message,
    "sendRichMessageDraft": rich.send_rich_message_draft,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "sendMessageDraft": drafts.send_message_draft,
    "sendChatAction": chats.send_chat_action,
    "answerCallbackQuery": chats.answer_callback_query,
    "setMyCommands": chats.set_my_commands,
    "getMyCommands": chats.get_my_commands,
    "deleteMyCommands": chats.delete_my_commands,
    "setMessageReaction": chats.set_message_reaction,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": groups.get_chat_administrators,
    "editEphemeralMessageText": groups.edit_ephemeral_text,
    "editEphemeralMessageReplyMarkup": groups.edit_ephemeral_markup,
    "deleteEphemeralMessage": groups.delete_ephemeral,
    "answerInlineQuery": inline.answer_inline_query,
    "sendPhoto": files.send_photo,
    "sendDocument": files.send_document,
    "editMessageCaption": files.edit_message_caption,
    "editMessageMedia": files.edit_message_media,
    "getFile": files.get_file,
    "setMyName": profile.setter("name"),
    "getMyName": profile.getter("name"),
    "setMyDescription": profile.setter("description"),
    "getMyDescription": profile.getter("description"),
    "setMyShortDescription": profile.setter("short_description"),
    "getMyShortDescription": profile.getter("short_description"),
    "setWebhook": webhook.set_webhook,
    "deleteWebhook": webhook.delete_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
}

METHODS: Mapping[str, Method] = {name.lower(): method for name, method in _METHODS.items()}
