"""What people say: answered by a model; what the bot cannot read yet is told so."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.filters import is_command
from bot.handlers.sent import on_said
from bot.i18n import Translator
from bot.presses import settle
from bot.sent.words import in_words
from bot.turns import Turns
from storage import Person, QueuedUpdate

_CONTENT = ("sticker", "animation", "story", "game", "invoice", "paid_media", "checklist", "rich_message", "giveaway")


def chat_router() -> Router:
    """The last of the routers: whatever no command has taken."""
    router = Router(name="chat")
    router.message.register(on_unknown_command, F.text.func(is_command))
    router.message.register(on_said, F.text)
    router.message.register(on_other)
    router.callback_query.register(on_other_button)
    return router


async def on_unknown_command(message: Message, t: Translator) -> None:
    """Say that there is no such command: the same words for nonsense and for what others may use."""
    await message.answer(t("unknown-command"))


async def on_other(message: Message, person: Person, t: Translator, queued: QueuedUpdate, turns: Turns) -> None:
    """Answer what can be said in words, a place or a poll; of all else say what can be read."""
    if text := in_words(message, t):
        await turns.answer(message, person, t, queued, text=text)
    elif _is_content(message):
        await message.answer(t("unsupported-message"))


def _is_content(message: Message) -> bool:
    """Whether a person sent it: a message that was pinned or a chat that was renamed is nothing to answer."""
    return any(getattr(message, kind, None) is not None for kind in _CONTENT)


async def on_other_button(query: CallbackQuery) -> None:
    """Let the button come to rest: it is forged, of an older version, or not for this person."""
    await settle(query)
