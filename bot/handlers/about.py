"""/start and /help."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiogram.types import Message

from bot.access_cards import AccessCards
from bot.commands import CommandMenus
from bot.i18n import Translator
from bot.model_control import ModelControl
from bot.notices import AdminNotices
from bot.views.about import help_text, start_text
from storage import Person


def about_router() -> Router:
    """What the bot says of itself."""
    router = Router(name="about")
    router.message.register(on_start, CommandStart())
    router.message.register(on_help, Command("help"))
    return router


async def on_start(
    message: Message,
    person: Person,
    t: Translator,
    control: ModelControl,
    menus: CommandMenus,
    cards: AccessCards,
    notices: AdminNotices,
) -> None:
    """Greet, and say which model answers.

    An admin's menu can only be set once their chat with the bot exists; cards about strangers and notices only reach
    them then.
    """
    await message.answer(start_text(t, control.first, person.name))
    if person.admin:
        await menus.show_admin(person.id)
        await cards.send_waiting(person.id)
        await notices.send_waiting(person.id)


async def on_help(message: Message, person: Person, t: Translator, control: ModelControl) -> None:
    """List the commands that this person has."""
    await message.answer(help_text(t, control.first, admin=person.admin))
