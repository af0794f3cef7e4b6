"""The settings file, told of when it has changed and nobody seems to be writing it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
from watchfiles import Change, awatch

from bot.settings import Settings, settings_from
from bot.settings.env_file import EnvFile, parse_env, unreadable
from llm.background import Background

logger = structlog.get_logger()

QUIET_SECONDS = 0.15
"""So long a file must have stayed as it is before it counts: many programs empty it and write it anew."""
EMPTY_SECONDS = 2.0
"""The same for a file with nothing in it, or that has gone: nearly always somebody is about to write it."""
POLL_SECONDS = 0.3
"""It is read so often in any case: no system tells of changes behind a mount, a network or all links."""
GROUP_MILLISECONDS = 50
REPEAT_SECONDS = 60.0
"""When the system can't tell of changes, it is asked again after so long whether it can."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """There is a file, and it can't be read; `reason` is the name of an error."""

    reason: str


Content = bytes | Unreadable | None
"""What stands in the file; None: there is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The file at a moment; `asked`: somebody wanted it to be looked at now."""

    content: Content = field(repr=False)
    asked: bool = False


class SettingsFile(Background):
    """Watches over one file for as long as its context lasts. What stands in `environ` wins over the file."""

    task_name = "settings file"

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path.absolute()
        self.environ = dict(environ)
        self._taken: Content = None
        self._asked = False
        self._news = asyncio.Event()

    def ask(self) -> None:
        """Have it looked at now, changed or not."""
        self._asked = True
        self._news.set()

    async def next(self) -> Seen:
        """Wait until it has changed since it was taken last, or somebody asks."""
        while True:
            content = await self._read()
            if self._asked:
                self._asked = False
                return Seen(content, asked=True)
            if content == self._taken:
                await self._pause(POLL_SECONDS)
            elif await self.stays(content, QUIET_SECONDS if _says_something(content) else EMPTY_SECONDS):
                return Seen(content)

    async def stays(self, content: Content, seconds: float) -> bool:
        """Wait so long, and tell whether it has stayed as it is. Whoever asks ends the wait."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._asked:
            await self._pause(min(left, POLL_SECONDS))
            if await self._read() != content:
                return False
        return True

    def take(self, content: Content) -> None:
        """Take note that all has been done about this content."""
        self._taken = content

    def parse(self, content: Content) -> EnvFile:
        """What a content says."""
        if isinstance(content, Unreadable):
            return unreadable(self.path, content.reason)
        return EnvFile() if content is None else parse_env(content, self.path)

    async def settings(self, file: EnvFile) -> Settings:
        """The settings that it makes. Raises `bot.errors.SettingsError`."""
        return await asyncio.to_thread(settings_from, file, self.environ)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def _read(self) -> Content:
        self._news.clear()  # what happens from here on is news
        return await asyncio.to_thread(_content, self.path)

    async def _run(self) -> None:
        """Hear of changes as soon as the system tells of them; without that they are noticed a little later."""
        while True:
            try:
                places = {self.path, self.path.resolve()}  # where it is a link, also the file that it leads to
                names = {place.name for place in places}
                # The folders and not the files: most editors put another file in its place.
                async for _ in awatch(
                    *{place.parent for place in places},
                    watch_filter=partial(_is_one_of, names),
                    debounce=4 * GROUP_MILLISECONDS,
                    step=GROUP_MILLISECONDS,
                    recursive=False,
                ):
                    self._news.set()
            except (OSError, RuntimeError) as error:
                logger.debug("settings_file_not_watched", error=type(error).__name__)
            await asyncio.sleep(REPEAT_SECONDS)


def _content(path: Path) -> Content:
    try:
        # Not a pipe: whoever reads one waits for a writer, or takes away what was meant for somebody else.
        return path.read_bytes() if path.is_file() else None
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unreadable(type(error).__name__)


def _is_one_of(names: Collection[str], _: Change, path: str) -> bool:
    return Path(path).name in names


def _says_something(content: Content) -> bool:
    return isinstance(content, bytes) and bool(content.strip())
