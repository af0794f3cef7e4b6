"""Sending, editing and deleting, with Telegram's own refusals."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)

from bot.playground.server import Playground
from tests.bot.playground.conftest import ADMIN, ME, Client, ManualClock

HOUSE = "🏠"


def keyboard(**button: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton.model_validate({"text": "press", **button})]])


async def refused(call: Awaitable[object]) -> str:
    """The description of a 400, without its prefix."""
    with pytest.raises(TelegramBadRequest) as caught:
        await call
    prefix = "Bad Request: "
    assert caught.value.message.startswith(prefix)
    return caught.value.message.removeprefix(prefix)


async def test_a_message_arrives_with_its_entities_and_buttons(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(
        ME, f"{HOUSE} <b>bold</b> text", parse_mode="HTML", reply_markup=keyboard(callback_data="go")
    )
    [shown] = playground.messages(ME)
    assert (shown.message_id, shown.text, shown.from_bot) == (sent.message_id, f"{HOUSE} bold text", True)
    assert shown.entities == ({"type": "bold", "offset": 3, "length": 4},)
    assert shown.buttons == [[{"text": "press", "callback_data": "go"}]]
    assert sent.reply_markup is not None
    assert sent.entities is not None
    assert sent.from_user is not None
    assert sent.from_user.is_bot


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("a" * 4097, "message is too long"),
        (HOUSE * 2049, "message is too long"),
    ],
)
async def test_texts_that_cannot_be_sent(bot: Client, text: str, complaint: str) -> None:
    assert await refused(bot.send_message(ME, text)) == complaint


async def test_the_limit_counts_what_is_left_after_parsing(playground: Playground, bot: Client) -> None:
    await bot.send_message(ME, f"<b>{HOUSE * 2048}</b>", parse_mode="HTML")
    assert len(playground.messages(ME)[0].text) == 2048


async def test_blank_around_a_text_is_not_sent_and_its_entities_follow(bot: Client) -> None:
    sent = await bot.send_message(ME, " \n <b>hi</b> \n", parse_mode="HTML")
    assert sent.text == "hi"
    assert [(entity.offset, entity.length) for entity in sent.entities or []] == [(0, 2)]


async def test_unknown_chats_and_chats_that_nobody_opened(bot: Client) -> None:
    assert await refused(bot.send_message(77, "hi")) == "chat not found"
    assert await refused(bot.send_message(ADMIN, "hi")) == "chat not found"
    assert await refused(bot.send_message("@nobody", "hi")) == "chat not found"


async def test_who_has_blocked_the_bot_is_out_of_reach(playground: Playground, bot: Client) -> None:
    playground.block(ME)
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(ME, "hi")
    playground.block(ME, blocked=False)
    await bot.send_message(ME, "hi")


async def test_given_entities_are_cut_to_the_text(bot: Client) -> None:
    sent = await bot.send_message(
        ME,
        f"{HOUSE} code",
        entities=[
            MessageEntity(type="code", offset=3, length=900),
            MessageEntity(type="bold", offset=400, length=3),
            MessageEntity(type="text_link", offset=0, length=2, url="https://example.org"),
        ],
    )
    assert [(entity.type, entity.offset, entity.length) for entity in sent.entities or []] == [
        ("text_link", 0, 2),
        ("code", 3, 4),
    ]


async def test_an_entity_may_not_cut_a_character_in_two(bot: Client) -> None:
    inside = [MessageEntity(type="bold", offset=1, length=2)]
    assert "middle of a UTF-16 symbol" in await refused(bot.send_message(ME, f"{HOUSE}ab", entities=inside))


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        (keyboard(callback_data="ж" * 33), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data=""), "BUTTON_DATA_INVALID"),
        (keyboard(url="javascript:alert(1)"), "Wrong HTTP URL"),
        (keyboard(), "text buttons are unallowed"),
    ],
)
async def test_buttons_that_cannot_be_sent(bot: Client, markup: InlineKeyboardMarkup, complaint: str) -> None:
    assert complaint in await refused(bot.send_message(ME, "choose", reply_markup=markup))


async def test_64_bytes_of_callback_data_are_allowed(playground: Playground, bot: Client) -> None:
    await bot.send_message(ME, "choose", reply_markup=keyboard(callback_data="ж" * 32))
    assert playground.messages(ME)[0].buttons[0][0]["callback_data"] == "ж" * 32


async def test_a_reply_names_a_message_of_the_chat(playground: Playground, bot: Client) -> None:
    said = playground.say(ME, "hi")
    sent = await bot.send_message(ME, "hi", reply_parameters=ReplyParameters(message_id=said.message_id))
    assert sent.reply_to_message is not None
    assert playground.messages(ME)[-1].reply_to == said.message_id
    gone = ReplyParameters(message_id=999)
    assert await refused(bot.send_message(ME, "hi", reply_parameters=gone)) == "message to be replied not found"
    lenient = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(ME, "hi", reply_parameters=lenient)).reply_to_message is None


async def test_an_edit_replaces_text_and_keyboard(playground: Playground, bot: Client, clock: ManualClock) -> None:
    sent = await bot.send_message(ME, "one", reply_markup=keyboard(callback_data="go"))
    clock.seconds += 10
    edited = await bot.edit_message_text("two", chat_id=ME, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("two", None)
    assert edited.edit_date is not None
    assert edited.edit_date - int(sent.date.timestamp()) == 10
    [shown] = playground.messages(ME)
    assert (shown.text, shown.buttons) == ("two", [])


async def test_an_edit_that_changes_nothing_is_refused_in_telegrams_words(bot: Client) -> None:
    sent = await bot.send_message(ME, "one")
    assert await refused(bot.edit_message_text("one", chat_id=ME, message_id=sent.message_id)) == (
        "message is not modified: specified new message content and reply markup are exactly the same as a current"
        " content and reply markup of the message"
    )


async def test_messages_that_cannot_be_edited(playground: Playground, bot: Client) -> None:
    said = playground.say(ME, "mine")
    sent = await bot.send_message(ME, "one")
    assert await refused(bot.edit_message_text("x", chat_id=ME, message_id=999)) == "message to edit not found"
    assert await refused(bot.edit_message_text("x", chat_id=ME)) == "message identifier is not specified"
    edit_of_theirs = bot.edit_message_text("x", chat_id=ME, message_id=said.message_id)
    assert await refused(edit_of_theirs) == "message can't be edited"
    too_long = bot.edit_message_text("x" * 4097, chat_id=ME, message_id=sent.message_id)
    assert await refused(too_long) == "MESSAGE_TOO_LONG"


async def test_the_keyboard_alone_can_be_edited(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "one", reply_markup=keyboard(callback_data="go"))
    await bot.edit_message_reply_markup(
        chat_id=ME, message_id=sent.message_id, reply_markup=keyboard(callback_data="2")
    )
    assert playground.messages(ME)[0].buttons[0][0]["callback_data"] == "2"
    await bot.edit_message_reply_markup(chat_id=ME, message_id=sent.message_id)
    assert playground.messages(ME)[0].buttons == []
    again = bot.edit_message_reply_markup(chat_id=ME, message_id=sent.message_id)
    assert (await refused(again)).startswith("message is not modified")


async def test_messages_are_deleted_one_or_many_at_a_time(playground: Playground, bot: Client) -> None:
    sent = [await bot.send_message(ME, text) for text in "abc"]
    assert await bot.delete_message(ME, sent[0].message_id)
    assert await refused(bot.delete_message(ME, sent[0].message_id)) == "message to delete not found"
    assert await bot.delete_messages(ME, [message.message_id for message in sent])
    assert playground.messages(ME) == []


@pytest.mark.parametrize(
    ("mode", "text", "complaint"),
    [
        ("HTML", "a <b>b", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("HTML", "ж <x>", 'can\'t parse entities: Unsupported start tag "x" at byte offset 3'),
        ("MarkdownV2", "a.b", "can't parse entities: Character '.' is reserved and must be escaped"),
        ("MarkdownV2", "ж *b", "can't parse entities: Can't find end of Bold entity at byte offset 3"),
        ("Markdown", "a _b", "can't parse entities: Can't find end of the entity starting at byte offset 2"),
        ("Latex", "a", "unsupported parse_mode"),
    ],
)
async def test_markup_that_cannot_be_read(bot: Client, mode: str, text: str, complaint: str) -> None:
    assert (await refused(bot.send_message(ME, text, parse_mode=mode))).startswith(complaint)


async def test_a_reaction_is_put_on_a_message_and_taken_away(playground: Playground, bot: Client) -> None:
    said = playground.say(ME, "hi")
    assert await bot.set_message_reaction(ME, said.message_id, reaction=[ReactionTypeEmoji(emoji="👀")])
    assert playground.messages(ME)[0].reaction == "👀"
    assert playground.messages(ME)[0].edit_date is None
    assert await bot.set_message_reaction(ME, said.message_id, reaction=[])
    assert playground.messages(ME)[0].reaction is None
