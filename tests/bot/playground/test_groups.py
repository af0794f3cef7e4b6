"""Groups of the playground: what reaches the bot, what it may do there, and what only one person sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.types import (
    ChatMemberAdministrator,
    EphemeralMessageParameters,
    InlineQueryResultArticle,
    InputTextMessageContent,
    ReactionTypeEmoji,
)

from bot.playground.errors import PageError
from bot.playground.server import Playground
from bot.playground.values import BOT_USERNAME, Membership
from tests.bot.playground.conftest import ADMIN, ME, STRANGER, TOKEN, Client, ManualClock

KINDS = ["message", "edited_message", "my_chat_member", "callback_query", "inline_query", "chosen_inline_result"]
BOT_ID = int(TOKEN.partition(":")[0])


def group_with_bot(playground: Playground, status: Membership = Membership.MEMBER, *, forum: bool = False) -> int:
    group_id = playground.groups.create(ADMIN, forum=forum).group_id
    playground.groups.set_bot(ADMIN, group_id, status)
    return group_id


async def texts(bot: Client) -> list[str | None]:
    return [one.message.text for one in await bot.get_updates(allowed_updates=KINDS) if one.message is not None]


async def test_the_bot_is_told_that_it_has_come(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground)
    playground.groups.set_bot(ADMIN, group_id, Membership.ADMINISTRATOR)
    came, promoted = [one.my_chat_member for one in await bot.get_updates(allowed_updates=KINDS)]
    assert came is not None
    assert promoted is not None
    assert (came.old_chat_member.status, came.new_chat_member.status) == ("left", "member")
    assert (came.chat.id, came.chat.type, came.from_user.id) == (group_id, "supergroup", ADMIN)
    assert isinstance(promoted.new_chat_member, ChatMemberAdministrator)


@pytest.mark.parametrize("privacy", [True, False])
async def test_with_privacy_mode_it_gets_only_what_it_would_get(
    playground: Playground, bot: Client, privacy: bool
) -> None:
    playground.world.reads_all = not privacy
    group_id = group_with_bot(playground)
    assert (await bot.get_me()).can_read_all_group_messages is not privacy
    own = await bot.send_message(group_id, "Hi")
    say = playground.groups.say
    other = say(group_id, ME, "hello")
    say(group_id, ME, "you too", reply_to=other.message_id)
    say(group_id, ME, "/start")
    say(group_id, ME, f"and @{BOT_USERNAME}?")
    say(group_id, ME, "and you?", mentioned={"you": BOT_ID})
    say(group_id, ME, "yes", reply_to=own.message_id)
    always = ["/start", f"and @{BOT_USERNAME}?", "and you?", "yes"]
    assert await texts(bot) == (always if privacy else ["hello", "you too", *always])


async def test_an_admin_gets_everything_and_who_has_left_nothing(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground, Membership.ADMINISTRATOR)
    playground.groups.say(group_id, ME, "hello")
    playground.groups.set_bot(ADMIN, group_id, Membership.KICKED)
    playground.groups.say(group_id, ME, "/start")
    assert await texts(bot) == ["hello"]
    with pytest.raises(TelegramForbiddenError, match="kicked"):
        await bot.send_message(group_id, "Hi")


async def test_members_are_who_they_are(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground)
    playground.groups.set_member(group_id, ME, Membership.ADMINISTRATOR)
    playground.groups.set_member(group_id, STRANGER, Membership.LEFT)
    statuses = [(await bot.get_chat_member(group_id, one)).status for one in (ADMIN, ME, STRANGER, BOT_ID)]
    assert statuses == ["creator", "administrator", "left", "member"]
    assert [one.user.id for one in await bot.get_chat_administrators(group_id)] == [ADMIN, ME]
    assert (await bot.get_chat(group_id)).title == "Test group"
    with pytest.raises(TelegramBadRequest, match="no administrators in the private chat"):
        await bot.get_chat_administrators(ME)
    with pytest.raises(PageError, match="no member"):
        playground.groups.say(group_id, STRANGER, "hello")


async def test_groups_have_no_drafts_and_twenty_messages_a_minute(
    playground: Playground, bot: Client, clock: ManualClock
) -> None:
    group_id = group_with_bot(playground)
    with pytest.raises(TelegramBadRequest, match="TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(group_id, 7, text="x")
    sent = 0

    async def one_each_second() -> None:
        nonlocal sent
        while sent < 40:
            await bot.send_message(group_id, "x")
            sent, clock.seconds = sent + 1, clock.seconds + 1

    with pytest.raises(TelegramRetryAfter):
        await one_each_second()
    assert 20 <= sent <= 30


async def test_topics_are_there_until_they_are_deleted(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground, forum=True)
    topic = playground.groups.open_topic(ME, group_id, "Music")
    playground.groups.say(group_id, ME, "/start", thread_id=topic)
    opened, said = [one.message for one in await bot.get_updates() if one.message is not None]
    assert opened.forum_topic_created is not None
    assert (said.message_thread_id, said.is_topic_message, said.chat.is_forum) == (topic, True, True)
    sent = await bot.send_message(group_id, "x", message_thread_id=topic)
    assert sent.message_thread_id == topic
    playground.groups.delete_topic(group_id, topic)
    assert sent.message_id not in playground.world.chats[group_id].messages
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(group_id, "x", message_thread_id=topic)


async def test_a_group_becomes_a_supergroup_under_another_id(playground: Playground, bot: Client) -> None:
    group = playground.groups.create(ADMIN, supergroup=False)
    playground.groups.set_bot(ADMIN, group.group_id, Membership.MEMBER)
    grown = playground.groups.become_supergroup(ADMIN, group.group_id)
    left, came = [one.message for one in await bot.get_updates(allowed_updates=KINDS) if one.message is not None]
    assert (left.chat.id, left.migrate_to_chat_id) == (group.group_id, grown.group_id)
    assert (came.chat.id, came.migrate_from_chat_id) == (grown.group_id, group.group_id)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(group.group_id, "x")
    assert caught.value.migrate_to_chat_id == grown.group_id
    assert (await bot.send_message(grown.group_id, "x")).chat.type == "supergroup"


async def test_an_ephemeral_message_is_for_one_person(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground)
    for_me = EphemeralMessageParameters(receiver_user_id=ME)
    sent = await bot.send_message(group_id, "psst", ephemeral_message_parameters=for_me)
    assert sent.message_id == 0
    assert sent.ephemeral_message_id is not None
    assert sent.receiver_user is not None
    assert sent.receiver_user.id == ME
    number = sent.ephemeral_message_id
    edited: Callable[[int], object] = lambda person: bot.edit_ephemeral_message_text(  # noqa: E731
        chat_id=group_id, receiver_user_id=person, ephemeral_message_id=number, text="louder"
    )
    with pytest.raises(TelegramBadRequest):
        await edited(ADMIN)  # type: ignore[misc]
    assert await edited(ME)  # type: ignore[misc]
    assert await bot.delete_ephemeral_message(group_id, ME, number)
    with pytest.raises(TelegramBadRequest, match="EPHEMERAL"):
        await bot.send_message(ME, "psst", ephemeral_message_parameters=for_me)


async def test_a_message_of_a_group_can_be_reacted_to(playground: Playground, bot: Client) -> None:
    group_id = group_with_bot(playground)
    said = playground.groups.say(group_id, ME, "/start")
    assert await bot.set_message_reaction(group_id, said.message_id, reaction=[ReactionTypeEmoji(emoji="👀")])
    assert playground.world.chats[group_id].messages[said.message_id].reaction == "👀"


async def test_an_inline_query_is_answered_once_and_its_message_edited(playground: Playground, bot: Client) -> None:
    group_id = playground.groups.create(ADMIN).group_id
    query_id = playground.inline.ask(ME, "why?")
    [update] = await bot.get_updates(allowed_updates=KINDS)
    assert update.inline_query is not None
    result = InlineQueryResultArticle(
        id="1", title="Ask", input_message_content=InputTextMessageContent(message_text="why?")
    )
    assert await update.inline_query.answer([result])
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await update.inline_query.answer([result])
    sent = playground.inline.choose(query_id, group_id)
    chosen = (await bot.get_updates())[-1].chosen_inline_result
    assert chosen is not None
    assert (chosen.query, chosen.inline_message_id) == ("why?", None), "there is no button below it"
    assert await bot.edit_message_text("because", inline_message_id=sent.inline_id)
    with pytest.raises(TelegramBadRequest, match="not modified"):
        await bot.edit_message_text("because", inline_message_id=sent.inline_id)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_ID_INVALID"):
        await bot.edit_message_text("because", inline_message_id="another")
