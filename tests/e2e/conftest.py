"""The whole bot on real sockets: the playground in Telegram's place, the scriptable model server behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.app import App, running_app
from bot.playground.server import Playground
from bot.settings import load_settings
from bot.working import Patience
from llm.servers.kinds import FoundServer
from tests.fakes.model_server import ModelServer

ADMIN = 1
ME = 1001
STRANGER = 1002


async def find_nothing() -> tuple[FoundServer, ...]:
    """A machine on which no model server runs, whatever runs on the machine of the tests."""
    return ()


@dataclass(frozen=True)
class House:
    """The running bot and the page by which people reach it."""

    app: App
    page: Playground

    def texts(self, person_id: int) -> list[str]:
        """What the bot has said to a person."""
        return [message.text for message in self.page.messages(person_id) if message.from_bot]

    async def say(self, person_id: int, text: str, *, answers: int = 1, within: float = 10) -> list[str]:
        """Say something and wait for so many more messages of the bot; they are returned."""
        before = len(self.texts(person_id))
        self.page.say(person_id, text)
        await self.page.wait_for(lambda: len(self.texts(person_id)) >= before + answers, timeout=within)
        return self.texts(person_id)[before:]


OpenHouse = Callable[..., AbstractAsyncContextManager[House]]


@asynccontextmanager
async def open_house_in(folder: Path, **settings: str) -> AsyncIterator[House]:
    """Open the bot with given settings; opened again in the same folder it finds what it left."""
    # Models are asked what they can do only where a test is about that.
    own = {"PLAYGROUND_PORT": "0", "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db", "REDETECT_EVERY": "0"}
    # Whoever is configured first answers first, where a test is not about choosing.
    own["SELECTION"] = "ordered"
    environ = {**own, **settings}
    chosen = load_settings(folder / "no.env", environ)
    state = folder / "page.json"
    async with running_app(chosen, search=find_nothing, playground_state=state, patience=Patience(1.0)) as app:
        assert app.playground is not None
        yield House(app, app.playground)


@pytest.fixture
def house(tmp_path: Path) -> OpenHouse:
    """Opens the bot with given settings; may be opened again and then finds what it left."""
    return partial(open_house_in, tmp_path)


@pytest.fixture
async def model_server() -> AsyncIterator[ModelServer]:
    """A model server that does as it is told."""
    async with ModelServer() as server:
        yield server
