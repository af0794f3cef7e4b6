"""What decides which handler an update is for."""

from __future__ import annotations

import re

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message

from storage import Person

_COMMAND = re.compile(r"/\w{1,64}(?:@\w{1,32})?(?![\w/<>])", re.ASCII)


def is_command(text: str) -> bool:
    """Whether Telegram would take the beginning of a text for a command: no path, no comment, no lone slash."""
    return _COMMAND.match(text) is not None


class IsAdmin(BaseFilter):
    """Lets admins through; for everyone else the handler does not exist."""

    async def __call__(self, event: Message | CallbackQuery, person: Person) -> bool:
        return person.admin
