"""The parts that groups need, put together and owned as one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot

from bot.access import Doorkeeper
from bot.groups.eyes import Eyes
from bot.groups.gate import GroupGate
from bot.groups.personal import PersonalNotes
from bot.i18n import Texts
from llm.clock import Clock
from storage import Database, Groups


@dataclass(frozen=True, slots=True)
class GroupParts:
    """What is kept of groups, who gets through, and what is shown there beside answers."""

    groups: Groups
    gate: GroupGate
    eyes: Eyes
    personal: PersonalNotes


@asynccontextmanager
async def open_groups(
    bot: Bot, database: Database, doorkeeper: Doorkeeper, texts: Texts, clock: Clock
) -> AsyncIterator[GroupParts]:
    """Make them; at the end what only passes is taken away."""
    groups = Groups(database, clock)
    gate = GroupGate(bot, groups, doorkeeper, texts)
    async with Eyes(bot, gate) as eyes, PersonalNotes(bot, clock) as personal:
        yield GroupParts(groups, gate, eyes, personal)
