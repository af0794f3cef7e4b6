"""Sends the final text of an answer, which arrives whatever the Bot API server says."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import LinkPreviewOptions, ReplyParameters

from bot.delivery.base import AnswerPlace, Target
from bot.delivery.formatted import MESSAGE_LIMIT, Formatted
from bot.delivery.refusals import Refusal, refusal
from bot.delivery.split import split
from bot.errors import DeliveryFailed

logger = structlog.get_logger()

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_SMALLEST_LIMIT = 256
_MOST_REPAIRS = 12


class FinalText:
    """Sends one answer's messages, the first of them in the place of an earlier message if there is one.

    It relies on `FloodControl` in the bot's session for waiting: out of 429s, of dropped connections and of errors of
    the server. What is left to it is what Telegram refuses for good.
    """

    def __init__(self, target: Target, place: AnswerPlace) -> None:
        self._target = target
        self._place = place
        self._ids: list[int] = []

    async def send(self, pieces: Sequence[Formatted], *, replace: int | None = None) -> tuple[int, ...]:
        """Send a text in its pieces, each a message; `replace` is the message to put the first one into.

        Returns the ids of the messages. Raises `DeliveryFailed` when the chat cannot be reached, and the network's or
        the server's own error when they stayed down for longer than `FloodControl` waits.
        """
        for piece in pieces:
            await self._put(piece, replace if not self._ids else None, MESSAGE_LIMIT)
        return tuple(self._ids)

    async def _put(self, piece: Formatted, replace: int | None, limit: int) -> None:
        """Get one piece into the chat, with what has to be changed for it."""
        for _ in range(_MOST_REPAIRS):
            try:
                message_id = await self._once(piece, replace)
                await self.arrived(message_id, known=message_id == replace)
                return
            except TelegramMigrateToChat as error:
                self._target.move(error.migrate_to_chat_id)
                replace = None
                continue
            except (TelegramNetworkError, TelegramUnauthorizedError):
                raise
            except TelegramAPIError as error:
                kind = refusal(error)
                if kind is Refusal.NOT_MODIFIED and replace is not None:
                    await self.arrived(replace, known=True)
                    return
                if kind is Refusal.TOO_LONG and limit > _SMALLEST_LIMIT:
                    await self._put_smaller(piece, replace, limit // 2)
                    return
                piece, replace = self._repaired(error, kind, piece, replace)
        raise DeliveryFailed(self._target.chat_id, "refused in every form")

    def _repaired(
        self, error: TelegramAPIError, kind: Refusal, piece: Formatted, replace: int | None
    ) -> tuple[Formatted, int | None]:
        """What to try next; raises when there is nothing left."""
        if kind is Refusal.CHAT_GONE:
            raise DeliveryFailed(self._target.chat_id, error.message) from error
        logger.warning("final_text_refused", chat_id=self._target.chat_id, kind=kind, description=error.message)
        if kind is Refusal.MESSAGE_GONE and replace is not None:
            return piece, None
        if kind is Refusal.REPLY_GONE and self._target.reply_to is not None:
            self._target.reply_to = None
            return piece, replace
        if kind is Refusal.THREAD_GONE and self._target.thread_id is not None:
            self._target.thread_id = None
            return piece, replace
        if piece.marks:
            return piece.plain, replace
        if replace is not None:
            return piece, None
        if self._target.reply_to is not None or self._target.thread_id is not None:
            self._target.reply_to = self._target.thread_id = None
            return piece, None
        if isinstance(error, TelegramServerError):
            raise error
        raise DeliveryFailed(self._target.chat_id, error.message) from error

    async def _put_smaller(self, piece: Formatted, replace: int | None, limit: int) -> None:
        for index, part in enumerate(split(piece, limit)):
            await self._put(part, replace if index == 0 else None, limit)

    async def _once(self, piece: Formatted, replace: int | None) -> int:
        target = self._target
        if replace is not None:
            await target.bot.edit_message_text(
                text=piece.text,
                chat_id=target.chat_id,
                message_id=replace,
                parse_mode=None,
                entities=piece.entities(),
                link_preview_options=NO_PREVIEW,
            )
            return replace
        sent = await target.bot.send_message(
            target.chat_id,
            piece.text,
            message_thread_id=target.thread_id,
            parse_mode=None,
            entities=piece.entities(),
            link_preview_options=NO_PREVIEW,
            reply_parameters=None if self._ids else reply_parameters(target),
        )
        return sent.message_id

    async def arrived(self, message_id: int, *, known: bool) -> tuple[int, ...]:
        """Keep the id of a message that has arrived, and tell of the first one unless it is known already.

        Returns all ids so far.
        """
        self._ids.append(message_id)
        if len(self._ids) == 1 and not known and self._place.on_first_message is not None:
            await self._place.on_first_message(message_id)
        return tuple(self._ids)


def reply_parameters(target: Target) -> ReplyParameters | None:
    """What makes a message a reply, also when the message that it replies to is gone."""
    if target.reply_to is None:
        return None
    return ReplyParameters(message_id=target.reply_to, allow_sending_without_reply=True)
