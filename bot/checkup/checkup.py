"""All checks side by side, each within its limit of time; with a bot at work and without one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.checkup.finding import Finding, Matter, Report, Subject, report_of
from bot.checkup.models import ModelToCheck, check_models
from bot.checkup.places import check_database, check_disk, check_own_database, check_ports, disk_free
from bot.checkup.settings import check_settings
from bot.checkup.speech import check_speech
from bot.checkup.telegram import check_telegram
from bot.faults import trace_of
from bot.settings import Settings
from bot.settings.env_file import EnvFile
from llm.clock import Clock
from llm.http import HttpClient
from llm.routing.serving_model import Search
from storage import Database, inspect_database

logger = structlog.get_logger()

CHECK_SECONDS = 20.0
Check = Awaitable[tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at beside the settings: the file that they are from, the network, the machine.

    `own` is the database of a bot that checks itself: then it is asked how it does, and its file is left alone.
    """

    http: HttpClient
    clock: Clock
    search: Search
    file: EnvFile = field(default_factory=EnvFile)
    path: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    free_of: Callable[[Path], int | None] = disk_free
    can_write: Callable[[Path], bool] | None = None
    seconds: float = CHECK_SECONDS
    own: Database | None = None


Look = Callable[[], Awaitable[Sequence[ModelToCheck]]]
"""Gives the models after a look at their servers."""


async def examine(settings: Settings, around: Surroundings, look: Look) -> Report:
    """Check everything. Changes nothing, and asks no model for an answer."""
    checks: tuple[tuple[Subject, Check], ...] = (
        (Subject.SETTINGS, _settings(settings, around)),
        (Subject.TELEGRAM, check_telegram(settings, around.http, around.clock)),
        (Subject.MODELS, _models(look, around)),
        (Subject.MODELS, check_speech(settings, around.http, around.clock)),
        (Subject.DATABASE, _machine(settings, around)),
    )
    several = await asyncio.gather(*(_within(around.seconds, subject, check) for subject, check in checks))
    return report_of(one for found in several for one in found)


async def _settings(settings: Settings, around: Surroundings) -> tuple[Finding, ...]:
    return check_settings(settings, around.file, around.environ, around.path)


async def _models(look: Look, around: Surroundings) -> tuple[Finding, ...]:
    return await check_models(await look(), around.http, around.clock, around.search)


async def _machine(settings: Settings, around: Surroundings) -> tuple[Finding, ...]:
    """Database, disk and ports: a bot that is at work has the ports."""
    if around.own is not None:
        return (*check_own_database(around.own), *await check_disk(around.own.file, around.free_of))
    inspection = await inspect_database(settings.effective_database_url, around.can_write)
    ports = () if inspection.in_use else await asyncio.to_thread(check_ports, settings)
    return (*check_database(inspection), *await check_disk(inspection.file, around.free_of), *ports)


async def _within(seconds: float, subject: Subject, check: Check) -> tuple[Finding, ...]:
    """A check that takes too long, or fails itself, is told and takes the others nothing."""
    try:
        async with asyncio.timeout(seconds):
            return await check
    except TimeoutError:
        return (Finding(subject, Matter.CHECK_LATE, {"subject": subject.value, "seconds": str(round(seconds))}),)
    except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others find
        logger.error("check_failed", subject=subject.value, trace=trace_of(error))
        return (Finding(subject, Matter.CHECK_FAILED, {"subject": subject.value, "reason": type(error).__name__}),)
