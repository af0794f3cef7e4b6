"""/why: how the last answer of this chat came about; for everyone."""

from __future__ import annotations

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.filters import Command
from aiogram.types import Message

from bot.i18n import Translator
from bot.places import topic_of
from bot.views.why import why_text
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from storage import Conversations, Person


def why_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="why")
    router.message.register(on_why, Command("why"))
    return router


async def on_why(
    message: Message,
    person: Person,
    t: Translator,
    conversations: Conversations,
    monitor: ModelPerformanceMonitor,
    choosing: Choosing,
) -> None:
    """Say which model answered last, why that one, and what was tried before."""
    request_id = await conversations.last_request(message.chat.id, topic_of(message) or 0)
    attempts = await monitor.get_attempts(request_id) if request_id is not None else ()
    explanation = choosing.explanation(request_id) if request_id is not None else None
    await message.answer(why_text(t, attempts, explanation, admin=person.admin), parse_mode=ParseMode.HTML)
