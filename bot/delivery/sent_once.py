"""Finds out whether a message of which no reply came stands in its chat already, before it is sent again."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import structlog
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.enums import ChatType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import (
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    Response,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendRichMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, InlineKeyboardMarkup, Message
from aiohttp import ClientConnectorError

from bot.delivery.refusals import Refusal, refusal

if TYPE_CHECKING:
    from aiogram import Bot

logger = structlog.get_logger()

# A message's number is one of the next after the newest that was known; others may have been given to other chats.
MOST_TRIED = 40
_IDS_KEPT = 2000
_DOUBTS_KEPT = 100
# Channels and supergroups number their messages by themselves; all other chats of a bot share one sequence.
_FIRST_WITH_OWN_NUMBERS = -1_000_000_000_000

Sending = SendMessage | SendRichMessage | SendDocument | SendPhoto


class MessageNumbers:
    """The message ids that this process has met. Telegram gives them in ascending order."""

    def __init__(self) -> None:
        self._newest: dict[int, int] = {}
        self._first_sent: dict[int, int] = {}
        self._sent: deque[int] = deque(maxlen=_IDS_KEPT)

    def met(self, chat_id: int, message_id: int) -> None:
        """A message has come, or was sent."""
        sequence = _sequence(chat_id)
        self._newest[sequence] = max(message_id, self._newest.get(sequence, 0))

    def sent(self, chat_id: int, message_id: int) -> None:
        """This process has sent a message."""
        self._first_sent.setdefault(_sequence(chat_id), message_id)
        self.found(chat_id, message_id)

    def found(self, chat_id: int, message_id: int) -> None:
        """It is known whose a message is that was in doubt; an earlier process may have sent it."""
        self.met(chat_id, message_id)
        self._sent.append(message_id)

    def newest(self, chat_id: int) -> int:
        """The highest id so far in the sequence that a chat belongs to; 0: none is known."""
        return self._newest.get(_sequence(chat_id), 0)

    def first_sent(self, chat_id: int) -> int | None:
        """The first id that this process was given there: whatever an earlier one has sent lies below."""
        return self._first_sent.get(_sequence(chat_id))

    def is_known(self, message_id: int) -> bool:
        """Whether this process has sent it lately."""
        return message_id in self._sent


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What is known of a message that is to be sent: above which id it may stand already (None: it does not).

    `before_sending` is called at the moment it goes out. `earlier`: it may have been sent by an earlier process.
    """

    method: Sending
    after: int | None
    before_sending: Callable[[], Awaitable[None]] | None = None
    earlier: bool = False


class SentOnce(BaseRequestMiddleware):
    """Keeps a message from standing in a chat twice; to be registered behind `FloodControl`, which sends again.

    The Bot API can't be asked what stands in a chat. But an edit tells: a message that is not there can't be edited,
    one of a person neither, and one that says the same already is refused as not modified. So the ids that a message
    can have been given are tried with an edit to what is to be sent.
    """

    def __init__(self, numbers: MessageNumbers) -> None:
        self.numbers = numbers
        # By the object: a request that is made again is the same one. It is held here, so that its id stays its own.
        self._doubts: dict[int, _Doubt] = {}

    def watch(
        self, method: Sending, before_sending: Callable[[], Awaitable[None]], *, after: int | None = None
    ) -> None:
        """Call `before_sending` when this message goes out, after all waiting for room: then ids are near.

        With `after` an earlier process may have sent it, or another try at it, with an id above that.
        """
        self._note(_Doubt(method, after, before_sending, earlier=after is not None))

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Send it, unless it is there."""
        if not isinstance(method, Sending) or not isinstance(method.chat_id, int):
            return await make_request(bot, method)
        sending, chat_id = method, method.chat_id
        doubt = self._doubts.pop(id(method), None) or _Doubt(sending, None)
        if doubt.after is not None:
            try:
                found = await self._found(cast("NextRequestMiddlewareType[Message]", make_request), bot, sending, doubt)
            except BaseException:
                self._doubts[id(method)] = doubt
                raise
            if found is not None:
                return cast("Response[TelegramType]", found)
        if doubt.before_sending is not None:
            await doubt.before_sending()
        after = self.numbers.newest(chat_id)
        try:
            sent = await make_request(bot, cast("TelegramMethod[TelegramType]", method))
        except (TelegramAPIError, ClientDecodeError) as error:
            refused = not isinstance(error, TelegramNetworkError | TelegramServerError | ClientDecodeError)
            in_doubt = not refused and not isinstance(error.__cause__, ClientConnectorError)
            if in_doubt or doubt.before_sending is not None:
                self._note(_Doubt(sending, after if in_doubt else None, doubt.before_sending))
            raise
        self.numbers.sent(chat_id, cast("Message", sent).message_id)
        return sent

    def _note(self, doubt: _Doubt) -> None:
        while len(self._doubts) >= _DOUBTS_KEPT:  # requests that were given up
            del self._doubts[next(iter(self._doubts))]
        self._doubts[id(doubt.method)] = doubt

    async def _found(
        self,
        make_request: NextRequestMiddlewareType[Message],
        bot: Bot,
        method: Sending,
        doubt: _Doubt,
    ) -> Message | None:
        """The message, if it is there. What an earlier process sent and cannot be changed to this is taken away."""
        assert isinstance(method.chat_id, int)  # noqa: S101 - `__call__` has looked
        assert doubt.after is not None  # noqa: S101 - there would be nothing to look for
        chat_id, earlier = method.chat_id, doubt.earlier
        below = self.numbers.first_sent(chat_id) if earlier else None
        tried, candidate = 0, doubt.after
        while tried < MOST_TRIED:
            candidate += 1
            if below is not None and candidate >= below:
                break
            if self.numbers.is_known(candidate):
                continue
            tried += 1
            if not await _is_ours(make_request, bot, _edit(method, candidate)):
                continue
            logger.info("message_found", chat_id=chat_id, message_id=candidate)
            if earlier and not isinstance(method, SendMessage | SendRichMessage):
                await make_request(bot, DeleteMessage(chat_id=chat_id, message_id=candidate))  # type: ignore[arg-type]
                return None
            self.numbers.found(chat_id, candidate)
            return Message(message_id=candidate, date=datetime.now(UTC), chat=Chat(id=chat_id, type=ChatType.PRIVATE))
        return None


async def _is_ours(
    make_request: NextRequestMiddlewareType[Message], bot: Bot, edit: EditMessageText | EditMessageReplyMarkup
) -> bool:
    """Whether an edit is possible. Errors of the network and of the server are raised: then it is not known."""
    try:
        await make_request(bot, edit)  # type: ignore[arg-type]
    except TelegramBadRequest as error:
        return refusal(error) is Refusal.NOT_MODIFIED
    return True


def _edit(method: Sending, message_id: int) -> EditMessageText | EditMessageReplyMarkup:
    markup = method.reply_markup if isinstance(method.reply_markup, InlineKeyboardMarkup) else None
    if isinstance(method, SendMessage):
        return EditMessageText(
            chat_id=method.chat_id,
            message_id=message_id,
            text=method.text,
            parse_mode=method.parse_mode,
            entities=method.entities,
            link_preview_options=method.link_preview_options,
            reply_markup=markup,
        )
    if isinstance(method, SendRichMessage):
        return EditMessageText(
            chat_id=method.chat_id,
            message_id=message_id,
            rich_message=method.rich_message,
            parse_mode=None,
            reply_markup=markup,
        )
    return EditMessageReplyMarkup(chat_id=method.chat_id, message_id=message_id, reply_markup=markup)


def _sequence(chat_id: int) -> int:
    return chat_id if chat_id < _FIRST_WITH_OWN_NUMBERS else 0
