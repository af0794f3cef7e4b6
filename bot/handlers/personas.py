"""/system: who the bot is for a person: one of the ready ones, or in their own words."""

from __future__ import annotations

from html import escape

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.callbacks import PersonaPress
from bot.i18n import Texts, Translator
from bot.presses import is_theirs, settle, show_in
from bot.views.numbers import count
from bot.views.settings import PERSONAS, back_to_settings, persona_name, persona_text
from storage import People, Person

LONGEST = 2000
"""Characters: what is longer would take its place in each conversation from the conversation itself."""
NONE = "none"


def personas_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="personas")
    router.message.register(on_system, Command("system"))
    router.callback_query.register(on_persona, PersonaPress.filter())
    return router


async def on_system(
    message: Message, command: CommandObject, person: Person, t: Translator, texts: Texts, people: People
) -> None:
    """Show who the bot is; with words behind the command, become that."""
    written = (command.args or "").strip()
    if not written:
        await message.answer(
            persona_card(t, texts, person.persona),
            parse_mode=ParseMode.HTML,
            reply_markup=personas_keyboard(t, texts, person.persona, person.id),
        )
        return
    if len(written) > LONGEST:
        await message.answer(t("persona-too-long", length=count(t, len(written)), longest=count(t, LONGEST)))
        return
    await people.prefer(person.id, persona=written)
    await message.answer(t("persona-set"))


async def on_persona(
    query: CallbackQuery, callback_data: PersonaPress, person: Person, t: Translator, texts: Texts, people: People
) -> None:
    """Become a ready one, or none; the card shows it."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    name = callback_data.name
    if name != NONE and name not in PERSONAS:
        await settle(query)
        return
    persona = None if name == NONE else persona_text(texts, t.language, name)
    await people.prefer(person.id, persona=persona)
    await settle(query, t("persona-unset" if persona is None else "persona-set"))
    if isinstance(query.message, Message):
        await show_personas(query.message, person.id, persona, t, texts)


async def show_personas(message: Message, person_id: int, persona: str | None, t: Translator, texts: Texts) -> None:
    """Show the card in the place of a message."""
    keyboard = personas_keyboard(t, texts, persona, person_id)
    await show_in(message, persona_card(t, texts, persona), keyboard, html=True)


def persona_card(t: Translator, texts: Texts, persona: str | None) -> str:
    """HTML: who the bot is now, in the words that a model is told, and how to change it."""
    name = escape(persona_name(t, texts, persona))
    lines = [f"<b>{escape(t('persona-title'))}</b> {name}"]
    if persona is not None:
        lines.append(f"<blockquote expandable>{escape(persona)}</blockquote>")
    lines.append(escape(t("persona-how")))
    return "\n\n".join(lines)


def personas_keyboard(t: Translator, texts: Texts, persona: str | None, person_id: int) -> InlineKeyboardMarkup:
    """The ready ones, two beside each other, and none of them."""
    now = persona_name(t, texts, persona)

    def button(name: str) -> InlineKeyboardButton:
        label = t(f"persona-{name}")
        text = f"✓ {label}" if label == now else label
        return InlineKeyboardButton(text=text, callback_data=PersonaPress(name=name, person_id=person_id).pack())

    ready = [button(name) for name in PERSONAS]
    rows = [ready[place : place + 2] for place in range(0, len(ready), 2)]
    return InlineKeyboardMarkup(inline_keyboard=[*rows, [button(NONE)], [back_to_settings(t, person_id)]])
