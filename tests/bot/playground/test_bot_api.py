"""The Bot API as plain HTTP: ways of sending parameters, names, tokens, sizes."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import aiohttp
import pytest
from aiogram.exceptions import TelegramUnauthorizedError

from bot.playground import params
from bot.playground.errors import PortTaken
from bot.playground.server import Playground
from llm.clock import SystemClock
from tests.bot.playground.conftest import ME, TOKEN, Client

SEND = f"/bot{TOKEN}/sendMessage"
NOT_FOUND = {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_wrong_token_is_unauthorized(playground: Playground) -> None:
    stranger = Client(playground, "123456:wrong")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.aclose()


async def test_an_unknown_method_is_not_found(web: aiohttp.ClientSession) -> None:
    async with web.post(f"/bot{TOKEN}/sendGift") as response:
        assert (response.status, await response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("name", ["sendMessage", "SENDMESSAGE", "sendmessage"])
async def test_names_of_methods_have_no_case(web: aiohttp.ClientSession, name: str) -> None:
    async with web.post(f"/bot{TOKEN}/{name}", json={"chat_id": ME, "text": "hi"}) as response:
        assert response.status == 200


async def test_parameters_come_in_any_way(playground: Playground, web: aiohttp.ClientSession) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    form = aiohttp.FormData({"chat_id": str(ME), "text": "multipart", "reply_markup": json.dumps(markup)})
    form.add_field("unused", b"x", filename="x.bin")
    requests = [
        web.get(SEND, params={"chat_id": ME, "text": "query", "reply_markup": json.dumps(markup)}),
        web.post(SEND, json={"chat_id": ME, "text": "json", "reply_markup": markup}),
        web.post(SEND, json={"chat_id": str(ME), "text": "json in json", "reply_markup": json.dumps(markup)}),
        web.post(SEND, data={"chat_id": str(ME), "text": "form", "reply_markup": json.dumps(markup)}),
        web.post(SEND, data=form),
    ]
    for request in requests:
        async with request as response:
            assert (await response.json())["ok"], await response.text()
    texts = ["query", "json", "json in json", "form", "multipart"]
    assert [message.text for message in playground.messages(ME)] == texts
    assert all(message.buttons for message in playground.messages(ME))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{broken", "application/json"),
        (b"[1]", "application/json"),
        (b"chat_id=1001&text=%FF%FE", "application/x-www-form-urlencoded"),
        (b"no multipart", "multipart/form-data; boundary=x"),
        (b"no multipart", "multipart/form-data"),
        (b'{"chat_id": 1001, "text": "a", "reply_markup": "{broken"}', "application/json"),
        (b'{"chat_id": 1001, "text": "a", "entities": [1]}', "application/json"),
        (b'{"chat_id": {"a": 1}, "text": "a"}', "application/json"),
        (b'{"chat_id": 1001, "text": "\\ud800"}', "application/json"),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_400(web: aiohttp.ClientSession, body: bytes, kind: str) -> None:
    async with web.post(SEND, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 400, await response.text()
        assert (await response.json())["error_code"] == 400


async def test_what_is_too_large_is_a_413(web: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "MOST_UPLOADED", 1000)
    form = aiohttp.FormData({"chat_id": str(ME)})
    form.add_field("document", bytes(1001), filename="big")
    async with web.post(f"/bot{TOKEN}/sendDocument", data=form) as response:
        assert (response.status, (await response.json())["error_code"]) == (413, 413)


async def test_the_bot_api_cannot_be_called_by_another_site(web: aiohttp.ClientSession) -> None:
    async with web.post(SEND, data={"chat_id": str(ME)}, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403


async def test_a_taken_port_is_said_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port}") as caught:
            async with Playground("127.0.0.1", port, TOKEN, SystemClock()):
                raise AssertionError
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)


async def test_waiting_polls_and_pages_do_not_hold_up_the_end() -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as playground:
        bot = Client(playground)
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await playground.wait_for(lambda: playground.world.updates.polled)
        session = aiohttp.ClientSession(playground.base_url)
        page = await session.get("/playground/events", params={"after": playground.world.feed.sequence})
        playground.faults.hang("getMe")
        hanging = asyncio.create_task(bot.get_me())
        await asyncio.sleep(0.05)
        began = time.monotonic()
    assert time.monotonic() - began < 5  # the poll would take 30
    await asyncio.wait([poll, hanging], timeout=2)
    assert poll.exception() is not None
    assert hanging.exception() is not None
    page.close()
    await session.close()
    await bot.aclose()


@pytest.mark.parametrize(("host", "expected"), [("", "http://127.0.0.1:5"), ("::1", "http://[::1]:5")])
def test_the_address_can_be_used_by_a_client(host: str, expected: str) -> None:
    assert Playground(host, 5, TOKEN, SystemClock()).base_url == expected
