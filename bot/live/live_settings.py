"""The settings in force: what the file says is checked, put in force and told whenever it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from hashlib import blake2b
from pathlib import Path

import structlog

from bot.errors import Problem, SettingsError
from bot.events import Notice
from bot.faults import trace_of
from bot.live.applying import Applier
from bot.live.changes import changes
from bot.live.groups import LIVE, held_back, waiting
from bot.live.settings_file import Content, Seen, SettingsFile
from bot.notices import AdminNotices
from bot.settings import Settings
from bot.settings.env_file import EnvFile
from bot.settings.fields import LATER
from llm.background import Background

logger = structlog.get_logger()

WRONG_SECONDS = 0.5
"""So much longer a wrong file must stay as it is before anybody hears of it: it may be written in several parts."""
AGAIN_SECONDS = 5.0
"""When it could not be put in force by a fault of the bot itself, it is tried again after so long."""
MOST_FAULTS = 10
LONGEST_FAULT = 300

GONE = Notice("notice-settings-gone", "")


class LiveSettings(Background):
    """Follows the settings file for as long as its context lasts.

    A wrong file changes nothing; the admins hear of it once. What can't be changed while the bot runs is named, once
    as well, and comes in force with the next start.
    """

    task_name = "live settings"

    def __init__(self, file: SettingsFile, settings: Settings, applier: Applier, notices: AdminNotices) -> None:
        self._file = file
        self._settings = settings
        self._applier = applier
        self._notices = notices
        self._waiting: Mapping[str, object] = {}
        self._said: EnvFile | None = None
        self._wrong: list[Notice] = []
        self._applied = 0

    @property
    def in_force(self) -> Settings:
        """The settings by which the bot works now."""
        return self._settings

    def ask(self) -> None:
        """Have the file looked at now, changed or not."""
        self._file.ask()

    async def _run(self) -> None:
        async with self._file:
            while True:
                seen = await self._file.next()
                try:
                    await self._look_at(seen)
                except Exception as error:  # noqa: BLE001 - the bot goes on with the settings that it has
                    logger.error("settings_not_applied", trace=trace_of(error))
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _look_at(self, seen: Seen) -> None:
        if seen.content is None:
            self._file.take(None)
            self._gone(asked=seen.asked)
            return
        said = self._file.parse(seen.content)
        try:
            wanted = await self._file.settings(said)
        except SettingsError as error:
            if seen.asked or await self._file.stays(seen.content, WRONG_SECONDS):
                self._file.take(seen.content)
                self._is_wrong(error.problems, seen.content)
            return
        self._applier.hide(wanted)
        await self._put_in_force(wanted, said, asked=seen.asked)
        self._file.take(seen.content)

    async def _put_in_force(self, wanted: Settings, said: EnvFile, *, asked: bool) -> None:
        before, now = self._settings, held_back(self._settings, wanted)
        changed = _changed(before, now)
        await self._applier.apply(before, now, changed)
        self._settings = now
        at_start = waiting(now, wanted)
        news = [name for name, value in at_start.items() if self._waiting.get(name, ...) != value]
        self._waiting = at_start
        hidden = self._hidden(said)
        self._said = said
        lines = changes(before, now)
        self._log(changed, news, hidden, asked=asked)
        self._tell(lines, news, hidden)

    def _log(self, changed: set[str], at_start: Collection[str], hidden: Collection[str], *, asked: bool) -> None:
        if changed & LIVE:
            logger.info("settings_applied", changed=_names(changed & LIVE))
        elif asked and not at_start:
            logger.info("settings_unchanged")
        if changed & LATER:
            logger.warning("settings_not_yet_in_force", names=_names(changed & LATER))
        if at_start:
            logger.warning("settings_wait_for_the_next_start", names=_names(at_start))
        if hidden:
            logger.warning("settings_hidden_by_the_environment", names=_names(hidden))

    def _tell(self, lines: tuple[Notice, ...], at_start: Collection[str], hidden: Collection[str]) -> None:
        was_wrong = self._right_again()
        self._applied += 1  # each of these is told, also when the same was told before
        mark = str(self._applied)
        if lines:
            self._notices.tell(Notice("notice-settings-applied", mark, {"lines": lines}))
        elif was_wrong and not at_start:
            self._notices.tell(Notice("notice-settings-right-again", mark))
        if at_start:
            self._notices.tell(Notice("notice-settings-at-start", mark, {"names": _names(at_start)}))
        if hidden:
            self._notices.tell(Notice("notice-settings-hidden", mark, {"names": _names(hidden)}))

    def _right_again(self) -> bool:
        """Whether the file was wrong, or gone, before; of another fault the admins are told anew."""
        told = [notice for notice in self._wrong if self._notices.forget(notice)]
        self._wrong.clear()
        return bool(told)

    def _is_wrong(self, problems: tuple[Problem, ...], content: Content) -> None:
        for one in problems:
            logger.warning("settings_wrong", variable=one.variable, line=one.line, allowed=one.allowed)
        lines = [_fault(one, self._file.path.name) for one in problems[:MOST_FAULTS]]
        if more := len(problems) - len(lines):
            lines.append(Notice("change-more", "", {"count": more}))
        mark = blake2b(repr(content).encode(), digest_size=16).hexdigest()
        self._told_wrong(Notice("notice-settings-wrong", mark, {"lines": tuple(lines)}))

    def _gone(self, *, asked: bool) -> None:
        if self._said is None:  # there never was one
            if asked:
                logger.info("settings_unchanged")
            return
        logger.warning("settings_file_gone")
        self._told_wrong(GONE)

    def _told_wrong(self, notice: Notice) -> None:
        self._wrong.append(notice)
        self._notices.tell(notice)

    def _hidden(self, said: EnvFile) -> set[str]:
        """What was changed in the file to no effect, since it stands in the environment too."""
        if self._said is None:
            return set()
        old, new = _by_name(self._said), _by_name(said)
        above = {name.upper() for name in self._file.environ}
        return {name for name in (old.keys() | new.keys()) & above if new.get(name) and old.get(name) != new.get(name)}


def _changed(before: Settings, now: Settings) -> set[str]:
    changed = {name for name in LIVE | LATER if getattr(before, name) != getattr(now, name)}
    return changed | {"access"} if before.effective_access is not now.effective_access else changed


def _fault(problem: Problem, file: str) -> Notice:
    variable = problem.variable if len(problem.variable) <= LONGEST_FAULT else file
    about = {"variable": Path(variable).name, "allowed": problem.allowed[:LONGEST_FAULT]}
    if problem.line is None:
        return Notice("fault", "", about)
    return Notice("fault-line", "", {**about, "line": str(problem.line)})


def _by_name(file: EnvFile) -> dict[str, str]:
    return {name.upper(): value for name, value in file.values.items()}


def _names(names: Collection[str]) -> str:
    return ", ".join(sorted(name.upper() for name in names))
