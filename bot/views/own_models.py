"""The models that a person may choose from, in plain words, a page at a time, and the buttons below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import ChoiceAct, ChoicePress
from bot.i18n import Translator
from bot.own_models import OwnModel
from bot.views.numbers import compact, decimal, seconds, shortened
from bot.views.settings import back_to_settings

ON_A_PAGE = 8
NAME_WIDTH = 80
BUTTON_WIDTH = 30
TAG_WIDTH = 30
MOST_TAGS = 5


def pages_of(models: Sequence[OwnModel]) -> int:
    """How many pages they fill; one when there are none."""
    return max(1, -(-len(models) // ON_A_PAGE))


def own_models_text(t: Translator, models: Sequence[OwnModel], chosen: str | None, page: int) -> str:
    """HTML: who answers now, then a block for each model of a page."""
    lines = [f"<b>{escape(t('choice-title'))}</b>", escape(_now(t, models, chosen))]
    lines += [_block(t, one) for one in models[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]]
    if (pages := pages_of(models)) > 1:
        lines.append(escape(t("choice-page", page=page + 1, pages=pages)))
    return "\n\n".join(lines)


def own_models_keyboard(
    t: Translator, models: Sequence[OwnModel], chosen: str | None, page: int, person_id: int
) -> InlineKeyboardMarkup:
    """Automatic, each model of the page, the other pages, and the settings."""

    def button(text: str, act: ChoiceAct, *, mark: str = "", to: int = page, on: bool = False) -> InlineKeyboardButton:
        data = ChoicePress(act=act, person_id=person_id, mark=mark, page=to).pack()
        return InlineKeyboardButton(text=f"✓ {text}" if on else text, callback_data=data)

    rows = [[button(t("choice-automatic"), ChoiceAct.AUTOMATIC, on=chosen is None)]]
    rows += [
        [button(shortened(one.name, BUTTON_WIDTH), ChoiceAct.CHOOSE, mark=one.mark, on=one.name == chosen)]
        for one in models[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    ]
    turning = []
    if page > 0:
        turning.append(button("‹", ChoiceAct.SHOW, to=page - 1))
    if page + 1 < pages_of(models):
        turning.append(button("›", ChoiceAct.SHOW, to=page + 1))
    if turning:
        rows.append(turning)
    return InlineKeyboardMarkup(inline_keyboard=[*rows, [back_to_settings(t, person_id)]])


def _now(t: Translator, models: Sequence[OwnModel], chosen: str | None) -> str:
    if chosen is None:
        return t("choice-now-automatic")
    name = shortened(chosen, NAME_WIDTH)
    return t("choice-now" if any(one.name == chosen for one in models) else "choice-now-away", model=name)


def _block(t: Translator, one: OwnModel) -> str:
    place = "choice-demo" if one.demo else "models-local" if one.local else "models-cloud"
    state = ", ".join((t(place), t(f"choice-{one.readiness.value}")))
    lines = [f"<b>{escape(shortened(one.name, NAME_WIDTH))}</b> – {escape(state)}"]
    figures = []
    if one.first_token_seconds is not None:
        figures.append(t("choice-first", time=seconds(t, one.first_token_seconds)))
    if one.tokens_per_second is not None:
        figures.append(t("choice-speed", speed=decimal(t, one.tokens_per_second, 0)))
    if one.context is not None:
        figures.append(t("choice-context", tokens=compact(t, one.context)))
    if one.sees:
        figures.append(t("models-vision"))
    if one.thinks:
        figures.append(t("models-thinking"))
    figures += [f"#{shortened(tag, TAG_WIDTH)}" for tag in one.tags[:MOST_TAGS]]
    if figures:
        lines.append(escape(" · ".join(figures)))
    return "\n".join(lines)
