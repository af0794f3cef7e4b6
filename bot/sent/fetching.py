"""Fetches a file from Telegram, no more of it than is wanted."""

from __future__ import annotations

from enum import StrEnum
from io import BytesIO

import aiohttp
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetFile

from bot.errors import BotError
from bot.sent.carried import Carried

MOST_BYTES = 20 * 1024 * 1024
"""What Telegram lets bots fetch."""
FETCH_SECONDS = 60


class NotFetched(StrEnum):
    """Why a file is not to be had."""

    TOO_LARGE = "too_large"
    GONE = "gone"


class FetchFailed(BotError):
    """A file is not to be had, however often one tries."""

    def __init__(self, reason: NotFetched) -> None:
        self.reason = reason
        super().__init__(reason.value)


async def fetch(bot: Bot, carried: Carried, *, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes of a file. Raises `FetchFailed`, and `TelegramNetworkError` when it may be there another time."""
    if carried.size is not None and carried.size > most_bytes:
        raise FetchFailed(NotFetched.TOO_LARGE)
    method = GetFile(file_id=carried.file_id)
    try:
        file = await bot(method)
    except TelegramBadRequest as error:
        too_large = "too big" in error.message.lower()
        raise FetchFailed(NotFetched.TOO_LARGE if too_large else NotFetched.GONE) from error
    if file.file_path is None:
        raise FetchFailed(NotFetched.GONE)
    fetched = _Bounded(most_bytes)
    try:
        await bot.download_file(file.file_path, fetched, timeout=FETCH_SECONDS)
    except aiohttp.ClientResponseError as error:
        if error.status < 500:
            raise FetchFailed(NotFetched.GONE) from error
        raise TelegramNetworkError(method, f"the file was not given: {error.status}") from error
    except (aiohttp.ClientError, TimeoutError) as error:  # the client of Telegram has no name of its own for these
        raise TelegramNetworkError(method, type(error).__name__) from error
    return fetched.getvalue()


class _Bounded(BytesIO):
    """Takes so many bytes and no more: what Telegram says of a size is not relied on."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self._most_bytes = most_bytes

    def write(self, piece: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(piece) > self._most_bytes:
            raise FetchFailed(NotFetched.TOO_LARGE)
        return super().write(piece)
