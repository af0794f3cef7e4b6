"""The checks of a bot that is at work: once at the start, for the log, and whenever an admin asks."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import structlog

from bot.checkup.checkup import Surroundings, examine
from bot.checkup.finding import Level, Report
from bot.checkup.models import ModelToCheck
from bot.i18n import DEFAULT_LANGUAGE, Texts
from bot.live.settings_file import SettingsFile
from bot.model_control import ModelControl
from bot.settings import Settings
from bot.settings.env_file import EnvFile, read_env
from bot.views.checkup import finding_text, mend_text
from llm.background import Background
from llm.clock import Clock
from llm.http import HttpClient
from llm.routing.serving_model import Search
from llm.servers.discover import discover
from storage import Database

logger = structlog.get_logger()

LIVE_SECONDS = 8.0
"""Somebody waits in a chat."""


class SelfCheckup(Background):
    """Looks at the bot that it is part of. An async context: at its beginning everything is checked for the log."""

    task_name = "checkup"

    def __init__(
        self,
        settings: Settings,
        file: SettingsFile | None,
        control: ModelControl,
        database: Database,
        http: HttpClient,
        clock: Clock,
        search: Search | None,
        texts: Texts,
    ) -> None:
        self._settings = settings
        self._file = file
        self._control = control
        self._database = database
        self._http = http
        self._clock = clock
        self._search = search or (lambda: discover(http))
        self._t = texts.translator(DEFAULT_LANGUAGE)

    def work_by(self, settings: Settings) -> None:
        """Check other settings from now on: those that are in force."""
        self._settings = settings

    async def report(self, *, clouds_asked: bool = True) -> Report:
        """How everything stands now; the servers are as they were seen last."""
        path = self._file.path if self._file is not None else None
        around = Surroundings(
            self._http,
            self._clock,
            self._search,
            file=await asyncio.to_thread(_read, path),
            path=path,
            environ=self._file.environ if self._file is not None else {},
            seconds=LIVE_SECONDS,
            own=self._database,
        )
        return await examine(self._settings, around, partial(self._models, clouds_asked=clouds_asked))

    async def _models(self, *, clouds_asked: bool) -> list[ModelToCheck]:
        return [ModelToCheck(one.target.setting, one.model, clouds_asked) for one in self._control.models]

    async def _run(self) -> None:
        """Write what is not as it should be; what is well is left out. A cloud hears only of what somebody asked."""
        for one in (await self.report(clouds_asked=False)).findings:
            if one.level > Level.GOOD:
                write = logger.info if one.level is Level.NOTE else logger.warning
                write("checkup", about=one.matter.value, found=finding_text(self._t, one), mend=mend_text(self._t, one))


def _read(path: Path | None) -> EnvFile:
    return read_env(path) if path is not None else EnvFile()
