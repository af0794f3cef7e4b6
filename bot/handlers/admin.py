"""What admins can do, behind one filter, and letting people in. For everyone else none of it exists."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from bot.access import Doorkeeper
from bot.callbacks import AccessDecision, AccessPress
from bot.filters import IsAdmin
from bot.handlers.detect import add_detect
from bot.handlers.health import add_health
from bot.handlers.models import add_models
from bot.handlers.people import add_people
from bot.handlers.stats import add_stats
from bot.i18n import Texts, Translator
from bot.presses import settle
from bot.views.people import who
from storage import Access, People


def admin_router() -> Router:
    """Behind a filter as a whole, so that no handler in it can forget to ask."""
    router = Router(name="admin")
    router.message.filter(IsAdmin())
    router.callback_query.filter(IsAdmin())
    add_stats(router)
    add_models(router)
    add_detect(router)
    add_people(router)
    add_health(router)
    router.callback_query.register(on_access, AccessPress.filter())
    return router


async def on_access(
    query: CallbackQuery,
    callback_data: AccessPress,
    t: Translator,
    doorkeeper: Doorkeeper,
    people: People,
    texts: Texts,
    bot: Bot,
) -> None:
    """Let a stranger in or keep them out, and tell them when they may write."""
    before = await people.get(callback_data.person_id)
    allow = callback_data.decision is AccessDecision.ALLOW
    person = await doorkeeper.decide(callback_data.person_id, allow=allow)
    if before is None or person is None:
        await settle(query, t("access-gone"))
        return
    in_now = person.access is Access.ALLOWED
    reached = True
    if in_now and before.access is not Access.ALLOWED:
        try:
            await bot.send_message(
                person.id, texts.translator(await doorkeeper.language_of(person.id))("access-granted")
            )
        except AiogramError:
            reached = False
    # A query can be answered once, so it waits for what there is to say.
    await settle(query, "" if reached else t("access-person-unreachable"))
    key = "access-was-allowed" if in_now else "access-was-refused"
    verdict = t(key, name=person.name, who=who(person))
    if isinstance(query.message, Message):
        with suppress(TelegramBadRequest):  # pressed twice, or the card is gone
            await query.message.edit_text(verdict)
