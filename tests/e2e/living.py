"""The whole bot with a settings file that changes while it works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

import bot.delivery.flood
import bot.playground.server
from bot.app import running_app
from bot.live.settings_file import SettingsFile
from bot.log import Log
from bot.playground.limits import Limits, Rate
from bot.settings import load_settings
from bot.working import Patience
from tests.e2e.conftest import ADMIN, House, find_nothing
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json

APPLIED = "The settings have changed."
WRONG = "The settings file has a fault."


class Editor:
    """The settings file in the hands of whoever edits it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, str] = {}

    @property
    def text(self) -> str:
        """What the file should say."""
        return "".join(f"{name}={value}\n" for name, value in self.values.items())

    def set(self, **values: str) -> None:
        """Change some lines and save, as most editors do; an empty value takes the line away."""
        self.values = {name: value for name, value in {**self.values, **values}.items() if value}
        self.replace(self.text)

    def replace(self, text: str | bytes) -> None:
        """Put another file in its place."""
        other = self.path.with_name(f"{self.path.name}.new")
        other.write_bytes(text.encode() if isinstance(text, str) else text)
        other.replace(self.path)


@asynccontextmanager
async def open_live(
    folder: Path, values: Mapping[str, str], *, log: Log | None = None, environ: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[House, Editor]]:
    """Open the bot with a settings file of these values; the admin has opened the chat."""
    own = {"PLAYGROUND_PORT": "0", "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db", **(environ or {})}
    if environ is None:  # models are looked into, and chosen by what is learned, only where a test is about that
        own |= {"REDETECT_EVERY": "0", "SELECTION": "ordered"}
    editor = Editor(folder / ".env")
    editor.set(**values)
    settings = load_settings(editor.path, own)
    if log is not None:
        log.hide(settings.secrets)
    async with running_app(
        settings,
        search=find_nothing,
        playground_state=folder / "page.json",
        file=SettingsFile(editor.path, own),
        log=log,
        patience=Patience(1.0),
    ) as app:
        assert app.playground is not None
        house = House(app, app.playground)
        house.page.start(ADMIN)
        yield house, editor


@contextmanager
def unlimited_messages() -> Iterator[None]:
    """Let a bot that is opened now send as many messages as it likes, and Telegram take them."""
    often = Rate(10_000, 10_000.0)
    limits = partial(Limits, messages=(often,), drafts=(often,), overall=(often,))
    with (
        mock.patch.object(bot.delivery.flood, "_MESSAGES", ((10_000, 1.0), (10_000, 1.0))),
        mock.patch.object(bot.delivery.flood, "_OVERALL", ((10_000, 1.0),)),
        mock.patch.object(bot.playground.server, "Limits", limits),
    ):
        yield


def serving(server: ModelServer, model: str, text: str) -> dict[str, str]:
    """Let a server have a model that says this; the three lines by which it is the primary one."""
    server.get["/v1/models"] = Json({"object": "list", "data": [{"id": model, "object": "model"}]})
    server.reply(text)
    return {"LLM_API_BASE": server.base, "LLM_MODEL": model}


async def told(home: House, words: str, count: int = 1, *, within: float = 10.0) -> str:
    """Wait until the admin has so many messages with these words; the last of them."""

    def found() -> list[str]:
        return [text for text in home.texts(ADMIN) if words in text]

    await home.page.wait_for(lambda: len(found()) >= count, timeout=within)
    return found()[-1]
