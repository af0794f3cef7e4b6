"""Being called with updates: stored before they are acknowledged, and nothing done for who does not know the secret."""

from __future__ import annotations

import asyncio
import io
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError

from bot.errors import StartError
from bot.intake.contact import HookState
from bot.intake.webhook import LARGEST_UPDATE, SECRET_HEADER, Webhook, WebhookPlace
from bot.playground import webhooks
from bot.playground.server import Playground
from storage import Database, Inbox, NewUpdate, WriteFailed
from tests.bot.intake.conftest import HastyClock, until

ME = 1001
SECRET = "a-secret"
HEADERS = {SECRET_HEADER: SECRET}
UPDATE = {"update_id": 7, "message": {"chat": {"id": ME}, "text": "hello"}}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class FaultyInbox(Inbox):
    """Fails as often as it is told."""

    faults = 0

    async def put(self, batch: Sequence[NewUpdate]) -> int:
        if self.faults:
            self.faults -= 1
            raise WriteFailed("inbox.put", "disk full")
        return await super().put(batch)


@asynccontextmanager
async def hooked(
    bot: Bot, inbox: Inbox, clock: HastyClock, *, secret: str = SECRET
) -> AsyncIterator[tuple[Webhook, str, asyncio.Task[None]]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    place = WebhookPlace(url, "127.0.0.1", port, secret)
    async with Webhook(bot, inbox, lambda: None, place, clock=clock, randomness=random.Random(1)) as webhook:
        task = asyncio.create_task(webhook.run())
        try:
            yield webhook, url, task
        finally:
            task.cancel()
            await asyncio.wait({task})


async def call(url: str, **options: object) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, **options) as reply:  # type: ignore[arg-type]
        return reply.status


async def test_an_update_is_on_disk_before_it_is_acknowledged(bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    async with hooked(bot, inbox, hasty) as (_, url, _task):
        assert await call(url, json=UPDATE, headers=HEADERS) == 200
        [update] = await inbox.waiting()
        assert (update.update_id, update.lane) == (7, str(ME))
        assert await call(url, json=UPDATE, headers=HEADERS) == 200
        assert len(await inbox.waiting()) == 1, "what comes twice is stored once"


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "a-secreté"}, {SECRET_HEADER: ""}])
async def test_who_does_not_know_the_secret_gets_nothing_done(
    bot: Bot, inbox: Inbox, hasty: HastyClock, headers: dict[str, str]
) -> None:
    async with hooked(bot, inbox, hasty) as (_, url, _task):
        assert await call(url, json=UPDATE, headers=headers) == 401
    assert await inbox.waiting() == []


async def test_a_secret_is_made_where_none_is_set(page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    async with hooked(bot, inbox, hasty, secret="") as (_, url, _task):
        await page.wait_for(lambda: page.called("setWebhook"))
        assert await call(url, json=UPDATE, headers={SECRET_HEADER: ""}) == 401
        [set_it] = page.called("setWebhook")
        assert len(str(set_it.params["secret_token"])) >= 40
        page.say(ME, "hello")
        await page.wait_for(lambda: not page.world.updates.pending)
    assert len(await inbox.waiting()) == 1


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"message": {}}', b'{"update_id": true}', b"[" * 100_000])
async def test_a_call_without_an_update_is_refused(bot: Bot, inbox: Inbox, hasty: HastyClock, body: bytes) -> None:
    async with hooked(bot, inbox, hasty) as (_, url, _task):
        assert await call(url, data=body, headers=HEADERS) == 400
    assert await inbox.waiting() == []


async def test_a_call_that_is_too_large_is_refused(bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    async with hooked(bot, inbox, hasty) as (_, url, _task):
        assert await call(url, data=io.BytesIO(b" " * (LARGEST_UPDATE + 1)), headers=HEADERS) == 413


async def test_half_a_pair_of_surrogates_is_stored_as_it_came(bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    body = b'{"update_id": 9, "message": {"chat": {"id": 1001}, "text": "\\ud83d"}}'
    async with hooked(bot, inbox, hasty) as (_, url, _task):
        assert await call(url, data=body, headers=HEADERS) == 200
    [update] = await inbox.waiting()
    assert update.payload == body


async def test_what_could_not_be_stored_is_said_again(
    page: Playground, bot: Bot, database: Database, hasty: HastyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_SECONDS", 0.01)
    inbox = FaultyInbox(database, hasty)
    inbox.faults = 2
    page.say(ME, "precious")
    async with hooked(bot, inbox, hasty) as (webhook, _url, _task):
        await page.wait_for(lambda: not page.world.updates.pending)
        assert len(await inbox.waiting()) == 1
        assert webhook.last_contact is not None


async def test_after_the_order_to_stop_no_call_is_taken(bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    async with hooked(bot, inbox, hasty) as (_, url, task):
        assert await call(url, json=UPDATE, headers=HEADERS) == 200
        task.cancel()
        await asyncio.wait({task})
        assert await call(url, json={**UPDATE, "update_id": 8}, headers=HEADERS) == 503
    assert len(await inbox.waiting()) == 1


async def test_it_is_set_again_when_another_program_has_taken_it_away(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    async with hooked(bot, inbox, hasty) as (webhook, url, _task):
        await page.wait_for(lambda: page.world.updates.hook)
        await bot.delete_webhook()

        async def again() -> bool:
            hook = page.world.updates.hook
            return hook is not None and hook.url == url

        await until(again)
        assert webhook.hook == HookState(0)


async def test_trouble_with_telegram_is_waited_out(page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    page.faults.drop("setWebhook")
    page.faults.not_json("setWebhook")
    page.faults.flood("setWebhook", 17)
    async with hooked(bot, inbox, hasty):
        await page.wait_for(lambda: page.world.updates.hook)
    assert 17 in hasty.slept


async def test_an_address_that_telegram_refuses_ends_it_with_a_sentence(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    page.faults.fail("setWebhook", description="Bad Request: bad webhook: Failed to resolve host: No address")
    async with hooked(bot, inbox, hasty) as (_, _url, task):
        with pytest.raises(StartError, match=r"WEBHOOK_URL.*Failed to resolve host"):
            await task


async def test_a_token_that_telegram_does_not_know_ends_it(
    page: Playground, bot: Bot, inbox: Inbox, hasty: HastyClock
) -> None:
    page.faults.fail("setWebhook", status=401, description="Unauthorized")
    async with hooked(bot, inbox, hasty) as (_, _url, task):
        with pytest.raises(TelegramUnauthorizedError):
            await task


async def test_a_port_that_is_taken_is_named(bot: Bot, inbox: Inbox, hasty: HastyClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = WebhookPlace("http://127.0.0.1/", "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(StartError, match="WEBHOOK_PORT"):
            async with Webhook(bot, inbox, lambda: None, place, clock=hasty, randomness=random.Random(1)):
                pass
