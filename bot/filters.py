"""What decides which handler an update is for."""

from __future__ import annotations

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message

from storage import Person


class IsAdmin(BaseFilter):
    """Lets admins through; for everyone else the handler does not exist."""

    async def __call__(self, event: Message | CallbackQuery, person: Person) -> bool:
        return person.admin
