"""What there is in groups: help, silence, what their admins choose, and whose answer may be stopped by whom."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.access import Doorkeeper
from bot.callbacks import AnswerPress, GroupAct, GroupPress, LatePress, StopPress, WordsOnlyPress
from bot.commands import NOT_IN_GROUPS
from bot.filters import CalledLater, is_command
from bot.groups.admins import decides_in
from bot.groups.personal import PersonalNotes
from bot.handlers.answers import on_answer_button, on_retry
from bot.handlers.chat import on_other_button
from bot.handlers.dialog import on_new, on_stop
from bot.handlers.edits import on_edited
from bot.handlers.late import on_late
from bot.handlers.reactions import on_reaction
from bot.handlers.sent import on_said, on_words_only
from bot.handlers.why import on_why
from bot.i18n import Texts, Translator
from bot.places import topic_of
from bot.presses import settle
from bot.running import RunningAnswers
from bot.said import said_in
from bot.sent.carried import carried_by, pointed_at
from bot.settings import AccessMode
from bot.views.groups import (
    greeting_text,
    group_help_text,
    group_settings_keyboard,
    group_settings_text,
    private_chat_keyboard,
)
from storage import Group, Groups, Person

_OUT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.KICKED})
IS_GROUP = F.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP})
OF_GROUP = F.message.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP})


def groups_router() -> Router:
    """All that there is in a group; no other router works there."""
    router = Router(name="groups")
    for observer in (router.message, router.edited_message, router.message_reaction, router.my_chat_member):
        observer.filter(IS_GROUP)
    router.callback_query.filter(OF_GROUP)
    router.my_chat_member.register(on_membership)
    router.message.register(on_group_help, Command("start", "help"))
    router.message.register(on_new, Command("new"))
    router.message.register(on_retry, Command("retry"))
    router.message.register(on_group_stop, Command("stop"))
    router.message.register(on_why, Command("why"))
    router.message.register(on_group_settings, Command("settings"))
    router.message.register(on_quiet, Command("quiet"))
    router.message.register(on_personal_command, Command(*sorted(NOT_IN_GROUPS)))
    router.message.register(on_unknown_in_group, F.text.func(is_command))
    router.message.register(on_nothing_said, _says_nothing)
    router.message.register(on_said, _is_written)
    router.message.register(on_said, F.func(carried_by))
    router.message.register(on_unreadable)
    router.edited_message.register(on_said, F.text | F.caption, CalledLater())
    router.edited_message.register(on_edited, F.text | F.caption)
    router.message_reaction.register(on_reaction)
    router.callback_query.register(on_group_stop_button, StopPress.filter())
    router.callback_query.register(on_answer_button, AnswerPress.filter())
    router.callback_query.register(on_words_only, WordsOnlyPress.filter())
    router.callback_query.register(on_late, LatePress.filter())
    router.callback_query.register(on_group_choice, GroupPress.filter())
    router.callback_query.register(on_other_button)
    return router


async def on_membership(
    event: ChatMemberUpdated, bot: Bot, t: Translator, group: Group, groups: Groups, doorkeeper: Doorkeeper
) -> None:
    """Greet when the bot has come into a group, once; forget the group when it has left."""
    if event.new_chat_member.status in _OUT:
        await groups.forget(group.id)
        return
    if event.old_chat_member.status not in _OUT:
        return
    await groups.change(replace(group, title=event.chat.title or ""))
    me = await bot.get_me()
    sees_all = await _sees_all(bot, event.chat.id, can_read_all=bool(me.can_read_all_group_messages))
    open_to_all = doorkeeper.mode is AccessMode.OPEN
    with suppress(TelegramBadRequest, TelegramForbiddenError):  # it may read there and not write, or is out again
        await bot.send_message(event.chat.id, greeting_text(t, me, open_to_all=open_to_all, sees_all=sees_all))


async def on_group_help(
    message: Message, bot: Bot, person: Person, t: Translator, group: Group, personal: PersonalNotes
) -> None:
    """Say how it works here, and what Telegram shows the bot: asked anew, since it can be changed in BotFather."""
    me = await bot.get_me()
    sees_all = await _sees_all(bot, message.chat.id, can_read_all=bool(me.can_read_all_group_messages))
    await personal.tell(message, person.id, group_help_text(t, me, group, sees_all=sees_all))


async def on_group_stop(
    message: Message, bot: Bot, person: Person, t: Translator, running: RunningAnswers, personal: PersonalNotes
) -> None:
    """Stop the answer; nobody stops what somebody else has asked for, but the admins of the group."""
    if await _may_stop(bot, running, message, person.id):
        await on_stop(message, t, running)
    else:
        await personal.tell(message, person.id, t("group-stop-not-yours"))


async def on_group_stop_button(
    query: CallbackQuery, bot: Bot, person: Person, t: Translator, running: RunningAnswers
) -> None:
    """The same, by the button below the answer."""
    if not isinstance(query.message, Message):
        await settle(query)
        return
    if not await _may_stop(bot, running, query.message, person.id):
        await settle(query, t("group-stop-not-yours"), show_alert=True)
        return
    stopped = await running.stop(query.message.chat.id, topic_of(query.message) or 0)
    await settle(query, "" if stopped else t("dialog-nothing-to-stop"))


async def on_quiet(
    message: Message, bot: Bot, person: Person, t: Translator, group: Group, groups: Groups, personal: PersonalNotes
) -> None:
    """Be silent until this is said again."""
    if not await decides_in(bot, group.id, person.id):
        await personal.tell(message, person.id, t("group-only-admins"))
        return
    await groups.change(replace(group, quiet=not group.quiet))
    await message.answer(t("group-loud-now" if group.quiet else "group-quiet-now"))


async def on_group_settings(
    message: Message,
    bot: Bot,
    person: Person,
    t: Translator,
    texts: Texts,
    group: Group,
    doorkeeper: Doorkeeper,
    personal: PersonalNotes,
) -> None:
    """Show the choices to an admin of the group; everybody else has theirs in the private chat."""
    if not await decides_in(bot, group.id, person.id):
        keyboard = private_chat_keyboard(t, await bot.me())
        await personal.tell(message, person.id, t("group-settings-not-yours"), markup=keyboard)
        return
    group = replace(group, title=message.chat.title or "")
    owner = person.id in await doorkeeper.admins()
    keyboard = group_settings_keyboard(t, texts, group, owner=owner)
    await personal.tell(message, person.id, group_settings_text(t, group), markup=keyboard)


async def on_group_choice(
    query: CallbackQuery,
    callback_data: GroupPress,
    bot: Bot,
    person: Person,
    t: Translator,
    texts: Texts,
    group: Group,
    groups: Groups,
    doorkeeper: Doorkeeper,
    personal: PersonalNotes,
) -> None:
    """Choose something for the group. Whether somebody is its admin is asked with each press."""
    owner = person.id in await doorkeeper.admins()
    opens = callback_data.act is GroupAct.EVERYBODY
    if not await decides_in(bot, group.id, person.id) or (opens and not owner):
        await settle(query, t("group-only-owner" if opens else "group-only-admins"), show_alert=True)
        return
    changed = _chosen(group, callback_data, texts)
    if changed != group:
        await groups.change(changed)
    await settle(query)
    if changed.language != group.language:
        t = texts.translator(changed.language or person.language or query.from_user.language_code)
    keyboard = group_settings_keyboard(t, texts, changed, owner=owner)
    await personal.change(query, group_settings_text(t, changed), keyboard)


async def on_personal_command(
    message: Message, bot: Bot, person: Person, t: Translator, personal: PersonalNotes
) -> None:
    """Show the way to the private chat: it is for one person alone."""
    await personal.tell(message, person.id, t("group-in-private"), markup=private_chat_keyboard(t, await bot.me()))


async def on_unknown_in_group(message: Message, person: Person, t: Translator, personal: PersonalNotes) -> None:
    """Say that there is no such command to who has sent it to this bot by name."""
    await personal.tell(message, person.id, t("unknown-command"))


async def on_nothing_said(message: Message, bot: Bot, person: Person, t: Translator, personal: PersonalNotes) -> None:
    """Who only names the bot is told what to do."""
    me = await bot.me()
    await personal.tell(message, person.id, t("group-nothing-said", name=f"@{me.username}"))


async def on_unreadable(message: Message, person: Person, t: Translator, personal: PersonalNotes) -> None:
    """Say what can be read."""
    await personal.tell(message, person.id, t("unsupported-message"))


def _is_written(message: Message) -> bool:
    """Whether a message consists of text; there may be none left of it without the bot's name."""
    return message.text is not None


def _says_nothing(message: Message) -> bool:
    return _is_written(message) and not said_in(message).text and pointed_at(message) is None


def _chosen(group: Group, press: GroupPress, texts: Texts) -> Group:
    on = press.value == "1"
    match press.act:
        case GroupAct.LANGUAGE:
            return replace(group, language=press.value if press.value in texts.languages else None)
        case GroupAct.REPLIES:
            return replace(group, replies=on)
        case GroupAct.REACTIONS:
            return replace(group, reactions=on)
        case GroupAct.EVERYBODY:
            return replace(group, everybody=on)
        case GroupAct.QUIET:
            return replace(group, quiet=on)


async def _may_stop(bot: Bot, running: RunningAnswers, message: Message, person_id: int) -> bool:
    asker = running.asker_in(message.chat.id, topic_of(message) or 0)
    return asker in {None, person_id} or await decides_in(bot, message.chat.id, person_id)


async def _sees_all(bot: Bot, chat_id: int, *, can_read_all: bool) -> bool:
    """Whether Telegram sends the bot every message of a group: so it does to bots that are admins there."""
    return can_read_all or await decides_in(bot, chat_id, bot.id)
