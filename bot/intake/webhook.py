"""A webhook: Telegram calls with each update, and is told "received" only after it is on disk."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import orjson
import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiohttp import web

from bot.errors import StartError
from bot.intake.contact import Contact, HookState
from bot.intake.lanes import lane_of
from bot.intake.polling import ALLOWED_UPDATES
from bot.listening import listen_at
from llm.clock import Clock
from storage import Inbox, NewUpdate, StorageError

logger = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
LARGEST_UPDATE = 4 * 1024 * 1024
BODY_SECONDS = 10.0
LOOK_EVERY_SECONDS = 60.0
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """Where Telegram calls (`url`), where that is listened to, and the word by which its calls are known."""

    url: str
    host: str
    port: int
    secret: str = field(repr=False, default="")
    """Empty: a new one at each start."""


class Webhook:
    """Listens from `async with` on; `run` lets Telegram call. An update that comes twice is stored once.

    Telegram calls again, for a day, where it does not hear that an update was received. Entering raises `StartError`
    when the port is taken.
    """

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        wake: Callable[[], None],
        place: WebhookPlace,
        *,
        clock: Clock,
        randomness: random.Random,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._wake = wake
        self._place = place
        self._secret = place.secret or secrets.token_urlsafe(_SECRET_BYTES)
        self._clock = clock
        self._contact = Contact(clock, randomness)
        self._state: HookState | None = None
        self._accepting = True
        self._runner: web.AppRunner | None = None

    @property
    def last_contact(self) -> float | None:
        """When Telegram has called or answered last, as the clock's monotonic time; None: not yet."""
        return self._contact.last

    @property
    def failures(self) -> int:
        """How often it has not answered since then."""
        return self._contact.failures

    @property
    def hook(self) -> HookState | None:
        """What Telegram has said of the webhook; None: nothing yet."""
        return self._state

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LARGEST_UPDATE)
        application.router.add_post(urlsplit(self._place.url).path or "/", self._call)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        host, port = self._place.host, self._place.port

        def fault(reason: str | None) -> StartError:
            return StartError(
                f"the webhook cannot listen at {host}:{port} ({reason}); see WEBHOOK_HOST and WEBHOOK_PORT"
            )

        await listen_at(self._runner, host, port, fault)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def run(self) -> None:
        """Let Telegram call, and look now and then whether it still does, until cancelled; then no call is taken.

        Raises `StartError` when Telegram does not take the address, `TelegramUnauthorizedError` when it does not know
        the token.
        """
        try:
            await self._until_answered(self._set)
            while True:
                await self._until_answered(self._look)
                await self._clock.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._accepting = False

    async def _set(self) -> None:
        try:
            await self._bot.set_webhook(
                self._place.url, secret_token=self._secret, allowed_updates=list(ALLOWED_UPDATES)
            )
        except TelegramBadRequest as error:
            raise StartError(f"Telegram does not take WEBHOOK_URL: {error.message}") from error
        logger.info("webhook_set", host=urlsplit(self._place.url).hostname)

    async def _look(self) -> None:
        """Learn what Telegram says; another program may have taken the webhook away."""
        info = await self._bot.get_webhook_info()
        new = "" if info.last_error_message is None else info.last_error_message
        if new and (self._state is None or new != self._state.error):
            logger.warning("webhook_trouble", error=new, pending=info.pending_update_count)
        self._state = HookState(info.pending_update_count, new)
        if info.url != self._place.url:
            logger.error("webhook_was_changed_by_another_program")
            await self._set()

    async def _until_answered(self, ask: Callable[[], Any]) -> None:
        while True:
            try:
                await ask()
            except TelegramUnauthorizedError:
                raise
            except TelegramRetryAfter as error:
                await self._contact.pause("telegram_asks_to_wait", error.retry_after)
            except AiogramError as error:
                await self._contact.pause("telegram_unreachable", self._contact.backoff(), error=type(error).__name__)
            else:
                self._contact.made()
                return

    async def _call(self, request: web.Request) -> web.Response:
        """Store one update. Whoever does not know the secret gets no further than its header."""
        if not secrets.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
            return web.Response(status=401)
        if not self._accepting:
            return web.Response(status=503)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        update = _read(body)
        if update is None:
            logger.warning("webhook_call_without_update")
            return web.Response(status=400)
        self._contact.made()
        try:
            await self._inbox.put([NewUpdate(update["update_id"], lane_of(update), body)])
        except StorageError as error:
            logger.error("updates_not_stored", error=str(error))
            return web.Response(status=503)  # not received: Telegram will call again
        self._wake()
        return web.Response()


def _read(body: bytes) -> dict[str, Any] | None:
    """The update; None: it is none."""
    try:
        update = orjson.loads(body)
    except ValueError:
        try:
            update = json.loads(body)  # half a surrogate pair, say
        except (ValueError, RecursionError):
            return None
    known = isinstance(update, dict) and type(update.get("update_id")) is int
    return update if known else None
