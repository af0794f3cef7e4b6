"""The bot as one answer sees it: which messages it has sent is on disk, so that a later try goes on in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.delivery.sent_once import Sending, SentOnce

Note = Callable[[Sequence[int], int | None], Awaitable[None]]
"""Writes down which messages the answer has, and, while one is on its way, above which id it will be."""


class AnswerBot(Bot):
    """Shares the session of the bot that it is made of; for the messages of one answer."""

    def __init__(
        self,
        bot: Bot,
        once: SentOnce,
        note: Note,
        *,
        earlier: Sequence[int] = (),
        sending_after: int | None = None,
    ) -> None:
        """`earlier` are the messages of a try that broke off; `sending_after`: it may have sent one more above that."""
        super().__init__(bot.token, session=bot.session, default=bot.default)
        self._once = once
        self._note = note
        self._ids = list(earlier[:1])
        self._later = tuple(earlier[1:])
        self._doubt = sending_after

    async def clear(self, chat_id: int) -> None:
        """Take away the messages of a broken-off try but for the first, which is written anew in its place."""
        if not self._later:
            return
        with suppress(AiogramError):  # gone already, or too old to go
            await self.delete_messages(chat_id, list(self._later))
        self._later = ()

    async def __call__(self, method: TelegramMethod[Any], request_timeout: int | None = None) -> Any:
        """Note each message before it is sent, and its id when it is there."""
        if not isinstance(method, Sending) or not isinstance(method.chat_id, int):
            return await super().__call__(method, request_timeout)
        note = partial(self._note_sending, method.chat_id)
        self._once.watch(method, note, after=self._doubt)
        sent: Message = await super().__call__(method, request_timeout)
        self._doubt = None  # only now: a frame that was skipped has looked for nothing
        self._ids.append(sent.message_id)
        await self._note(self._ids, None)
        return sent

    async def _note_sending(self, chat_id: int) -> None:
        await self._note(self._ids, self._once.numbers.newest(chat_id))
