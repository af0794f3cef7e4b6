"""What people say: answered by a model; what the bot cannot read yet is told so."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.bursts import Bursts
from bot.i18n import Translator
from bot.overlaps import Overlaps
from bot.presses import settle
from bot.turns import Turns
from storage import Conversations, Person, QueuedUpdate


def chat_router() -> Router:
    """The last of the routers: whatever no command has taken."""
    router = Router(name="chat")
    router.message.register(on_unknown_command, F.text.startswith("/"))
    router.message.register(on_text, F.text)
    router.message.register(on_other)
    router.callback_query.register(on_other_button)
    return router


async def on_text(
    message: Message,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    bursts: Bursts,
    overlaps: Overlaps,
    conversations: Conversations,
) -> None:
    """Answer it, with what was sent at a stretch with it."""
    if await conversations.turn_opened(queued.update_id):
        await turns.answer(message, person, t, queued)
        return
    burst = await bursts.gather(message, queued)
    for part in burst.parts:
        overlaps.begun(message.chat.id, part.telegram_id)
    await turns.answer(message, person, t, queued, parts=burst.parts, joined=burst.joined)


async def on_unknown_command(message: Message, t: Translator) -> None:
    """Say that there is no such command: the same words for nonsense and for what others may use."""
    await message.answer(t("unknown-command"))


async def on_other(message: Message, t: Translator) -> None:
    """Say what can be read."""
    await message.answer(t("unsupported-message"))


async def on_other_button(query: CallbackQuery) -> None:
    """Let the button come to rest: it is forged, of an older version, or not for this person."""
    await settle(query)
