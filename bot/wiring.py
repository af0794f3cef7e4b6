"""The names that a handler may ask for, besides aiogram's own."""

from __future__ import annotations

from typing import TypedDict

from bot.access import Doorkeeper
from bot.access_cards import AccessCards
from bot.commands import CommandMenus
from bot.i18n import Texts
from bot.notices import AdminNotices
from bot.running import RunningAnswers
from bot.settings import RichMode
from bot.turns import Turns
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel
from storage import Conversations, People


class Wiring(TypedDict):
    """Handed to the dispatcher as a whole: aiogram matches parameters of handlers to these keys by name."""

    cards: AccessCards
    conversations: Conversations
    doorkeeper: Doorkeeper
    menus: CommandMenus
    models: ServingModel
    pool: ModelPool
    monitor: ModelPerformanceMonitor
    notices: AdminNotices
    people: People
    rich_mode: RichMode
    running: RunningAnswers
    texts: Texts
    turns: Turns


# What the intake and the middlewares add to each update.
PER_UPDATE = frozenset({"queued", "person", "t"})
