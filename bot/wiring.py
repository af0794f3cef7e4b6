"""The names that a handler may ask for, besides aiogram's own."""

from __future__ import annotations

from typing import TypedDict

from bot.access import Doorkeeper
from bot.access_cards import AccessCards
from bot.charts.maker import ChartMaker
from bot.commands import CommandMenus
from bot.detection_cards import DetectionCards
from bot.health import HealthCheck
from bot.i18n import Texts
from bot.model_control import ModelControl
from bot.notices import AdminNotices
from bot.running import RunningAnswers
from bot.self_checkup import SelfCheckup
from bot.settings import RichMode
from bot.turns import Turns
from llm.clock import Clock
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from llm.routing.detection import Detections
from llm.routing.pool import ModelPool
from llm.tasks.augmentation import Augmenter
from storage import Conversations, People, PerformanceRows


class Wiring(TypedDict):
    """Handed to the dispatcher as a whole: aiogram matches parameters of handlers to these keys by name."""

    augmenter: Augmenter
    cards: AccessCards
    charts: ChartMaker
    checkup: SelfCheckup
    choosing: Choosing
    clock: Clock
    control: ModelControl
    conversations: Conversations
    detection_cards: DetectionCards
    detections: Detections
    doorkeeper: Doorkeeper
    health: HealthCheck
    menus: CommandMenus
    pool: ModelPool
    monitor: ModelPerformanceMonitor
    notices: AdminNotices
    people: People
    rich_mode: RichMode
    rows: PerformanceRows
    running: RunningAnswers
    texts: Texts
    turns: Turns


# What the intake and the middlewares add to each update.
PER_UPDATE = frozenset({"queued", "person", "t"})
