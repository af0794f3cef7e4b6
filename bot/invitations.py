"""Invitations: links that let in who opens them, for a while."""

from __future__ import annotations

import base64
import random
from datetime import timedelta
from enum import StrEnum

from aiogram import Bot

from llm.clock import Clock
from storage import Invitations

CODE_BYTES = 16
PREFIX = "in-"
"""How the payload of such a link begins; there may be links for other purposes."""
SEVERAL = 20


class Lifetime(StrEnum):
    """How long an invitation holds."""

    HOUR = "1h"
    DAY = "1d"
    WEEK = "7d"

    @property
    def length(self) -> timedelta:
        """As a length of time."""
        return {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}[self.value]


class Inviting:
    """Makes invitations and takes them; `randomness` must be one that nobody can foretell."""

    def __init__(self, bot: Bot, invitations: Invitations, clock: Clock, randomness: random.Random) -> None:
        self._bot = bot
        self._invitations = invitations
        self._clock = clock
        self._random = randomness

    async def make(self, lifetime: Lifetime, *, uses: int) -> str:
        """The link of a new invitation for so many people. Raises `WriteFailed`, and what Telegram raises."""
        name = (await self._bot.me()).username
        code = base64.urlsafe_b64encode(self._random.randbytes(CODE_BYTES)).decode().rstrip("=")
        await self._invitations.keep(code, expires_at=self._clock.now() + lifetime.length, uses=uses)
        return f"https://t.me/{name}?start={PREFIX}{code}"

    async def use(self, code: str, person_id: int) -> bool:
        """Let a person in by a code; False for one that does not hold, or no longer. Raises `WriteFailed`."""
        return await self._invitations.use(code, person_id)


def code_in(text: str | None) -> str | None:
    """The code in what Telegram sends when somebody opens such a link; None: it is something else."""
    command, _, payload = (text or "").partition(" ")
    if command.partition("@")[0] != "/start" or not payload.strip().startswith(PREFIX):
        return None
    return payload.strip().removeprefix(PREFIX)
