"""Hands stored updates to the handlers, and keeps in mind which message of each chat is the newest."""

from __future__ import annotations

import json

import orjson
from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.delivery.sent_once import MessageNumbers
from bot.intake.inbox import Feed
from bot.intake.lanes import place_of
from storage import Conversations, Inbox, QueuedUpdate


async def remember_numbers(numbers: MessageNumbers, conversations: Conversations, inbox: Inbox) -> None:
    """Meet the messages that earlier processes have met, so that the newest one is known from the start."""
    for chat_id, message_id in await conversations.last_places():
        numbers.met(chat_id, message_id)
    for queued in await inbox.waiting():
        place = place_of(json.loads(queued.payload))
        if place is not None:
            chat_id, message_id = place
            numbers.met(chat_id, max(message_id, *queued.messages_sent, queued.sending_after or 0))


def feed_of(dispatcher: Dispatcher, bot: Bot, numbers: MessageNumbers) -> Feed:
    """What gives one stored update to the handlers, and learns from it how far the messages of its chat have come."""

    async def feed(queued: QueuedUpdate) -> None:
        update = Update.model_validate(orjson.loads(queued.payload), context={"bot": bot})
        if update.message is not None:
            numbers.met(update.message.chat.id, update.message.message_id)
        await dispatcher.feed_update(bot, update, queued=queued)

    return feed
