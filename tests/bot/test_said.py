"""What of a Telegram message reaches a model."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Message

from bot.said import MOST_OF_ANSWER, MOST_REPLIED, said_in
from storage import Part

CHAT = {"id": 5, "type": "private", "first_name": "Me"}
ME = {"id": 5, "is_bot": False, "first_name": "Me"}
BOT = {"id": 1, "is_bot": True, "first_name": "Bot"}


def message(**fields: Any) -> Message:
    body = {"message_id": 7, "date": 1750000000, "chat": CHAT, "from": ME, **fields}
    return Message.model_validate(body, context={"bot": Bot("1:" + "a" * 35)})


def replied(text: str, sender: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": 3, "date": 1750000000, "chat": CHAT, "from": sender, "text": text}


def test_words_are_words() -> None:
    assert said_in(message(text="Hello")) == Part(7, "Hello")


def test_an_address_behind_words_is_told() -> None:
    links = [
        {"type": "text_link", "offset": 3, "length": 4, "url": "https://a.example/1"},
        {"type": "text_link", "offset": 12, "length": 4, "url": "https://b.example/2"},
    ]
    said = said_in(message(text="👋 this and that.", entities=links))
    assert said.text == "👋 this (https://a.example/1) and that (https://b.example/2)."


def test_a_quote_is_context() -> None:
    said = said_in(
        message(text="why?", reply_to_message=replied("red, green", BOT), quote={"text": "green", "position": 5})
    )
    assert (said.text, said.context) == ("why?", "Quoted from before:\ngreen")


def test_an_answer_of_the_bot_is_in_the_history_and_words_of_people_are_shown() -> None:
    assert said_in(message(text="why?", reply_to_message=replied("because", BOT))).context == ""
    said = said_in(message(text="why?", reply_to_message=replied("w" * 5000, ME)))
    assert said.context == "In reply to:\n" + "w" * MOST_REPLIED


def test_what_stands_elsewhere_is_told_with_its_address() -> None:
    channel = {"id": -100, "type": "channel", "title": "News", "username": "news"}
    external = {
        "origin": {"type": "channel", "date": 1750000000, "chat": channel, "message_id": 12},
        "chat": channel,
        "message_id": 12,
        "link_preview_options": {"url": "https://a.example"},
    }
    said = said_in(message(text="true?", external_reply=external, quote={"text": "It rains", "position": 0}))
    assert said.context.split("\n") == [
        "In reply to a message of News:",
        "It rains",
        "https://a.example",
        "https://t.me/news/12",
    ]


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ({"type": "user", "sender_user": {**ME, "first_name": "Anna", "last_name": "B"}}, "Anna B"),
        ({"type": "hidden_user", "sender_user_name": "Somebody"}, "Somebody"),
        ({"type": "chat", "sender_chat": {"id": -1, "type": "group", "title": "Us"}}, "Us"),
        ({"type": "channel", "chat": {"id": -2, "type": "channel", "title": "News"}, "message_id": 1}, "News"),
    ],
)
def test_what_is_forwarded_is_context_under_the_name_of_who_wrote_it(origin: dict[str, Any], name: str) -> None:
    said = said_in(message(text="It rains.", forward_origin={"date": 1750000000, **origin}))
    assert (said.text, said.context) == ("", f"Forwarded from {name}:\nIt rains.")


def test_in_a_group_it_is_told_who_says_it_and_whom_it_answers() -> None:
    group = {"id": -5, "type": "supergroup", "title": "Family"}
    anna = {"id": 6, "is_bot": False, "first_name": "Anna", "username": "anna"}
    said = said_in(message(chat=group, text="No.", reply_to_message={**replied("Yes.", anna), "chat": group}))
    assert (said.text, said.context) == ("Me: No.", "In reply to Anna (@anna):\nYes.")
    said = said_in(message(chat=group, text="Why?", reply_to_message={**replied("w" * 5000, BOT), "chat": group}))
    assert said.context == "In reply to your answer:\n" + "w" * MOST_OF_ANSWER, "others may have gone on since"
