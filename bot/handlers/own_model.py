"""/model: whose answers a person wants, by a button or by a part of the name."""

from __future__ import annotations

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.callbacks import ChoiceAct, ChoicePress
from bot.i18n import Translator
from bot.model_control import ModelControl
from bot.own_models import OwnModel, matching, own_models
from bot.period import Period
from bot.presses import is_theirs, settle, show_in
from bot.views.numbers import shortened
from bot.views.own_models import NAME_WIDTH, ON_A_PAGE, own_models_keyboard, own_models_text, pages_of
from llm.monitoring import ModelPerformanceMonitor
from storage import People, Person

MOST_NAMED = 8
LONGEST_WRITTEN = 60


def own_model_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="own model")
    router.message.register(on_model, Command("model"))
    router.callback_query.register(on_choice, ChoicePress.filter())
    return router


async def on_model(
    message: Message,
    command: CommandObject,
    person: Person,
    t: Translator,
    people: People,
    control: ModelControl,
    monitor: ModelPerformanceMonitor,
) -> None:
    """Show what there is to choose from; with a part of a name, choose."""
    models = await _models(control, monitor)
    written = (command.args or "").strip()
    if not written:
        page = _page_of(models, person.model)
        await message.answer(
            own_models_text(t, models, person.model, page),
            parse_mode=ParseMode.HTML,
            reply_markup=own_models_keyboard(t, models, person.model, page, person.id),
        )
        return
    if written.casefold() in {"auto", t("choice-automatic").casefold()}:
        await people.prefer(person.id, model=None)
        await message.answer(t("choice-set-automatic"))
        return
    meant = matching(models, written)
    if len(meant) == 1:
        await people.prefer(person.id, model=meant[0].name)
        await message.answer(t("choice-set", model=shortened(meant[0].name, NAME_WIDTH)))
    elif not meant:
        await message.answer(t("choice-none-of", name=shortened(written, LONGEST_WRITTEN)))
    else:
        names = "\n".join(f"• {shortened(one.name, NAME_WIDTH)}" for one in meant[:MOST_NAMED])
        await message.answer(t("choice-several", number=len(meant), names=names))


async def on_choice(
    query: CallbackQuery,
    callback_data: ChoicePress,
    person: Person,
    t: Translator,
    people: People,
    control: ModelControl,
    monitor: ModelPerformanceMonitor,
) -> None:
    """Do what the button says, and show how things stand then."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    models, chosen = await _models(control, monitor), person.model
    if callback_data.act is ChoiceAct.CHOOSE:
        wanted = next((one for one in models if one.mark == callback_data.mark), None)
        if wanted is None:
            await settle(query, t("choice-gone"), show_alert=True)
            return
        chosen = wanted.name
        await people.prefer(person.id, model=chosen)
        await settle(query, t("choice-set", model=shortened(chosen, LONGEST_WRITTEN)))
    elif callback_data.act is ChoiceAct.AUTOMATIC:
        chosen = None
        await people.prefer(person.id, model=None)
        await settle(query, t("choice-set-automatic"))
    else:
        await settle(query)
    page = min(max(0, callback_data.page), pages_of(models) - 1)
    if isinstance(query.message, Message):
        await _edit(query.message, models, person, chosen, page, t)


async def show_own_models(
    message: Message, person: Person, t: Translator, control: ModelControl, monitor: ModelPerformanceMonitor
) -> None:
    """Show what there is to choose from in the place of a message."""
    models = await _models(control, monitor)
    await _edit(message, models, person, person.model, _page_of(models, person.model), t)


async def _edit(
    message: Message, models: tuple[OwnModel, ...], person: Person, chosen: str | None, page: int, t: Translator
) -> None:
    keyboard = own_models_keyboard(t, models, chosen, page, person.id)
    await show_in(message, own_models_text(t, models, chosen, page), keyboard, html=True)


async def _models(control: ModelControl, monitor: ModelPerformanceMonitor) -> tuple[OwnModel, ...]:
    stats = await monitor.get_model_stats(period=Period.WEEK.length)
    return own_models(control, {one.model: one for one in stats})


def _page_of(models: tuple[OwnModel, ...], chosen: str | None) -> int:
    """The page on which the chosen one stands."""
    return next((place // ON_A_PAGE for place, one in enumerate(models) if one.name == chosen), 0)
