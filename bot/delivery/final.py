"""Sends the final text of an answer, which arrives whatever the Bot API server says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from bot.delivery.base import AnswerPlace, Target
from bot.delivery.code_files import CodeFile
from bot.delivery.formatted import MESSAGE_LIMIT, Formatted, Mark, utf16_units
from bot.delivery.refusals import Refusal, refusal
from bot.delivery.split import split
from bot.errors import DeliveryFailed

logger = structlog.get_logger()

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_SMALLEST_LIMIT = 256
_MOST_REPAIRS = 12


@dataclass(frozen=True, slots=True)
class _Message:
    """What is to become one message: its text, its keyboard, and the id of the message that it takes the place of."""

    text: Formatted
    markup: InlineKeyboardMarkup | None = None
    replaced: int | None = None


class FinalText:
    """Sends one answer's messages, the first of them in the place of an earlier message if there is one.

    It relies on `FloodControl` in the bot's session for waiting: out of 429s, of dropped connections and of errors of
    the server. What is left to it is what Telegram refuses for good.
    """

    def __init__(self, target: Target, place: AnswerPlace) -> None:
        self._target = target
        self._place = place
        self._ids: list[int] = []

    async def send(
        self,
        pieces: Sequence[Formatted],
        *,
        replace: int | None = None,
        markup: InlineKeyboardMarkup | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        """Send a text in its pieces, each a message; `replace` is the message to put the first one into.

        The files follow, `markup` goes below the last message; only the first one rings. Returns the ids of the
        messages. Raises `DeliveryFailed` when the chat cannot be reached, and the network's or the server's own error
        when they stayed down for longer than `FloodControl` waits.
        """
        await self._put_all(pieces, replace if not self._ids else None, None if files else markup, MESSAGE_LIMIT)
        for number, file in enumerate(files, 1):
            await self._put_file(file, markup if number == len(files) else None)
        return tuple(self._ids)

    async def _put_file(self, file: CodeFile, markup: InlineKeyboardMarkup | None) -> None:
        """Send code as a file; where that is refused, as messages."""
        target = self._target
        for _ in range(_MOST_REPAIRS):
            try:
                sent = await target.bot.send_document(
                    target.chat_id,
                    BufferedInputFile(file.code.encode(), file.name),
                    message_thread_id=target.thread_id,
                    disable_notification=True,
                    reply_markup=markup,
                )
            except TelegramMigrateToChat as error:
                target.move(error.migrate_to_chat_id)
                continue
            except (TelegramNetworkError, TelegramUnauthorizedError):
                raise
            except TelegramAPIError as error:
                logger.warning("file_refused", chat_id=target.chat_id, description=error.message)
                break
            await self.arrived(sent.message_id, known=False)
            return
        code = Formatted(file.code, (Mark("pre", 0, utf16_units(file.code), language=file.language),))
        await self._put_all(split(code), None, markup, MESSAGE_LIMIT)

    async def _put_all(
        self, pieces: Sequence[Formatted], replaced: int | None, markup: InlineKeyboardMarkup | None, limit: int
    ) -> None:
        last = len(pieces) - 1
        for index, piece in enumerate(pieces):
            message = _Message(piece, markup if index == last else None, replaced if index == 0 else None)
            await self._put(message, limit)

    async def _put(self, message: _Message, limit: int) -> None:
        """Get one piece into the chat, with what has to be changed for it."""
        for _ in range(_MOST_REPAIRS):
            try:
                message_id = await self._once(message)
                await self.arrived(message_id, known=message_id == message.replaced)
                return
            except TelegramMigrateToChat as error:
                self._target.move(error.migrate_to_chat_id)
                message = replace(message, replaced=None)
                continue
            except (TelegramNetworkError, TelegramUnauthorizedError):
                raise
            except TelegramAPIError as error:
                kind = refusal(error)
                if kind is Refusal.NOT_MODIFIED and message.replaced is not None:
                    await self.arrived(message.replaced, known=True)
                    return
                if kind is Refusal.TOO_LONG and limit > _SMALLEST_LIMIT:
                    smaller = split(message.text, limit // 2)
                    await self._put_all(smaller, message.replaced, message.markup, limit // 2)
                    return
                message = self._repaired(error, kind, message)
        raise DeliveryFailed(self._target.chat_id, "refused in every form")

    def _repaired(self, error: TelegramAPIError, kind: Refusal, message: _Message) -> _Message:
        """What to try next; raises when there is nothing left."""
        if kind is Refusal.CHAT_GONE:
            raise DeliveryFailed(self._target.chat_id, error.message) from error
        logger.warning("final_text_refused", chat_id=self._target.chat_id, kind=kind, description=error.message)
        if kind is Refusal.MESSAGE_GONE and message.replaced is not None:
            return replace(message, replaced=None)
        if kind is Refusal.REPLY_GONE and self._target.reply_to is not None:
            self._target.reply_to = None
            return message
        if kind is Refusal.THREAD_GONE and self._target.thread_id is not None:
            self._target.thread_id = None
            return message
        if kind is Refusal.KEYBOARD and message.markup is not None:
            return replace(message, markup=None)
        return self._with_less(error, message)

    def _with_less(self, error: TelegramAPIError, message: _Message) -> _Message:
        """The message without what is most likely the reason of a refusal that is not understood."""
        if message.text.marks:
            return replace(message, text=message.text.plain)
        if message.markup is not None:
            return replace(message, markup=None)
        if message.replaced is not None:
            return replace(message, replaced=None)
        if self._target.reply_to is not None or self._target.thread_id is not None:
            self._target.reply_to = self._target.thread_id = None
            return message
        if isinstance(error, TelegramServerError):
            raise error
        raise DeliveryFailed(self._target.chat_id, error.message) from error

    async def _once(self, message: _Message) -> int:
        target = self._target
        if message.replaced is not None:
            await target.bot.edit_message_text(
                text=message.text.text,
                chat_id=target.chat_id,
                message_id=message.replaced,
                parse_mode=None,
                entities=message.text.entities(),
                link_preview_options=NO_PREVIEW,
                reply_markup=message.markup,
            )
            return message.replaced
        sent = await target.bot.send_message(
            target.chat_id,
            message.text.text,
            message_thread_id=target.thread_id,
            parse_mode=None,
            entities=message.text.entities(),
            link_preview_options=NO_PREVIEW,
            disable_notification=True if self._ids else None,
            reply_parameters=None if self._ids else reply_parameters(target),
            reply_markup=message.markup,
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
