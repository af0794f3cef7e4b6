"""Tells all admins what they have to know: each thing once, in each admin's language."""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.access import Doorkeeper
from bot.events import Notice, Said
from bot.faults import trace_of
from bot.i18n import Texts
from bot.views.notices import notice_text
from llm.background import Background

logger = structlog.get_logger()

MOST_WAITING = 100
MOST_KEPT = 20
"""So many notices are kept for an admin who can't be written to yet."""


class AdminNotices(Background):
    """Takes notices at any time and sends them by a task of its own, for as long as its context lasts."""

    task_name = "notices"

    def __init__(self, bot: Bot, doorkeeper: Doorkeeper, texts: Texts) -> None:
        self._bot = bot
        self._doorkeeper = doorkeeper
        self._texts = texts
        self._waiting: asyncio.Queue[Notice] = asyncio.Queue(MOST_WAITING)
        self._told: set[tuple[str, str]] = set()
        self._kept: dict[int, list[Notice]] = {}

    def tell(self, notice: Notice) -> None:
        """Pass a notice on; one that has been told, and is not over, is dropped."""
        about = (notice.key, notice.mark)
        if about in self._told:
            return
        if self._pass_on(notice):
            self._told.add(about)

    def known(self, notice: Notice) -> None:
        """Take note that a notice has been told, by an earlier run."""
        self._told.add((notice.key, notice.mark))

    def over(self, notice: Notice, news: Notice) -> None:
        """Tell that what a notice was about is over, to whoever has heard of it; it may then be told again."""
        if self.forget(notice):
            self._pass_on(news)

    def forget(self, notice: Notice) -> bool:
        """Let a notice be told again: what it was about is over, which nobody need hear. False: it was not told."""
        about = (notice.key, notice.mark)
        if about not in self._told:
            return False
        self._told.discard(about)
        for admin_id, kept in self._kept.items():
            self._kept[admin_id] = [one for one in kept if (one.key, one.mark) != about]
        return True

    async def send_waiting(self, admin_id: int) -> None:
        """Send what could not be sent before: a bot can't write to anybody who has not written to it."""
        for notice in self._kept.pop(admin_id, []):
            await self._send(admin_id, notice)

    def _pass_on(self, notice: Notice) -> bool:
        about = {f"about_{name}": _logged(value) for name, value in notice.args.items()}
        logger.warning("notice", key=notice.key, **about)
        try:
            self._waiting.put_nowait(notice)
        except asyncio.QueueFull:
            return False  # the log has it, and the next time it is tried again
        return True

    async def _run(self) -> None:
        while True:
            notice = await self._waiting.get()
            try:
                for admin_id in await self._doorkeeper.admins():
                    await self._send(admin_id, notice)
            except Exception as error:  # noqa: BLE001 - one that can't be told must not keep all others from it
                logger.error("notice_failed", key=notice.key, trace=trace_of(error))

    async def _send(self, admin_id: int, notice: Notice) -> None:
        t = self._texts.translator(await self._doorkeeper.language_of(admin_id))
        try:
            await self._bot.send_message(admin_id, notice_text(t, notice))
        except AiogramError as error:
            logger.warning("notice_not_sent", admin_id=admin_id, error=type(error).__name__)
            kept = self._kept.setdefault(admin_id, [])
            if len(kept) < MOST_KEPT:
                kept.append(notice)


def _logged(value: Said) -> str:
    """What a notice says, for the log: of lines within it only what they are about."""
    return ", ".join(one.key for one in value) if isinstance(value, tuple) else str(value)
