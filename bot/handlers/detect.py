"""/detect: finds out what models can do, shown as it goes."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.callbacks import DetectPress
from bot.detection_cards import DetectionCards
from bot.i18n import Translator
from bot.model_control import ModelControl, SteeredModel
from bot.presses import settle
from bot.settings import RichMode
from llm.errors import NoModelAvailable
from llm.routing.detection import Detections
from llm.routing.model_in_use import ModelSource
from storage import Person

MOST_NAMED = 20


def add_detect(router: Router) -> None:
    """Register what this file handles; the router lets only admins through."""
    router.message.register(on_detect, Command("detect"))
    router.callback_query.register(on_detect_press, DetectPress.filter())


async def on_detect(
    message: Message,
    command: CommandObject,
    t: Translator,
    control: ModelControl,
    detection_cards: DetectionCards,
    person: Person,
    rich_mode: RichMode,
) -> None:
    """`/detect`: every model; `/detect qwen3:8b`: that one. The command ends at once, its messages change later."""
    wanted = (command.args or "").strip()
    models = [one for one in control.models if _can_be_asked(one)]
    if not models:
        await message.answer(t("detect-nothing"), parse_mode=None)
        return
    chosen = _named(wanted, models) if wanted else models
    if not chosen:
        names = "\n".join(f"• {one.model.name}" for one in models[:MOST_NAMED])
        await message.answer(f"{t('detect-unknown-model')}\n{names}", parse_mode=None)
        return
    detection_cards.begin(message, chosen, t, rich=rich_mode.applies(person.rich_messages))


async def on_detect_press(
    query: CallbackQuery,
    callback_data: DetectPress,
    t: Translator,
    control: ModelControl,
    detections: Detections,
    detection_cards: DetectionCards,
    person: Person,
    rich_mode: RichMode,
) -> None:
    """Stop the detection of a model, or begin one from `/models`."""
    one = control.find(callback_data.mark)
    if one is None or not isinstance(query.message, Message):
        await settle(query, t("models-gone"))
    elif callback_data.stop:
        await settle(query, t("detect-stopping") if detections.stop(one.model) else t("detect-over"))
    elif not _can_be_asked(one):
        await settle(query, t("detect-nothing"))
    else:
        await settle(query)
        detection_cards.begin(query.message, [one], t, rich=rich_mode.applies(person.rich_messages))


def _can_be_asked(one: SteeredModel) -> bool:
    try:
        return one.model.current().source is not ModelSource.DEMO
    except NoModelAvailable:
        return False


def _named(wanted: str, models: list[SteeredModel]) -> list[SteeredModel]:
    """The models of this name, or the only one whose name has it somewhere."""
    exact = [one for one in models if one.model.name == wanted]
    similar = [one for one in models if wanted.lower() in one.model.name.lower()]
    return exact or (similar if len({one.model.name for one in similar}) == 1 else [])
