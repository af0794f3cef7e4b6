"""The inspector: calls are kept with the message that they made, bounded, and without the token."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram.exceptions import TelegramBadRequest

from bot.playground.inspector import CALLS_OF_A_MESSAGE, MESSAGES_KEPT, Inspector, SeenCall
from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, TOKEN, Client


def seen(method: str, *, answer: object = True, ok: bool = True, **params: object) -> SeenCall:
    return SeenCall(method, params, answer, ok, 0.0, 0.0)


def methods(inspector: Inspector, message_id: int) -> list[str]:
    return [call["method"] for call in inspector.calls(ME, message_id)]


async def test_drafts_refusals_and_edits_are_kept_with_their_message(playground: Playground, bot: Client) -> None:
    await bot.send_message_draft(ME, 7, text="He")
    playground.faults.fail("sendMessage")
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(ME, "Hello")
    sent = await bot.send_message(ME, "Hello")
    await bot.edit_message_text("Hello there", chat_id=ME, message_id=sent.message_id)
    calls = playground.inspector.calls(ME, sent.message_id)
    assert [(call["method"], call["ok"]) for call in calls] == [
        ("sendMessageDraft", True),
        ("sendMessage", False),
        ("sendMessage", True),
        ("editMessageText", True),
    ]
    assert calls[-1]["params"]["text"] == "Hello there"
    assert calls[-1]["answer"]["message_id"] == sent.message_id


async def test_the_page_gets_calls_and_decision_and_no_token(
    playground: Playground, bot: Client, web: aiohttp.ClientSession
) -> None:
    async def explain(chat_id: int, message_id: int, language: str) -> str | None:
        return f"{chat_id} {message_id} {language}"

    playground.inspector.explain = explain
    sent = await bot.send_message(ME, "Hello")
    query = {"chat_id": str(ME), "message_id": str(sent.message_id), "language": "ru"}
    async with web.get("/playground/inspect", params=query) as response:
        text, told = await response.text(), await response.json()
    assert told["decision"] == f"{ME} {sent.message_id} ru"
    assert TOKEN not in text
    async with web.get("/playground/inspect", params={"chat_id": "x"}) as response:
        assert response.status == 400
    async with web.get("/playground/inspect", params=query, headers={"Host": "example.org"}) as response:
        assert response.status == 403


def test_only_the_newest_messages_and_calls_are_kept() -> None:
    inspector = Inspector()
    for message_id in range(1, MESSAGES_KEPT + 3):
        inspector.see(seen("sendMessage", answer={"message_id": message_id}, chat_id=ME), {}, {})
    assert (methods(inspector, 1), methods(inspector, 2)) == ([], [])
    for _ in range(CALLS_OF_A_MESSAGE + 5):
        inspector.see(seen("editMessageText", chat_id=ME, message_id=50), {}, {})
    assert methods(inspector, 50) == ["editMessageText"] * CALLS_OF_A_MESSAGE


def test_answers_to_presses_and_edits_of_inline_messages_find_their_message() -> None:
    inspector = Inspector()
    inspector.see(seen("answerCallbackQuery", callback_query_id="9"), {"9": (ME, 3)}, {})
    inspector.see(seen("editMessageText", inline_message_id="i"), {}, {"i": (ME, 4)})
    assert (methods(inspector, 3), methods(inspector, 4)) == (["answerCallbackQuery"], ["editMessageText"])
