"""/people: who writes to the bot, what they use and may use; admins let in, keep out, limit and invite."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Doorkeeper
from bot.callbacks import InvitePress, LimitPress, PersonAction, PersonPress
from bot.commands import CommandMenus
from bot.i18n import Texts, Translator
from bot.invitations import SEVERAL, Inviting
from bot.limits import Limits
from bot.presses import settle, show_in
from bot.running import RunningAnswers
from bot.settings import AccessMode
from bot.views.people import last_page, people_text, person_text
from bot.views.people_keyboards import invite_keyboard, limits_keyboard, people_keyboard, person_keyboard
from llm.clock import Clock
from storage import Access, Acquaintance, Limit, People, Person, Usage

LARGEST_LIMIT = 1_000_000_000
_LIMIT = re.compile(r"(?P<who>.+?)\s+(?P<limit>messages|tokens)\s+(?P<value>\d{1,10}|none|default)", re.IGNORECASE)
_BY_WORD = {"messages": Limit.MINUTE, "tokens": Limit.DAY}


def add_people(router: Router) -> None:
    """Register what this file handles; the router lets only admins through."""
    router.message.register(on_people, Command("people"))
    router.callback_query.register(on_person_press, PersonPress.filter())
    router.callback_query.register(on_limit_press, LimitPress.filter())
    router.callback_query.register(on_invite_press, InvitePress.filter())


async def on_people(
    message: Message,
    command: CommandObject,
    t: Translator,
    doorkeeper: Doorkeeper,
    people: People,
    limits: Limits,
    usage: Usage,
    clock: Clock,
) -> None:
    """The list; with a name or a number one person; with a limit behind that, the limit is set first."""
    said = (command.args or "").strip()
    everybody = await doorkeeper.everybody()
    if not said:
        text = people_text(t, everybody, 0, await usage.of_all_today(), clock.now())
        await message.answer(text, reply_markup=people_keyboard(t, everybody, 0))
        return
    wanted = _LIMIT.fullmatch(said)
    one = _found(everybody, wanted["who"] if wanted else said)
    if one is None:
        await message.answer(t("people-usage"))
        return
    if wanted:
        value = {"none": 0, "default": None}.get(wanted["value"].lower(), -1)
        most = min(int(wanted["value"]), LARGEST_LIMIT) if value == -1 else value
        await _set_limit(people, one.person.id, _BY_WORD[wanted["limit"].lower()], most)
        one = _found(await doorkeeper.everybody(), str(one.person.id)) or one
    text = await _card(t, one, doorkeeper, limits, usage, clock)
    named_in = doorkeeper.named_in(one.person.id)
    await message.answer(text, reply_markup=person_keyboard(t, one.person, named_in=named_in, page=0))


async def on_person_press(
    query: CallbackQuery,
    callback_data: PersonPress,
    person: Person,
    t: Translator,
    doorkeeper: Doorkeeper,
    people: People,
    limits: Limits,
    usage: Usage,
    menus: CommandMenus,
    running: RunningAnswers,
    texts: Texts,
    clock: Clock,
    bot: Bot,
) -> None:
    """Do what the button says, and show how things stand then."""
    if not isinstance(query.message, Message):
        await settle(query, t("people-gone"))
        return
    action, page = callback_data.action, max(0, callback_data.page)
    if action is PersonAction.LIST:
        await settle(query)
        everybody = await doorkeeper.everybody()
        page = min(page, last_page(everybody))
        text = people_text(t, everybody, page, await usage.of_all_today(), clock.now())
        await show_in(query.message, text, people_keyboard(t, everybody, page))
        return
    one = _by_id(await doorkeeper.everybody(), callback_data.person_id)
    if one is None:
        await settle(query, t("access-gone"))
        return
    if (why := _obstacle(doorkeeper, action, one.person, by=person)) is not None:
        setting = doorkeeper.named_in(one.person.id) or ""
        await settle(query, t(f"people-cannot-{why}", setting=setting), show_alert=True)
        return
    said = await _act(action, one.person, people, doorkeeper, menus, running, texts, bot)
    await settle(query, t(said) if said else "")
    one = _by_id(await doorkeeper.everybody(), one.person.id) or one
    text = await _card(t, one, doorkeeper, limits, usage, clock)
    if action is PersonAction.LIMITS:
        await show_in(query.message, text, limits_keyboard(t, one.person))
        return
    keyboard = person_keyboard(t, one.person, named_in=doorkeeper.named_in(one.person.id), page=page)
    await show_in(query.message, text, keyboard)


async def on_limit_press(
    query: CallbackQuery,
    callback_data: LimitPress,
    t: Translator,
    doorkeeper: Doorkeeper,
    people: People,
    limits: Limits,
    usage: Usage,
    clock: Clock,
) -> None:
    """Set a limit of a person, from their next message on."""
    value = callback_data.value
    known = _by_id(await doorkeeper.everybody(), callback_data.person_id) is not None
    if not known or not isinstance(query.message, Message) or not 0 <= (value or 0) <= LARGEST_LIMIT:
        await settle(query, t("access-gone"))
        return
    await _set_limit(people, callback_data.person_id, callback_data.limit, value)
    await settle(query, t("people-limit-set"))
    one = _by_id(await doorkeeper.everybody(), callback_data.person_id)
    if one is not None:
        text = await _card(t, one, doorkeeper, limits, usage, clock)
        await show_in(query.message, text, limits_keyboard(t, one.person))


async def on_invite_press(
    query: CallbackQuery, callback_data: InvitePress, t: Translator, doorkeeper: Doorkeeper, inviting: Inviting
) -> None:
    """Ask for how long, then give the link. It stands in a message of its own, to be forwarded."""
    if not isinstance(query.message, Message):
        await settle(query, t("people-gone"))
        return
    if doorkeeper.mode is not AccessMode.APPROVE:
        await settle(query, t(f"invite-not-{doorkeeper.mode.value}"), show_alert=True)
        return
    await settle(query)
    lifetime = callback_data.lifetime
    if lifetime is None:
        await show_in(query.message, t("invite-question"), invite_keyboard(t))
        return
    uses = SEVERAL if callback_data.several else 1
    link = await inviting.make(lifetime, uses=uses)
    await query.message.answer(
        t("invite-link", link=link, lifetime=t(f"invite-lifetime-{lifetime.value}"), number=uses)
    )


def _obstacle(doorkeeper: Doorkeeper, action: PersonAction, person: Person, *, by: Person) -> str | None:
    """Why something can not be done about a person; None when it can."""
    named_in = doorkeeper.named_in(person.id)
    match action:
        case PersonAction.BLOCK | PersonAction.NO_ADMIN if person.id == by.id:
            return "yourself"
        case PersonAction.BLOCK if named_in is not None:
            return "settings"
        case PersonAction.BLOCK if person.admin:
            return "admin"
        case PersonAction.NO_ADMIN if named_in == "ADMIN_IDS":
            return "settings"
        case PersonAction.ADMIN if person.access is not Access.ALLOWED:
            return "outside"
        case PersonAction.ALLOW if doorkeeper.mode is AccessMode.ALLOWLIST and named_in is None and not person.admin:
            return "allowlist"
    return None


async def _act(
    action: PersonAction,
    person: Person,
    people: People,
    doorkeeper: Doorkeeper,
    menus: CommandMenus,
    running: RunningAnswers,
    texts: Texts,
    bot: Bot,
) -> str:
    """Do it; gives the key of what to say of it."""
    match action:
        case PersonAction.ALLOW:
            await doorkeeper.decide(person.id, allow=True)
            if person.access is not Access.ALLOWED:
                t = texts.translator(await doorkeeper.language_of(person.id))
                try:
                    await bot.send_message(person.id, t("access-granted"))
                except AiogramError:
                    return "access-person-unreachable"
            return "people-was-allowed"
        case PersonAction.BLOCK:
            await doorkeeper.block(person.id)
            await running.stop_of(person.id)
            return "people-was-blocked"
        case PersonAction.ADMIN:
            await people.set_admin(person.id, True)
            await menus.show_admin(person.id)
            return "people-is-admin"
        case PersonAction.NO_ADMIN:
            # Who was let in by being an admin stays in.
            await people.set_access(person.id, Access.ALLOWED)
            await people.set_admin(person.id, False)
            await menus.hide_admin(person.id)
            return "people-is-plain"
        case _:
            return ""


async def _set_limit(people: People, person_id: int, limit: Limit, value: int | None) -> None:
    if limit is Limit.MINUTE:
        await people.set_messages_minute(person_id, value)
    else:
        await people.set_tokens_day(person_id, value)


async def _card(
    t: Translator, one: Acquaintance, doorkeeper: Doorkeeper, limits: Limits, usage: Usage, clock: Clock
) -> str:
    return person_text(
        t,
        one,
        named_in=doorkeeper.named_in(one.person.id),
        limits={limit.value: limits.of(one.person, limit) for limit in Limit},
        today=await usage.today(one.person.id),
        month=await usage.this_month(one.person.id),
        now=clock.now(),
    )


def _by_id(everybody: Sequence[Acquaintance], person_id: int) -> Acquaintance | None:
    return next((one for one in everybody if one.person.id == person_id), None)


def _found(everybody: Sequence[Acquaintance], said: str) -> Acquaintance | None:
    """The person of this number or @name, or the only one whose name has this in it."""
    name = said.removeprefix("@").casefold()
    exact = [one for one in everybody if name in {str(one.person.id), (one.person.username or "").casefold()}]
    similar = [one for one in everybody if name in f"{one.person.name} {one.person.username or ''}".casefold()]
    found = exact or similar
    return found[0] if len(found) == 1 else None
