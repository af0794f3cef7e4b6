"""The names that a handler may ask for, besides aiogram's own."""

from __future__ import annotations

from typing import TypedDict

from bot.access import Doorkeeper
from bot.access_cards import AccessCards
from bot.answer_buttons import AnswerButtons
from bot.bursts import Bursts
from bot.charts.maker import ChartMaker
from bot.commands import CommandMenus
from bot.detection_cards import DetectionCards
from bot.groups.personal import PersonalNotes
from bot.health import HealthCheck
from bot.i18n import Texts
from bot.inline import InlineAnswers
from bot.intake.inbox import InboxWorker
from bot.invitations import Inviting
from bot.limits import Limits
from bot.model_control import ModelControl
from bot.notices import AdminNotices
from bot.other_models import OtherModels
from bot.overlaps import Overlaps
from bot.running import RunningAnswers
from bot.self_checkup import SelfCheckup
from bot.sent.receiving import Receiving
from bot.settings import RichMode
from bot.turns import Turns
from llm.clock import Clock
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from llm.routing.detection import Detections
from llm.routing.pool import ModelPool
from llm.tasks.augmentation import Augmenter
from storage import (
    Answers,
    Attachments,
    Conversations,
    Forgetting,
    Groups,
    Inbox,
    OwnData,
    PastConversations,
    People,
    PerformanceRows,
    Usage,
)


class Wiring(TypedDict):
    """Handed to the dispatcher as a whole: aiogram matches parameters of handlers to these keys by name."""

    answers: Answers
    attachments: Attachments
    augmenter: Augmenter
    bursts: Bursts
    buttons: AnswerButtons
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
    forgetting: Forgetting
    groups: Groups
    health: HealthCheck
    inbox: Inbox
    inline: InlineAnswers
    inviting: Inviting
    limits: Limits
    menus: CommandMenus
    pool: ModelPool
    monitor: ModelPerformanceMonitor
    notices: AdminNotices
    others: OtherModels
    overlaps: Overlaps
    own_data: OwnData
    past: PastConversations
    people: People
    personal: PersonalNotes
    receiving: Receiving
    rich_mode: RichMode
    rows: PerformanceRows
    running: RunningAnswers
    texts: Texts
    turns: Turns
    usage: Usage
    worker: InboxWorker


# What the intake and the middlewares add to each update.
PER_UPDATE = frozenset({"queued", "person", "t", "group"})
