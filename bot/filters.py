"""What decides which handler an update is for."""

from __future__ import annotations

import re

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message

from bot.said import said_in
from bot.sent.carried import pointed_at
from storage import Answers, Person

CALLED_LATER_SECONDS = 600
"""Nobody waits for an answer to what was written longer ago than this."""
_COMMAND = re.compile(r"/\w{1,64}(?:@\w{1,32})?(?![\w/<>])", re.ASCII)


def is_command(text: str) -> bool:
    """Whether Telegram would take the beginning of a text for a command: no path, no comment, no lone slash."""
    return _COMMAND.match(text) is not None


class CalledLater(BaseFilter):
    """Lets through what has become a question to the bot by an edit: somebody had forgotten its name, and adds it."""

    async def __call__(self, message: Message, answers: Answers) -> bool:
        if message.edit_date is None or message.edit_date - message.date.timestamp() > CALLED_LATER_SECONDS:
            return False
        if is_command(message.text or "") or not (said_in(message).text or pointed_at(message)):
            return False
        return not await answers.known(message.chat.id, message.message_id)


class IsAdmin(BaseFilter):
    """Lets admins through; for everyone else the handler does not exist."""

    async def __call__(self, event: Message | CallbackQuery, person: Person) -> bool:
        return person.admin
