"""The composition root: builds everything in order, closes it in reverse."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.types import Update

from bot.access import Doorkeeper, OwnerCode
from bot.access_cards import AccessCards
from bot.answering import Answering
from bot.commands import CommandMenus
from bot.delivery.choose import Deliveries
from bot.delivery.flood import FloodControl
from bot.errors import StartError
from bot.handlers.errors import ErrorReporter
from bot.handlers.routers import make_routers
from bot.i18n import Texts
from bot.intake.inbox import InboxWorker
from bot.intake.polling import Polling
from bot.jobs import Jobs
from bot.middlewares.person import PersonMiddleware
from bot.playground.server import Playground
from bot.running import RunningAnswers
from bot.settings import Settings
from bot.startup import show_models, show_owner_code
from bot.turns import Turns
from bot.wiring import Wiring
from llm.clock import Clock, SystemClock
from llm.demo import demo_mounts
from llm.http import make_client
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.primary import PrimaryModel
from storage import (
    Conversations,
    Inbox,
    People,
    PerformanceRows,
    QueuedUpdate,
    StorageError,
    open_database,
)

logger = structlog.get_logger()

PLAYGROUND_ADMIN = 1
# How long answers may still be written after the order to stop; what is not done then is done after the restart.
GRACE_SECONDS = 1.5
