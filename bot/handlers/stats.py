"""/stats: figures of models as a table with a chart, changed in place by buttons; /stats export as a file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiogram import Bot, Router
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.filters import Command, CommandObject
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    FSInputFile,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)

from bot.callbacks import StatsPress, mark_of
from bot.charts.maker import ChartMaker, NoChart
from bot.delivery.flood import FrameSkipped
from bot.figures_export import export_csv
from bot.i18n import Translator
from bot.period import Period
from bot.presses import settle
from bot.settings import RichMode
from bot.views.keyboards import stats_keyboard, with_photo
from bot.views.rich_tables import stats_rich
from bot.views.stats import NAME_WIDTH, RICH_NAME_WIDTH, Asked, StatsView, stats_caption, stats_view
from bot.views.stats_chart import stats_chart
from llm.clock import Clock
from llm.monitoring import ModelPerformanceMonitor
from storage import PerformanceRows, Person

EXPORT = "export"
FILE_NAME = "stats.png"
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class _Page:
    """One look at the figures; `picture` None: it could not be drawn."""

    view: StatsView
    keyboard: InlineKeyboardMarkup
    picture: bytes | None


def add_stats(router: Router) -> None:
    """Register what this file handles; the router lets only admins through."""
    router.message.register(on_stats, Command("stats"))
    router.callback_query.register(on_stats_press, StatsPress.filter())


async def on_stats(
    message: Message,
    command: CommandObject,
    t: Translator,
    monitor: ModelPerformanceMonitor,
    charts: ChartMaker,
    rows: PerformanceRows,
    clock: Clock,
    bot: Bot,
    person: Person,
    rich_mode: RichMode,
) -> None:
    """`/stats`, `/stats 7d`, `/stats qwen3:8b 30d`, `/stats export`."""
    words = (command.args or "").split()
    if [word.lower() for word in words] == [EXPORT]:
        await _export(message, t, rows, clock, bot)
        return
    periods = [period for word in words if (period := Period.parse(word)) is not None]
    name = " ".join(word for word in words if Period.parse(word) is None)
    known = (await monitor.get_subjects()).models
    found = _named(name, known) if name else None
    if len(periods) > 1 or (name and found is None):
        await message.answer(_usage(t, name, known), parse_mode=None)
        return
    asked = Asked(periods[0] if periods else Period.DAY, found)
    with suppress(FrameSkipped):
        await bot.send_chat_action(message.chat.id, ChatAction.UPLOAD_PHOTO)
    if rich_mode.applies(person.rich_messages) and await _send_rich(message, asked, t, monitor, charts, clock):
        return
    page = await _page(t, asked, monitor, charts, clock)
    caption = stats_caption(page.view)
    if page.picture is None:
        await message.answer(caption, parse_mode=ParseMode.HTML, reply_markup=page.keyboard)
        return
    photo = BufferedInputFile(page.picture, FILE_NAME)
    await message.answer_photo(photo, caption=caption, parse_mode=ParseMode.HTML, reply_markup=page.keyboard)


async def on_stats_press(
    query: CallbackQuery,
    callback_data: StatsPress,
    t: Translator,
    monitor: ModelPerformanceMonitor,
    charts: ChartMaker,
    clock: Clock,
) -> None:
    """Change the message to the figures that were asked for."""
    model = None
    if callback_data.model:
        known = (await monitor.get_subjects()).models
        model = next((name for name in known if mark_of(name) == callback_data.model), None)
    if not isinstance(query.message, Message) or (callback_data.model and model is None):
        await settle(query, t("stats-gone"))
        return
    asked = Asked(callback_data.period, model, callback_data.task)
    page = await _page(t, asked, monitor, charts, clock, photo_id=callback_data.photo_id)
    await settle(query)
    with suppress(TelegramBadRequest):  # it shows that already, or is gone
        if callback_data.photo_id:
            await _change_rich(query.message, callback_data.photo_id, page)
        else:
            await _change(query.message, page)


async def _change(message: Message, page: _Page) -> None:
    caption = stats_caption(page.view)
    if page.picture is not None:
        media = InputMediaPhoto(
            media=BufferedInputFile(page.picture, FILE_NAME), caption=caption, parse_mode=ParseMode.HTML
        )
        await message.edit_media(media, reply_markup=page.keyboard)
    elif message.photo:
        await message.edit_caption(caption=caption, parse_mode=ParseMode.HTML, reply_markup=page.keyboard)
    else:
        await message.edit_text(caption, parse_mode=ParseMode.HTML, reply_markup=page.keyboard)


async def _send_rich(
    message: Message,
    asked: Asked,
    t: Translator,
    monitor: ModelPerformanceMonitor,
    charts: ChartMaker,
    clock: Clock,
) -> bool:
    """A picture, and below it native tables with the buttons; False when that can't be shown."""
    page = await _page(t, asked, monitor, charts, clock, name_width=RICH_NAME_WIDTH)
    if page.picture is None:
        return False
    photo = await message.answer_photo(BufferedInputFile(page.picture, FILE_NAME))
    keyboard = with_photo(page.keyboard, photo.message_id)
    try:
        await message.answer_rich(stats_rich(page.view), reply_markup=keyboard)
    except TelegramAPIError:
        with suppress(TelegramAPIError):
            await photo.delete()
        return False
    return True


async def _change_rich(message: Message, photo_id: int, page: _Page) -> None:
    """Change both messages; a picture that is gone keeps nobody from the tables."""
    bot = message.bot
    if page.picture is not None and bot is not None:
        media = InputMediaPhoto(media=BufferedInputFile(page.picture, FILE_NAME))
        with suppress(TelegramBadRequest):
            await bot.edit_message_media(media, chat_id=message.chat.id, message_id=photo_id)
    await message.edit_text(rich_message=stats_rich(page.view), reply_markup=page.keyboard)


async def _page(
    t: Translator,
    asked: Asked,
    monitor: ModelPerformanceMonitor,
    charts: ChartMaker,
    clock: Clock,
    *,
    photo_id: int | None = None,
    name_width: int = NAME_WIDTH,
) -> _Page:
    length = asked.period.length
    stats = await monitor.get_model_stats(asked.model, period=length, task=asked.task)
    series = await monitor.get_series(asked.model, period=length, task=asked.task)
    tasks = (await monitor.get_subjects()).tasks
    width = RICH_NAME_WIDTH if photo_id else name_width
    view = stats_view(t, asked, stats, clock.now(), name_width=width)
    keyboard = stats_keyboard(t, asked, [one.model for one in stats], tasks)
    if photo_id:
        keyboard = with_photo(keyboard, photo_id)
    try:
        picture = await charts.draw(stats_chart(t, asked, series))
    except NoChart:
        picture = None
    return _Page(view, keyboard, picture)


def _named(name: str, known: Sequence[str]) -> str | None:
    """The model of this name, or the only one whose name has it somewhere."""
    if name in known:
        return name
    similar = [one for one in known if name.lower() in one.lower()]
    return similar[0] if len(similar) == 1 else None


def _usage(t: Translator, name: str, known: Sequence[str]) -> str:
    lines = [t("stats-usage", periods=" ".join(Period))]
    if name:
        lines.insert(0, t("stats-unknown-model"))
        lines += [f"• {one}" for one in known[:MOST_NAMED]]
    return "\n".join(lines)


async def _export(message: Message, t: Translator, rows: PerformanceRows, clock: Clock, bot: Bot) -> None:
    with suppress(FrameSkipped):
        await bot.send_chat_action(message.chat.id, ChatAction.UPLOAD_DOCUMENT)
    with TemporaryDirectory(prefix="domovoy-") as folder:
        path = Path(folder) / f"domovoy-{clock.now():%Y-%m-%d}.csv"
        path, number = await export_csv(rows, path)
        if not number:
            await message.answer(t("stats-empty"))
            return
        await message.answer_document(FSInputFile(path), caption=t("stats-exported", number=number))
