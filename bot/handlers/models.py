"""/models: what each model does now; buttons to steer it until the next start."""

from __future__ import annotations

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import ModelAction, ModelPress
from bot.i18n import Translator
from bot.model_control import ModelControl, SteeredModel
from bot.period import Period
from bot.presses import settle, show_in
from bot.views.failures import failure_key
from bot.views.keyboards import model_keyboard, models_keyboard
from bot.views.models import Today, model_details, models_text
from bot.views.numbers import seconds
from llm.clock import Clock
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.attempts import NoAnswer
from llm.routing.pool import ModelPool


def add_models(router: Router) -> None:
    """Register what this file handles; the router lets only admins through."""
    router.message.register(on_models, Command("models"))
    router.callback_query.register(on_model_press, ModelPress.filter())


async def on_models(
    message: Message,
    t: Translator,
    pool: ModelPool,
    control: ModelControl,
    monitor: ModelPerformanceMonitor,
    clock: Clock,
) -> None:
    """Every model of the configuration, and the servers that were met beside them."""
    models = control.models
    text = models_text(t, models, pool.candidates(), await _today(monitor), clock.monotonic())
    await message.answer(text, parse_mode=ParseMode.HTML, reply_markup=models_keyboard(t, models))


async def on_model_press(
    query: CallbackQuery,
    callback_data: ModelPress,
    t: Translator,
    pool: ModelPool,
    control: ModelControl,
    monitor: ModelPerformanceMonitor,
    clock: Clock,
) -> None:
    """Do what the button says, and show how things stand then."""
    one = control.find(callback_data.mark) if callback_data.mark else None
    if not isinstance(query.message, Message) or (one is None and callback_data.action is not ModelAction.LIST):
        await settle(query, t("models-gone"))
        return
    result = ""
    if one is None:
        await settle(query)
    else:
        result = await _act(query, callback_data.action, one, t, control)
    today = await _today(monitor)
    rows, now = pool.candidates(), clock.monotonic()
    one = control.find(callback_data.mark) if callback_data.mark else None
    if one is None:
        models = control.models
        await show_in(query.message, models_text(t, models, rows, today, now), models_keyboard(t, models), html=True)
        return
    text = model_details(t, one, rows, today, now, clock.now())
    await show_in(query.message, f"{text}\n\n{result}" if result else text, model_keyboard(t, one), html=True)


async def _act(
    query: CallbackQuery, action: ModelAction, one: SteeredModel, t: Translator, control: ModelControl
) -> str:
    """Settle the press and do it; gives what to say of it below, as plain text of ours."""
    match action:
        case ModelAction.PREFER:
            control.prefer(one)
            await settle(query, t("models-preferred"))
        case ModelAction.PAUSE | ModelAction.RESUME:
            control.pause(one, paused=action is ModelAction.PAUSE)
            await settle(query, t("models-was-paused" if action is ModelAction.PAUSE else "models-was-resumed"))
        case ModelAction.PROBE:
            await settle(query, t("models-probing"))
            return await _probe(t, one, control)
        case _:
            await settle(query)
    return ""


async def _probe(t: Translator, one: SteeredModel, control: ModelControl) -> str:
    try:
        answered = await control.probe(one)
    except NoAnswer as error:
        return t("models-probe-failed", reason=t(failure_key(error.failure)))
    attempt = answered.attempts[-1]
    return t("models-probed", first=seconds(t, attempt.ttft_seconds), whole=seconds(t, attempt.seconds))


async def _today(monitor: ModelPerformanceMonitor) -> Today:
    return {one.model: one for one in await monitor.get_model_stats(period=Period.DAY.length)}
