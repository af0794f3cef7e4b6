"""Callback queries, commands, chat actions, the bot's profile: what is around the messages."""

from __future__ import annotations

import pytest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.playground.errors import PageError
from bot.playground.server import Playground
from tests.bot.playground.conftest import ADMIN, ME, TOKEN, Client
from tests.bot.playground.test_messages import refused

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
GO = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go", style="success")]])


async def test_a_press_becomes_a_callback_query_that_is_answered_once(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "choose", reply_markup=GO)
    query_id = playground.press(ME, sent.message_id, "go")
    [update] = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (query_id, "go", ME)
    assert isinstance(query.message, Message)
    assert query.message.message_id == sent.message_id
    assert query.message.reply_markup is not None
    assert query.message.reply_markup.inline_keyboard[0][0].callback_data == "go"
    assert query.chat_instance
    with playground.world.feed.subscribe(playground.world.feed.sequence) as events:
        assert await bot.answer_callback_query(query.id, text="Done", show_alert=True)
        [(_, event)] = await events.take()
    assert event == {"type": "callback_answer", "query_id": query_id, "text": "Done", "show_alert": True}
    assert await refused(bot.answer_callback_query(query.id)) == QUERY_TOO_OLD


async def test_a_query_that_never_was_cannot_be_answered(bot: Client) -> None:
    assert await refused(bot.answer_callback_query("12345")) == QUERY_TOO_OLD


async def test_the_answer_to_a_query_has_200_characters_at_most(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "choose", reply_markup=GO)
    query_id = playground.press(ME, sent.message_id, "go")
    assert await refused(bot.answer_callback_query(query_id, text="a" * 201)) == "MESSAGE_TOO_LONG"
    assert await bot.answer_callback_query(query_id, text="a" * 200)


async def test_only_buttons_that_are_there_can_be_pressed(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "choose", reply_markup=GO)
    with pytest.raises(PageError):
        playground.press(ME, sent.message_id, "other")
    with pytest.raises(PageError):
        playground.press(ADMIN, sent.message_id, "go")


def names(playground: Playground, person_id: int) -> list[str]:
    menu = playground.world.snapshot()["chats"][str(person_id)]["commands"]
    return [f"{command['command']}:{command['description']}" for command in menu]


async def test_the_narrowest_command_menu_in_the_own_language_is_shown(playground: Playground, bot: Client) -> None:
    playground.start(ADMIN)
    await bot.set_my_commands([BotCommand(command="all", description="default")])
    assert names(playground, ME) == ["all:default"]
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand(command="new", description="New")], scope=private)
    await bot.set_my_commands([BotCommand(command="new", description="Новый")], scope=private, language_code="ru")
    admin = BotCommandScopeChat(chat_id=ADMIN)
    await bot.set_my_commands([BotCommand(command="/stats", description="Stats")], scope=admin)
    assert names(playground, ME) == ["new:New"]
    playground.speak(ME, "ru")
    playground.speak(ADMIN, "ru")
    assert names(playground, ME) == ["new:Новый"]
    assert names(playground, ADMIN) == ["stats:Stats"]
    assert [command.command for command in await bot.get_my_commands(scope=admin)] == ["stats"]
    await bot.delete_my_commands(scope=admin)
    assert names(playground, ADMIN) == ["new:Новый"]


async def test_commands_that_cannot_be_set(bot: Client) -> None:
    assert (
        await refused(bot.set_my_commands([BotCommand(command="Bad Name", description="x")])) == "BOT_COMMAND_INVALID"
    )
    no_text = bot.set_my_commands([BotCommand(command="good", description="")])
    assert await refused(no_text) == "BOT_COMMAND_DESCRIPTION_INVALID"
    many = [BotCommand(command=f"c{number}", description="x") for number in range(101)]
    assert await refused(bot.set_my_commands(many)) == "BOT_COMMANDS_TOO_MUCH"
    unopened = BotCommandScopeChat(chat_id=ADMIN)
    assert await refused(bot.set_my_commands([], scope=unopened)) == "chat not found"


async def test_a_chat_action_is_shown(playground: Playground, bot: Client) -> None:
    with playground.world.feed.subscribe(playground.world.feed.sequence) as events:
        assert await bot.send_chat_action(ME, "typing")
        [(_, event)] = await events.take()
    assert event == {"type": "action", "chat_id": ME, "action": "typing"}
    assert await refused(bot.send_chat_action(ME, "dancing")) == "wrong parameter action in request"


async def test_the_bot_knows_itself_and_the_people(bot: Client) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (int(TOKEN.partition(":")[0]), True)
    chat = await bot.get_chat(ME)
    assert (chat.id, chat.type) == (ME, "private")
    member = await bot.get_chat_member(ME, ME)
    assert (member.status, member.user.id) == ("member", ME)
    assert await refused(bot.get_chat_member(ME, 5)) == "PARTICIPANT_ID_INVALID"


async def test_the_profile_is_kept_for_each_language(bot: Client) -> None:
    await bot.set_my_description("general")
    await bot.set_my_description("по-русски", language_code="ru")
    await bot.set_my_short_description("short")
    await bot.set_my_name("Name")
    assert (await bot.get_my_description()).description == "general"
    assert (await bot.get_my_description(language_code="ru")).description == "по-русски"
    assert (await bot.get_my_description(language_code="de")).description == "general"
    assert (await bot.get_my_short_description()).short_description == "short"
    assert (await bot.get_my_name()).name == "Name"
    assert await refused(bot.set_my_name("n" * 65)) == "name is too long"
