"""Which messages of a group are meant for the bot."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message, User
from hypothesis import given
from hypothesis import strategies as st

from bot.groups.addressing import Address, address_of, without_name

ME = User(id=1, is_bot=True, first_name="Domovoy", username="Domovoy_Bot")
GROUP = {"id": -5, "type": "supergroup", "title": "Family"}
ANNA = {"id": 9, "is_bot": False, "first_name": "Anna"}
BOT = {"id": 1, "is_bot": True, "first_name": "Domovoy", "username": "Domovoy_Bot"}
OTHER = {"id": 2, "is_bot": True, "first_name": "Other", "username": "other_bot"}
NAME = "@domovoy_bot"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def entity(text: str, part: str, kind: str = "mention", **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": units(text[: text.index(part)]), "length": units(part), **more}


def message(text: str | None = "", **fields: Any) -> Message:
    body = {"message_id": 7, "date": 1750000000, "chat": GROUP, "from": ANNA, "text": text, **fields}
    return Message.model_validate(body)


def named(text: str, part: str = NAME) -> Message:
    return message(text, entities=[entity(text, part)])


def command(text: str) -> Message:
    written = text.split()[0]
    return message(text, entities=[entity(text, written, "bot_command")])


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (message("domovoy_bot, @domovoy_bot"), Address.NOT),
        (named(f"{NAME} hello"), Address.NAMED),
        (named(f"😀 what, {NAME}?"), Address.NAMED),
        (named("@domovoy_bot2 hello", "@domovoy_bot2"), Address.NOT),
        (named("@other_bot hello", "@other_bot"), Address.NOT),
        (message("you there", entities=[entity("you there", "you", "text_mention", user=BOT)]), Address.NAMED),
        (message("you there", entities=[entity("you there", "you", "text_mention", user=ANNA)]), Address.NOT),
        (message(None, caption=f"{NAME} see", caption_entities=[entity(NAME, NAME)]), Address.NAMED),
        (command("/new"), Address.COMMAND),
        (command("/new@DOMOVOY_bot please"), Address.ORDER),
        (command("/new@other_bot"), Address.NOT),
        (message("say /new", entities=[entity("say /new", "/new", "bot_command")]), Address.NOT),
        (message("ok", reply_to_message={"message_id": 3, "date": 1, "chat": GROUP, "from": BOT}), Address.REPLY),
        (message("ok", reply_to_message={"message_id": 3, "date": 1, "chat": GROUP, "from": ANNA}), Address.NOT),
    ],
)
def test_a_message_is_meant_for_it_when_telegram_says_so(said: Message, address: Address) -> None:
    assert address_of(said, ME) is address


def test_the_beginning_of_a_topic_is_no_message_to_reply_to() -> None:
    opened = {"name": "Music", "icon_color": 1}
    first = {"message_id": 3, "date": 1, "chat": GROUP, "from": BOT, "forum_topic_created": opened}
    assert address_of(message("hello", reply_to_message=first), ME) is Address.NOT


@pytest.mark.parametrize(
    "fields",
    [{"from": OTHER}, {"via_bot": BOT}, {"sender_chat": GROUP}, {"from": None}],
    ids=["a bot", "through a bot", "as the group", "nobody"],
)
def test_who_is_no_person_is_not_answered(fields: dict[str, Any]) -> None:
    text = f"{NAME} hello"
    assert address_of(message(text, entities=[entity(text, NAME)], **fields), ME) is Address.NOT


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{NAME} hello", "hello"),
        (f"{NAME}, hello", "hello"),
        (f"  {NAME}:\nhello", "hello"),
        (f"hello {NAME}", "hello"),
        (f"hello, {NAME}?", "hello, @domovoy_bot?".removesuffix(f" {NAME}?")),
        (f"is {NAME} a spirit?", f"is {NAME} a spirit?"),
        (NAME, ""),
    ],
)
def test_its_name_is_left_out_where_it_only_calls(text: str, left: str) -> None:
    assert without_name(named(text), ME).text == left


@given(before=st.text(max_size=5), bold=st.text(min_size=1, max_size=8), behind=st.text(max_size=5))
def test_what_is_marked_stays_marked(before: str, bold: str, behind: str) -> None:
    text = f"{NAME} {before}{bold}{behind}"
    start = units(f"{NAME} {before}")
    marks = [entity(text, NAME), {"type": "bold", "offset": start, "length": units(bold)}]
    left = without_name(message(text, entities=marks), ME)
    assert text.endswith(left.text or "")
    for one in left.entities or ():
        assert one.extract_from(left.text or "") in bold
