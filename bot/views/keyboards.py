"""The buttons under messages."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import (
    AccessDecision,
    AccessPress,
    AnswerAct,
    AnswerPress,
    AskPress,
    DetectPress,
    ExportAllPress,
    ExportPress,
    ForgetPress,
    ModelAction,
    ModelPress,
    RichMessages,
    RichPress,
    StatsPress,
    StopPress,
    WordsOnlyPress,
    mark_of,
)
from bot.conversation_export import ExportFormat
from bot.i18n import Translator
from bot.model_control import SteeredModel
from bot.period import Period
from bot.views.numbers import shortened
from bot.views.stats import MOST_MODELS, Asked
from llm.types import Task

BUTTON_WIDTH = 22


def access_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Allow and Refuse, under the card about a stranger."""
    return _rows(
        [
            (t("access-allow"), AccessPress(decision=AccessDecision.ALLOW, person_id=person_id).pack()),
            (t("access-refuse"), AccessPress(decision=AccessDecision.REFUSE, person_id=person_id).pack()),
        ]
    )


def stop_keyboard(t: Translator) -> InlineKeyboardMarkup:
    """Stop, under an answer that is being written by edits."""
    return _rows([(t("stop-button"), StopPress().pack())])


def ask_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Ask this, under a question in better words."""
    return _rows([(t("improve-ask"), AskPress(person_id=person_id).pack())])


def words_only_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Answer without the picture, where no model sees any."""
    return _rows([(t("photo-words-only"), WordsOnlyPress(person_id=person_id).pack())])


def answer_keyboard(
    t: Translator, acts: Sequence[AnswerAct], *, message_id: int, person_id: int
) -> InlineKeyboardMarkup:
    """What can be done with the last answer to a question."""
    buttons = [
        (
            t(f"answer-button-{act.name.lower()}"),
            AnswerPress(act=act, message_id=message_id, person_id=person_id).pack(),
        )
        for act in acts
    ]
    return _rows(*_in_rows(buttons))


def export_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """The kinds of file that a conversation can be, and everything."""
    return _rows(
        [(t(f"export-{form.value}"), ExportPress(form=form, person_id=person_id).pack()) for form in ExportFormat],
        [(t("export-all"), ExportAllPress(person_id=person_id).pack())],
    )


def forget_keyboard(t: Translator, person_id: int) -> InlineKeyboardMarkup:
    """Whether everything of a person is really to be deleted."""
    return _rows(
        [(t("forget-sure"), ForgetPress(sure=True, person_id=person_id).pack())],
        [(t("forget-not"), ForgetPress(sure=False, person_id=person_id).pack())],
    )


def rich_question_keyboard(t: Translator) -> InlineKeyboardMarkup:
    """Whether the sample of a rich message shows."""
    return _rows(
        [
            (t("settings-rich-seen"), RichPress(choice=RichMessages.SEEN).pack()),
            (t("settings-rich-not-seen"), RichPress(choice=RichMessages.OFF).pack()),
        ]
    )


def stats_keyboard(t: Translator, asked: Asked, models: Sequence[str], tasks: Sequence[Task]) -> InlineKeyboardMarkup:
    """Periods; tasks where there are several; each model, or the way back from one to all."""
    mark = "" if asked.model is None else mark_of(asked.model)

    def button(text: str, *, chosen: bool, data: StatsPress) -> tuple[str, str]:
        return (f"• {text}" if chosen else text, data.pack())

    periods = [
        button(
            t(f"stats-button-{period.value}"),
            chosen=period is asked.period,
            data=StatsPress(period=period, model=mark, task=asked.task),
        )
        for period in Period
    ]
    choices: list[Task | None] = [None, *tasks] if len(tasks) > 1 else []
    by_task = [
        button(
            t("stats-button-all-tasks") if task is None else t(f"task-{task.value}"),
            chosen=task is asked.task,
            data=StatsPress(period=asked.period, model=mark, task=task),
        )
        for task in choices
    ]
    if asked.model is not None:
        by_model = [(t("stats-button-all-models"), StatsPress(period=asked.period, task=asked.task).pack())]
    else:
        by_model = [
            (
                shortened(model, BUTTON_WIDTH),
                StatsPress(period=asked.period, model=mark_of(model), task=asked.task).pack(),
            )
            for model in models[:MOST_MODELS]
        ]
    return _rows(periods, *_in_rows(by_task), *_in_rows(by_model))


def with_photo(keyboard: InlineKeyboardMarkup, photo_id: int) -> InlineKeyboardMarkup:
    """The buttons of figures whose chart is a message of its own."""

    def button(text: str, data: str) -> tuple[str, str]:
        return text, StatsPress.unpack(data).model_copy(update={"photo_id": photo_id}).pack()

    return _rows(*([button(one.text, one.callback_data or "") for one in row] for row in keyboard.inline_keyboard))


def models_keyboard(t: Translator, models: Sequence[SteeredModel]) -> InlineKeyboardMarkup:
    """A button for each model, and one to look again."""
    buttons = [
        (
            shortened(one.model.name or t("models-nameless"), BUTTON_WIDTH),
            ModelPress(action=ModelAction.SHOW, mark=one.mark).pack(),
        )
        for one in models
    ]
    return _rows(*_in_rows(buttons), [(t("models-button-refresh"), ModelPress(action=ModelAction.LIST).pack())])


def model_keyboard(t: Translator, one: SteeredModel) -> InlineKeyboardMarkup:
    """What may be done with a model, and the way back."""

    def button(key: str, action: ModelAction) -> tuple[str, str]:
        return t(key), ModelPress(action=action, mark=one.mark).pack()

    pause = button("models-button-pause", ModelAction.PAUSE)
    resume = button("models-button-resume", ModelAction.RESUME)
    return _rows(
        *([] if one.pinned else [[button("models-button-prefer", ModelAction.PREFER)]]),
        [resume if one.target.paused else pause, button("models-button-probe", ModelAction.PROBE)],
        [(t("models-button-detect"), DetectPress(stop=False, mark=one.mark).pack())],
        [(t("models-button-back"), ModelPress(action=ModelAction.LIST).pack())],
    )


def detection_keyboard(t: Translator, one: SteeredModel) -> InlineKeyboardMarkup:
    """Stop, under a detection that is under way."""
    return _rows([(t("stop-button"), DetectPress(stop=True, mark=one.mark).pack())])


def _in_rows(buttons: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Two beside each other: more would be cut short on a phone."""
    return [list(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]


def _rows(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows]
    )
